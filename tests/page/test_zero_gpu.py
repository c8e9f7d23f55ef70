"""The evaluation that a Space on ZeroGPU offers.

The package `spaces` is replaced by a small one with the same interface. On ZeroGPU, the real one
runs the decorated function in a process of its own, so arguments and results are pickled here, too.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from lenet.errors import SketchpadError
from lenet.page.gallery import Gallery
from lenet.page.zero_gpu import SECONDS, evaluation
from tests.support import ROOT
from tests.support.digits import DIGITS, grey
from tests.support.server import serve

SPACES = """
import functools, os, pickle

durations, calls = [], []

def GPU(task=None, *, duration=None, size=None):
    if task is None:
        return functools.partial(GPU, duration=duration, size=size)
    durations.append(duration)

    @functools.wraps(task)
    def call(*arguments):
        calls.append(arguments)
        if "CALLS" in os.environ:
            with open(os.environ["CALLS"], "a") as file:
                file.write(task.__name__ + "\\n")
        return pickle.loads(pickle.dumps(task(*pickle.loads(pickle.dumps(arguments)))))

    return call
"""


@pytest.fixture
def gallery() -> Gallery:
    return Gallery(ROOT / "checkpoints")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the small package `spaces`."""
    (tmp_path / "spaces").mkdir()
    (tmp_path / "spaces" / "__init__.py").write_text(SPACES)
    return tmp_path


@pytest.fixture
def spaces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    before = sys.modules.pop("spaces", None)
    monkeypatch.syspath_prepend(str(folder))
    yield import_module("spaces")
    del sys.modules["spaces"]
    if before:
        sys.modules["spaces"] = before


def test_without_the_package_there_is_no_evaluation(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet.page.zero_gpu.find_spec", lambda _: None)
    assert evaluation(gallery) is None


def test_with_the_package_one_function_is_for_the_gpu(gallery: Gallery, spaces: ModuleType) -> None:
    assert evaluation(gallery)
    assert spaces.durations == [SECONDS]
    assert not spaces.calls


def test_each_network_is_evaluated_once(gallery: Gallery, spaces: ModuleType) -> None:
    evaluate = evaluation(gallery)
    assert evaluate
    found = evaluate("mnist-relu")
    assert found["images"] == 1000
    assert found["accuracy"] > 0.97
    assert 0 < found["rejected"] < 0.02
    assert json.loads(json.dumps(found)) == found
    assert evaluate("mnist-relu") == found
    assert len(spaces.calls) == 1
    assert evaluate("fashion-relu")["accuracy"] < found["accuracy"]


@pytest.mark.parametrize("name", ["vgg", "abc"])
def test_problems_are_found_before_a_gpu_is_requested(
    name: str, spaces: ModuleType, tmp_path: Path
) -> None:
    from lenet import LeNet, LeNetConfig

    LeNet(LeNetConfig(labels=("a", "b", "c"))).save_pretrained(tmp_path / "nets" / "abc")
    evaluate = evaluation(Gallery(tmp_path / "nets"))
    assert evaluate
    with pytest.raises(SketchpadError, match=r"no network 'vgg'|no test images .* abc"):
        evaluate(name)
    assert not spaces.calls


def test_reading_a_picture_needs_no_gpu(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls, picture = tmp_path / "calls", tmp_path / "3.png"
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("CALLS", str(calls))
    Image.fromarray(grey(DIGITS["3"])).save(picture)
    with serve(["app.py"]) as address:
        client = Client(address, verbose=False)
        api = client.view_api(return_format="dict", print_info=False)
        assert set(api["named_endpoints"]) == {"/predict", "/evaluate"}
        assert client.predict(handle_file(picture), api_name="/predict")["label"] == "3"
        with pytest.raises(AppError, match="no network 'vgg'"):
            client.predict("vgg", api_name="/evaluate")
        assert not calls.exists()
        assert client.predict("mnist-relu", api_name="/evaluate")["images"] == 1000
        assert calls.read_text() == "_evaluate\n"
        client.close()
