"""The evaluation that a Space on ZeroGPU offers.

The package `spaces` is replaced by a small one with the same interface. On ZeroGPU, the real one
runs the decorated function in a process of its own, so arguments and results are pickled here, too.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from urllib.request import urlopen

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lenet.errors import SketchpadError
from lenet.page.gallery import Gallery
from lenet.server.zero_gpu import SECONDS, evaluation, evaluation_route
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
    monkeypatch.setattr("lenet.server.zero_gpu.find_spec", lambda _: None)
    assert evaluation(gallery) is None


@pytest.mark.parametrize("file", [None, "__init__.py"])
def test_a_folder_of_the_same_name_is_not_the_package(
    file: str | None, gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spaces").mkdir()
    if file:
        (tmp_path / "spaces" / file).touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "spaces", raising=False)
    try:
        assert evaluation(gallery) is None
    finally:
        sys.modules.pop("spaces", None)


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
    assert 0 < found["rejected"] < 0.1
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


@pytest.fixture
def web(gallery: Gallery) -> TestClient:
    return TestClient(Starlette(routes=[evaluation_route(gallery, lambda _: None)]))


def test_the_route_answers_with_numbers_or_a_sentence(spaces: ModuleType, web: TestClient) -> None:
    assert web.get("/evaluate?model=mnist-classic").json()["images"] == 1000
    missing = web.get("/evaluate", params={"model": "x" * 1000})
    assert missing.status_code == 404
    assert len(missing.json()["error"]) < 100


def test_a_gpu_that_fails_is_reported(
    spaces: ModuleType, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("<b>quota exceeded</b> at /home/user")

    monkeypatch.setattr("lenet.server.zero_gpu._evaluate", fail)
    web = TestClient(Starlette(routes=[evaluation_route(gallery, lambda _: None)]))
    answer = web.get("/evaluate")
    assert answer.status_code == 503
    assert answer.json() == {"error": "No GPU is free at the moment. Try again later."}


def test_one_network_is_evaluated_at_a_time(
    spaces: ModuleType, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    web: TestClient

    def evaluate_twice(*_: object) -> int:
        return web.get("/evaluate").status_code

    monkeypatch.setattr("lenet.server.zero_gpu._evaluate", evaluate_twice)
    web = TestClient(Starlette(routes=[evaluation_route(gallery, lambda _: None)]))
    assert web.get("/evaluate").json() == 503


def test_without_the_package_the_route_is_closed(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet.server.zero_gpu.find_spec", lambda _: None)
    answer = TestClient(Starlette(routes=[evaluation_route(gallery, lambda _: None)])).get(
        "/evaluate"
    )
    assert answer.status_code == 404
    assert "ZeroGPU" in answer.json()["error"]


def test_reading_a_picture_needs_no_gpu(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("CALLS", str(calls))
    picture = BytesIO()
    Image.fromarray(grey(DIGITS["3"])).save(picture, "PNG")
    with serve(["app.py"]) as address:
        with urlopen(f"{address}predict", picture.getvalue()) as answer:
            assert json.load(answer)["label"] == "3"
        assert not calls.exists()
        with urlopen(f"{address}evaluate") as answer:
            assert json.load(answer)["images"] == 1000
        assert calls.read_text() == "_evaluate\n"
