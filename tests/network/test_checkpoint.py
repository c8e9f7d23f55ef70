import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from huggingface_hub import HfApi

from lenet.errors import SketchpadError
from lenet.network.checkpoint import check_target
from lenet.network.config import PRESETS, Convolution, LeNetConfig
from lenet.network.folder import CONFIG, HISTORY, WEIGHTS, find_checkpoints
from lenet.network.model import LeNet
from tests.support import ROOT

SHIPPED = (
    "mnist-relu",
    "mnist-classic",
    "mnist-conv3",
    "mnist-lenet5-1998",
    "fashion-relu",
    "fashion-classic",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid checkpoint, marked by its first weight."""
    save(tmp_path / "good", 1.0)
    return tmp_path / "good"


def save(folder: Path, mark: float) -> LeNet:
    model = LeNet(PRESETS["classic"])
    with torch.no_grad():
        model.get_parameter("convolutions.0.weight").view(-1)[0] = mark
    model.history = {
        "command": "python train.py",
        "settings": {"seed": 3, "epochs": 2},
        "data": {"name": "mnist", "training": 5, "validation": 6, "test": 7},
        "results": {
            "epoch": 1,
            "validation_accuracy": 0.987,
            "test_accuracy": 0.986,
            "seconds": 1.0,
            "examples_per_second": 9,
        },
        "made_with": {"torch": "2", "device": "cpu"},
        "reports": [],
    }
    model.attachments = {"curves.png": b"picture"}
    model.save_pretrained(folder)
    return model


def mark(folder: Path) -> float:
    weight = LeNet.from_pretrained(folder).get_parameter("convolutions.0.weight")
    return float(weight.detach().view(-1)[0])


def test_round_trip(tmp_path: Path) -> None:
    config = LeNetConfig(convolutions=(Convolution(3, 3, 1),), dense=(7,), labels=("a", "b"))
    model = LeNet(config)
    model.save_pretrained(tmp_path / "small")
    loaded = LeNet.from_pretrained(tmp_path / "small")
    assert loaded.config == config
    assert not loaded.training
    images = torch.rand(4, 1, 28, 28)
    assert torch.equal(loaded(images).logits, model.eval()(images).logits)


def test_the_folder_contains_everything_about_the_network(folder: Path) -> None:
    assert {p.name for p in folder.iterdir()} == {
        CONFIG, WEIGHTS, HISTORY, "README.md", "curves.png",
    }  # fmt: skip
    assert json.loads((folder / CONFIG).read_text())["activation"] == "sigmoid"
    assert LeNet.from_pretrained(folder).history["settings"]["seed"] == 3
    card = (folder / "README.md").read_text()
    for words in ("61,706", "python train.py", "98.60%", "library_name: lenet-sketchpad"):
        assert words in card


def test_loading_prints_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    LeNet.from_pretrained(folder)
    assert capfd.readouterr().out == ""


def test_a_failed_save_keeps_the_previous_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(SketchpadError, match="No space left"):
            save(folder, 2.0)
    assert mark(folder) == 1.0
    assert os.listdir(folder.parent) == ["good"]


@pytest.mark.parametrize("renames_done", [0, 1])
def test_a_save_interrupted_at_a_rename_keeps_the_previous_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch, renames_done: int
) -> None:
    rename, done = Path.rename, 0

    def interrupted(self: Path, target: Path) -> Path:
        nonlocal done
        if self.name == "good" and done == renames_done:
            done += 1
            raise KeyboardInterrupt
        done += 1
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            save(folder, 2.0)
    assert mark(folder) == 1.0
    save(folder, 3.0)
    assert mark(folder) == 3.0


def test_a_save_killed_between_its_renames_is_recovered(folder: Path) -> None:
    folder.rename(folder.parent / ".good.previous")  # the state after a kill
    assert list(find_checkpoints(folder.parent)) == ["good"]
    assert mark(folder) == 1.0
    assert os.listdir(folder.parent) == [".good.previous"], "reading moves nothing"
    save(folder, 2.0)
    assert mark(folder) == 2.0
    assert os.listdir(folder.parent) == ["good"]


def test_leftovers_of_a_killed_save_are_not_listed(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / ".good.previous")
    assert find_checkpoints(folder.parent) == {"good": folder}


def test_a_folder_with_unrelated_files_is_not_replaced(folder: Path) -> None:
    (folder / "diary.txt").write_text("dear diary")
    with pytest.raises(SketchpadError, match=r"diary\.txt"):
        save(folder, 2.0)
    assert (folder / "diary.txt").exists()
    assert mark(folder) == 1.0


def test_an_unwritable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SketchpadError, match="can't be written"):
        save(tmp_path / "file" / "checkpoint", 1.0)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def replace_by_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps({"convolutions.0.weight": 1}))


def change_shapes(path: Path) -> None:
    small = LeNet(LeNetConfig(dense=(5,)))
    small.save_pretrained(path.parent.parent / "small")
    shutil.copy(path.parent.parent / "small" / WEIGHTS, path)


def change_activation(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"activation": "swish"}))


@pytest.mark.parametrize(
    ("file", "damage", "words"),
    [
        (WEIGHTS, truncate, "damaged"),
        (WEIGHTS, lambda path: path.write_bytes(b""), "damaged"),
        (WEIGHTS, replace_by_pickle, "damaged"),
        (WEIGHTS, change_shapes, "damaged"),
        (WEIGHTS, Path.unlink, "incomplete: model.safetensors is missing"),
        (CONFIG, Path.unlink, "incomplete: config.json is missing"),
        (CONFIG, lambda path: path.write_text("{"), "damaged"),
        (CONFIG, lambda path: path.write_text("[1, 2]"), "damaged"),
        (CONFIG, change_activation, "Unknown activation 'swish'"),
        (HISTORY, lambda path: path.write_text("{"), "damaged"),
    ],
)
def test_damaged_checkpoints_are_rejected(
    folder: Path, file: str, damage: Callable[[Path], object], words: str
) -> None:
    damage(folder / file)
    with pytest.raises(SketchpadError, match=words):
        LeNet.from_pretrained(folder)


@pytest.mark.parametrize("name", ["checkpoints/nothing", "/nowhere/at/all", "nothing"])
def test_a_missing_checkpoint_is_reported(name: str) -> None:
    with pytest.raises(SketchpadError, match="There is no checkpoint"):
        LeNet.from_pretrained(name)


@pytest.mark.parametrize("name", ["checkpoints/nothing", "benchmarks/nothing", "./nothing/here"])
def test_a_missing_folder_is_not_requested_from_the_hub(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(*_: object, **__: object) -> str:
        raise AssertionError("the network was used")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.hub_mixin.hf_hub_download", download)
    monkeypatch.setattr("lenet.network.checkpoint.hf_hub_download", download)
    with pytest.raises(SketchpadError, match=f"There is no checkpoint {name}"):
        LeNet.from_pretrained(name)


def test_shipped_checkpoints_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert LeNet.from_pretrained("checkpoints/mnist-relu").history is not None


def test_unsuitable_targets_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "deep").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "missing")
    monkeypatch.chdir(tmp_path / "here")
    for target, words in (
        (Path(), "current folder"),
        (Path(".."), "current folder"),
        (tmp_path / "file", "is a file"),
        (tmp_path / "link", "broken link"),
    ):
        with pytest.raises(SketchpadError, match=words):
            check_target(target)
    check_target(Path("deep"))
    check_target(Path("new"))


def test_a_checkpoint_is_loaded_from_the_hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = []

    def download(repo_id: str, filename: str, **_: object) -> str:
        requests.append((repo_id, filename))
        return str(folder / filename)

    monkeypatch.setattr("huggingface_hub.hub_mixin.hf_hub_download", download)
    monkeypatch.setattr("lenet.network.checkpoint.hf_hub_download", download)
    assert LeNet.from_pretrained("somebody/lenet").history is not None
    files = (CONFIG, WEIGHTS, HISTORY, "curves.png")
    assert requests == [("somebody/lenet", name) for name in files]


def test_a_checkpoint_is_pushed_with_all_its_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Created:
        repo_id = "somebody/lenet"

    pushed: list[set[str]] = []

    def upload(self: HfApi, folder_path: Path, **_: object) -> str:
        pushed.append({p.name for p in Path(folder_path).iterdir()})
        return "address"

    monkeypatch.setattr(HfApi, "create_repo", lambda *_, **__: Created)
    monkeypatch.setattr(HfApi, "upload_folder", upload)
    LeNet.from_pretrained(folder).push_to_hub("somebody/lenet")
    assert pushed == [{CONFIG, WEIGHTS, HISTORY, "README.md", "curves.png"}]


def test_only_folders_with_a_configuration_are_found(folder: Path) -> None:
    (folder.parent / "empty").mkdir()
    assert find_checkpoints(folder.parent) == {"good": folder}
    assert find_checkpoints(folder.parent / "nowhere") == {}


@pytest.mark.parametrize(
    ("data", "rejected"),
    [
        ({"synthetic_digits": 4000, "synthetic_non_digits": 5000}, "test_rejected"),
        ({"made_digits": 4000, "made_nondigits": 5000}, "test_refused"),
    ],
    ids=["current", "0.1.0"],
)
def test_the_card_reads_the_histories_of_every_version(
    folder: Path, data: dict[str, int], rejected: str
) -> None:
    model = LeNet.from_pretrained(folder)
    model.history["data"].update(data)
    model.history["results"][rejected] = 0.0125
    card = str(model.generate_model_card())
    assert "4,000 digits in styles that are rare in MNIST, 5,000 non-digits" in card
    assert "| test digits rejected | 1.25% |" in card


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_checkpoint_has_the_card_of_its_template(name: str) -> None:
    folder = ROOT / "checkpoints" / name
    card = LeNet.from_pretrained(folder).generate_model_card()
    assert (folder / "README.md").read_text(encoding="utf-8") == str(card)
