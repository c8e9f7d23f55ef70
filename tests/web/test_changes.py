"""Changed and bent drawings have the same effects in the browser as in the library, in float64."""

import base64
import random
from typing import Any

import numpy as np
import pytest
import torch

from lenet import LeNet
from lenet.drawing.ink import Ink, Strokes
from lenet.network.config import LeNetConfig
from lenet.page.examples import pack_picture
from lenet.reading.attribution import greedy_path, pixel_changes
from lenet.reading.prediction import Array, Predictor
from lenet.reading.robustness import GRIDS, Bend, compass, variant
from lenet.reading.tracing import Muted
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.digits import DIGITS
from tests.web.conftest import Run
from tests.web.test_muting import LOAD, base64_of, readable_config
from tests.web.test_network import decoded, files

pytestmark = pytest.mark.browser

ASK = """
const { input, target, size } = argument;
const data = new Float32Array(bytes(input).buffer);
const question = { input: { height: 28, width: 28, data }, target, size };
const encode = (numbers) => btoa(Array.from(new Uint8Array(numbers.buffer),
  (byte) => String.fromCharCode(byte)).join(""));
"""
CHANGES = """
const { steps, value } = finish(TASKS.pixelChanges(predictor, question));
return { ...value, last: steps.at(-1), added: encode(value.added), taken: encode(value.taken) };
"""
PATH = """
const { value } = finish(TASKS.greedyPath(predictor, question));
const plain = (plane) => encode(plane.data);
return { ...value, start: plain(value.start),
  steps: value.steps.map((step) => ({ ...step, picture: plain(step.picture) })) };
"""
BEND = """
const { sketch, grid } = argument;
const { value } = finish(TASKS.compass(predictor, { sketch, grid }));
const { variant } = await import("/core/robustness.js");
return value.map((row) => row.map((cell) => ({ ...cell, sketch: variant(sketch, cell.bend) })));
"""


def ask(run: Run, model: LeNet, body: str, **argument: Any) -> Any:
    return run(LOAD + body, {"checkpoint": files(model), "muted": {}, **argument})


def shipped(name: str) -> LeNet:
    return LeNet.from_pretrained(ROOT / "checkpoints" / name)


def floats(text: str) -> Array:
    return np.frombuffer(base64.b64decode(text), np.float32).reshape(28, 28)


def close(expected: float) -> Any:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


# ------------------------------------------------------------------ changes


def assert_equal_changes(
    run: Run, model: LeNet, image: Array, target: str, size: int, muted: Muted
) -> None:
    found = ask(
        run, model, ASK + CHANGES, muted=muted, input=base64_of(image), target=target, size=size
    )
    expected = pixel_changes(Predictor(model.double(), muted), image, target, size)
    assert found["logOdds"] == close(expected.log_odds)
    assert found["count"] == 28 // size
    assert found["last"][0] == found["last"][1] > 28 // size
    for name, effects in (("added", expected.added), ("taken", expected.taken)):
        np.testing.assert_allclose(decoded(found[name]), effects.ravel(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SHIPPED)
def test_changes_of_shipped_networks_are_equal(run: Run, name: str) -> None:
    model = shipped(name)
    image = Predictor(model).read_sketch(DIGITS["5"]).network_input
    assert_equal_changes(run, model, image, model.config.labels[3], 4, {})


def test_changes_of_two_by_two_pixels_are_equal_with_muted_maps(run: Run) -> None:
    model = shipped("mnist-relu")
    image = Predictor(model).read_sketch(DIGITS["5"]).network_input
    assert_equal_changes(run, model, image, "9", 2, {"C1": [2], "S4": [3]})


@pytest.mark.parametrize("seed", range(4))
def test_changes_of_random_networks_are_equal(run: Run, seed: int) -> None:
    torch.manual_seed(seed)
    model = LeNet(readable_config(random.Random(seed)))
    model.calibrate(0.8, 1.5)
    image = np.random.default_rng(seed).random((28, 28), np.float32)
    assert_equal_changes(run, model, image, model.config.labels[-1], 7, {"C1": [0]})


@pytest.mark.parametrize("name", SHIPPED)
def test_paths_are_equal(run: Run, name: str) -> None:
    model = shipped(name)
    image = Predictor(model).read_sketch(DIGITS["3"]).network_input
    target = "5" if name.startswith("mnist") else "Coat"
    found = ask(run, model, ASK + PATH, input=base64_of(image), target=target, size=2)
    expected = greedy_path(Predictor(model.double()), image, target)
    assert found["reached"] is expected.reached is True
    np.testing.assert_array_equal(floats(found["start"]), expected.start)
    assert expected.steps
    for step, other in zip(found["steps"], expected.steps, strict=True):
        assert step["change"] == other.change._asdict()
        assert step["label"] == other.label
        assert step["probability"] == close(other.probability)
        np.testing.assert_array_equal(floats(step["picture"]), other.picture)


@pytest.mark.parametrize(
    ("target", "size", "words"), [("x", 2, "no class 'x'"), ("3", 5, "Blocks of 5 pixels")]
)
def test_impossible_questions_are_reported(run: Run, target: str, size: int, words: str) -> None:
    body = (
        ASK
        + """
      try { TASKS.pixelChanges(predictor, question).next(); } catch (error) {
        return `${error.name}: ${error.message}`;
      }"""
    )
    image = base64_of(np.zeros((28, 28), np.float32))
    message = ask(run, LeNet(LeNetConfig()), body, input=image, target=target, size=size)
    assert message.startswith("SketchpadError: ")
    assert words in message


# ------------------------------------------------------------------ variants


def assert_equal_compass(
    run: Run, model: LeNet, grid: str, strokes: Strokes, picture: Ink | None
) -> None:
    packed = None if picture is None else pack_picture(picture)
    sketch = {"strokes": strokes, "picture": packed}
    found = ask(run, model, BEND, sketch=sketch, grid=grid)
    expected = compass(Predictor(model.double()), grid, strokes, picture)
    for row, others in zip(found, expected, strict=True):
        for cell, other in zip(row, others, strict=True):
            assert cell["bend"] == other.bend._asdict()
            assert (cell["state"], cell["label"]) == (other.state, other.label)
            assert cell["nearest"] == other.nearest
            # Where a picture is resized, sums of equal halves may round to either float32.
            tolerance = 1e-9 if picture is None else 1e-6
            assert cell["probability"] == pytest.approx(other.probability, abs=tolerance)
            lines, ink = variant(strokes, picture, other.bend)
            assert cell["sketch"]["strokes"] == [[list(p) for p in points] for points in lines]
            assert cell["sketch"]["picture"] == (None if ink is None else pack_picture(ink))


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("name", SHIPPED)
def test_compasses_of_strokes_are_equal(run: Run, name: str, grid: str) -> None:
    assert_equal_compass(run, shipped(name), grid, DIGITS["3"], None)


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("side", [28, 140])
def test_compasses_of_pictures_are_equal(run: Run, side: int, grid: str) -> None:
    random = np.random.default_rng(side)
    picture = np.zeros((side, side), np.float32)
    low, high = side // 4, side - side // 3
    levels = random.integers(0, 256, (high - low, high - low))
    picture[low:high, low:high] = levels / np.float32(255)
    strokes = [[(0.1, 0.2), (0.5, 0.8)]] if side == 140 else []
    assert_equal_compass(run, shipped("mnist-relu"), grid, strokes, picture)


def test_a_bend_can_combine_everything(run: Run) -> None:
    bend = Bend(0.1, -0.05, 33, 0.8, 0.3, 1.2)
    found = run(
        "const { variant } = await import('/core/robustness.js');"
        "return argument.sketches.map((sketch) => variant(sketch, argument.bend));",
        {
            "bend": bend._asdict(),
            "sketches": [
                {"strokes": DIGITS["8"], "picture": None},
                {"strokes": [], "picture": None},
                {"strokes": DIGITS["8"], "picture": pack_picture(np.zeros((28, 28), np.float32))},
            ],
        },
    )
    expected = [
        variant(DIGITS["8"], None, bend),
        variant([], None, bend),
        variant(DIGITS["8"], np.zeros((28, 28), np.float32), bend),
    ]
    assert [sketch["picture"] for sketch in found] == [
        None if picture is None else pack_picture(picture) for _, picture in expected
    ]
