"""The browser reads drawings as the library does."""

import base64
from typing import Any

import numpy as np
import pytest

from lenet import LeNet, Predictor
from lenet.datasets.digit_styles import crossed_seven, flagged_one, slashed_zero
from lenet.datasets.glyphs import Glyph
from lenet.datasets.non_digits import letter_like, scribble
from lenet.drawing.ink import Strokes
from lenet.network.config import DIGITS as DIGIT_LABELS
from lenet.network.folder import find_checkpoints
from lenet.page.examples import sheets
from lenet.reading.comparison import Comparison, pair_layers
from lenet.reading.prediction import Layer, Prediction
from tests.support import ROOT
from tests.support.digits import DIGITS
from tests.web.conftest import Run, packed_checkpoint

pytestmark = pytest.mark.browser

READ = """
const { readCheckpoint } = await import("/core/checkpoint.js");
const { Predictor } = await import("/core/reading.js");
const { bytes } = await import("/core/bytes.js");
const load = ({ config, weights }) => new Predictor(readCheckpoint(config, bytes(weights).buffer));
const plain = ({ layers, viewLogits, ...p }) => ({ ...p, networkInput: [...p.networkInput.data],
  maps: p.maps.map(({ sums, data, ...m }) => ({ ...m, data: [...data] })) });
"""


def placed(glyph: Glyph, random: np.random.Generator) -> Strokes:
    """A glyph somewhere on the pad: turned, stretched, of any size, with a trembling hand."""
    points = np.concatenate(glyph)
    low, extent = points.min(0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    angle, size = random.normal(0, 0.15), random.uniform(0.2, 0.9)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch, corner = random.uniform(0.8, 1, 2), random.uniform(0, 1 - size, 2)
    return [
        (
            corner
            + size * (((stroke - low) / extent - 0.5) * stretch @ turn + 0.5)
            + random.normal(0, 0.004, stroke.shape)
        ).tolist()
        for stroke in glyph
    ]


def drawings(count: int, seed: int) -> list[Strokes]:
    """Synthetic digits and non-digits."""
    random = np.random.default_rng(seed)
    known = [[np.array(stroke) for stroke in strokes] for strokes in DIGITS.values()]
    rare = [flagged_one, crossed_seven, slashed_zero, letter_like, scribble]
    glyphs = (known[n % 10] if n % 2 else rare[n // 2 % len(rare)](random) for n in range(count))
    return [placed(glyph, random) for glyph in glyphs]


def assert_equal(found: dict[str, Any], expected: Prediction) -> None:
    """The network inputs differ by at most 1e-6, and so do the answers, apart from rounding."""
    for name in ("state", "label", "nearest", "sentence", "threshold"):
        assert found[name] == getattr(expected, name), name
    assert tuple(found["labels"]) == expected.labels
    assert found["confidence"] == pytest.approx(expected.confidence, abs=1e-5)
    assert found["penalty"] == expected.penalty
    assert found["evidence"] == pytest.approx(expected.evidence, abs=1e-4)
    assert found["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5)
    assert found["networkInput"] == pytest.approx(expected.network_input.ravel(), abs=1e-6)
    for maps, name, layer in zip(found["maps"], expected.map_names, expected.maps, strict=True):
        assert (maps["name"], tuple(maps["shape"])) == (name, layer.shape)
        assert np.allclose(maps["data"], layer.ravel(), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_every_drawing_is_read_as_in_python(run: Run, seed: int) -> None:
    """500 drawings for each shipped network, in float64, so that rounding decides nothing."""
    folder = list(find_checkpoints(ROOT / "checkpoints").values())[seed]
    predictor = Predictor(LeNet.from_pretrained(folder).double())
    strokes = drawings(500, seed)
    found = run(
        READ
        + """
        const predictor = load(argument.checkpoint);
        return argument.drawings.map((strokes) => {
          const { state, nearest, evidence } = predictor.readSketch({ strokes, picture: null });
          return { state, nearest, evidence };
        });
        """,
        {"checkpoint": packed_checkpoint(folder), "drawings": strokes},
    )
    expected = [predictor.read_sketch(drawing) for drawing in strokes]
    assert [f["state"] for f in found] == [e.state for e in expected]
    assert [f["nearest"] for f in found] == [e.nearest for e in expected]
    assert [f["evidence"] for f in found] == pytest.approx([e.evidence for e in expected], abs=1e-6)
    if predictor.labels == DIGIT_LABELS:
        assert {e.state for e in expected} == {"digit", "not a digit"}


SKETCHES: dict[str, tuple[Strokes, str | None]] = {
    "digit": (DIGITS["5"], None),
    "not a digit": ([[(0.2, 0.5), (0.8, 0.5)], [(0.5, 0.2), (0.5, 0.8)]], None),
    "many strokes": ([[(x, 0.2), (x, 0.8)] for x in (0.2, 0.4, 0.6, 0.8)], None),
    "a stray tap": ([[(x / 3, y / 3) for x, y in DIGITS["5"][0]], [(0.9, 0.9)]], None),
    "blank": ([], None),
    "dot": ([[(0.5, 0.5)]], None),
    "picture": ([], "picture"),
    "strokes on a picture": ([[(0.1, 0.2), (0.9, 0.3)]], "picture"),
}


SKIPS: tuple[list[str], ...] = (
    *([], ["pen"], ["crop"], ["box"], ["centre"], ["normalise"]),
    ["pen", "crop", "box"],
)


@pytest.mark.parametrize("name", SKETCHES)
def test_film_strips_are_equal(run: Run, predictor: Predictor, name: str) -> None:
    strokes, with_picture = SKETCHES[name]
    picture = sheets()["mnist"].images[4, 2] if with_picture else None
    packed = None
    if picture is not None:
        packed = base64.b64encode(np.rint(picture * 255).astype(np.uint8).tobytes()).decode()
    answer, strips = run(
        READ
        + """
        const predictor = load(argument.checkpoint);
        const plainFrame = ({ step, image, prediction }) =>
          ({ step, image: { ...image, data: [...image.data] }, prediction: plain(prediction) });
        const strip = (skip) => predictor.filmStrip(argument.sketch, skip).map(plainFrame);
        return [plain(predictor.readSketch(argument.sketch)), argument.skips.map(strip)];
        """,
        {
            "checkpoint": packed_checkpoint(ROOT / "checkpoints" / "mnist-relu"),
            "sketch": {"strokes": strokes, "picture": packed},
            "skips": SKIPS,
        },
    )
    assert_equal(answer, predictor.read_sketch(strokes, picture))
    for frames, skip in zip(strips, SKIPS, strict=True):
        expected = predictor.film_strip(strokes, picture, skip)
        assert [frame["step"] for frame in frames] == [frame.step for frame in expected]
        for frame, reference in zip(frames, expected, strict=True):
            image = frame["image"]
            assert (image["height"], image["width"]) == reference.image.shape
            assert image["data"] == pytest.approx(reference.image.ravel(), abs=1e-5)
            assert_equal(frame["prediction"], reference.prediction)
    assert strips[0][-1]["prediction"]["probabilities"] == answer["probabilities"]


def test_comparisons_are_equal(run: Run, predictor: Predictor) -> None:
    strokes = [DIGITS["3"], DIGITS["8"]]
    layers = run(
        READ
        + """
        const { compare } = await import("/core/comparison.js");
        const predictor = load(argument.checkpoint);
        const read = (strokes) => predictor.readSketch({ strokes, picture: null });
        return compare(...argument.strokes.map(read)).map(({ difference, ...layer }) =>
          ({ ...layer, difference: [...difference.data] }));
        """,
        {
            "checkpoint": packed_checkpoint(ROOT / "checkpoints" / "mnist-relu"),
            "strokes": strokes,
        },
    )
    expected = Comparison(*map(predictor, strokes)).layers
    for layer, reference in zip(layers, expected, strict=True):
        assert layer["ranking"] == reference.ranking.tolist()
        assert layer["distances"] == pytest.approx(reference.distances, abs=1e-5)
        assert layer["difference"] == pytest.approx(reference.difference.ravel(), abs=1e-4)


def test_the_layers_of_two_networks_form_the_same_pairs(run: Run) -> None:
    names = ("mnist-relu", "mnist-conv3", "mnist-lenet5-1998")
    folders = [ROOT / "checkpoints" / name for name in names]
    pairs = run(
        READ
        + """
        const { pairLayers } = await import("/core/comparison.js");
        const layers = argument.checkpoints.map((checkpoint) =>
          load(checkpoint).readSketch({ strokes: argument.strokes, picture: null }).layers);
        const at = (layer, of) => layer && [layer.name, of.indexOf(layer)];
        return layers.flatMap((a) => layers.map((b) =>
          pairLayers(a, b).map((pair) => [at(pair.a, a), at(pair.b, b)])));
        """,
        {"checkpoints": list(map(packed_checkpoint, folders)), "strokes": DIGITS["3"]},
    )
    layers = [Predictor.from_pretrained(folder)(DIGITS["3"]).layers for folder in folders]

    def at(layer: Layer | None, network: tuple[Layer, ...]) -> list[Any] | None:
        places = {id(one): i for i, one in enumerate(network)}
        return [layer.name, places[id(layer)]] if layer else None

    assert pairs == [
        [[at(pair.a, a), at(pair.b, b)] for pair in pair_layers(a, b)]
        for a in layers
        for b in layers
    ]


def test_maps_of_different_layers_are_not_compared(run: Run) -> None:
    sentences = run(
        """
        const { compare } = await import("/core/comparison.js");
        const layer = (name, ...shape) => ({ name, shape, data: new Float64Array(shape[0]) });
        const sentence = (a, b) => {
          try { compare({ maps: [a] }, { maps: [b] }); } catch (error) { return error.message; }
        };
        return [sentence(layer("C1", 1, 1, 1), layer("C3", 1, 1, 1)),
          sentence(layer("C1", 1, 1, 1), layer("C1", 2, 1, 1))];
        """
    )
    assert sentences[0].startswith("These predictions come from networks with different layers.")
    assert sentences[1].startswith("Maps of different shapes, (1, 1, 1) and (2, 1, 1), can't be")


def test_a_network_without_convolutions_is_rejected(run: Run) -> None:
    sentence = run(
        """
        const { Predictor } = await import("/core/reading.js");
        try { new Predictor({ config: { convolutions: [] } }); }
        catch (error) { return error.message; }
        """
    )
    assert sentence == "This network has no convolutions, so there are no maps to show."


@pytest.mark.parametrize(
    ("maps", "scale"),
    [
        ([[0, 1], [3]], [0, 3]),
        ([[0.5, 0.7]], [0, 0.7]),
        ([[0, 0]], [0, 1]),
        ([[-2, 1]], [-2, 2]),
        ([[-1, 0], [4]], [-4, 4]),
        ([[-3]], [-3, 3]),
    ],
)
def test_colour_scales_start_at_zero_or_are_symmetric(
    run: Run, maps: list[list[float]], scale: list[float]
) -> None:
    assert scale == run(
        'const { colourScale } = await import("/core/colour-scale.js");'
        "return colourScale(...argument);",
        maps,
    )
