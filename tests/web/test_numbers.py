"""The numbers of a prediction in the browser equal those in Python."""

from dataclasses import astuple

import numpy as np
import pytest

from lenet import LeNet, Predictor
from lenet.network.folder import find_checkpoints
from lenet.reading.numbers import blank_glow, rounded_odds, runner_up, strongest, view_answers
from tests.support import ROOT
from tests.web.conftest import Run, packed_checkpoint
from tests.web.test_reading import READ, drawings

pytestmark = pytest.mark.browser

CHECKPOINTS = find_checkpoints(ROOT / "checkpoints")


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_numbers_are_equal(run: Run, name: str) -> None:
    predictor = Predictor(LeNet.from_pretrained(CHECKPOINTS[name]).double())
    inputs = [predictor(strokes).network_input for strokes in drawings(30, seed=11)]
    found = run(
        READ
        + """
        const n = await import("/core/numbers.js");
        const predictor = load(argument.checkpoint);
        const readings = argument.inputs.map((numbers) => {
          const data = new Float32Array(numbers);
          const prediction = predictor.readInput({ height: 28, width: 28, data });
          return {
            logits: prediction.logits,
            runnerUp: n.runnerUp(prediction),
            views: n.viewAnswers(prediction).map((v) => ({ ...v, image: [...v.image] })),
            strongest: prediction.layers.map((layer) =>
              n.strongest(layer).map(({ map, strength }) => [map, strength])),
          };
        });
        return { readings, blank: n.blankGlow(predictor).map(Object.values) };
        """,
        {
            "checkpoint": packed_checkpoint(CHECKPOINTS[name]),
            "inputs": [image.ravel().tolist() for image in inputs],
        },
    )
    for reading, network_input in zip(found["readings"], inputs, strict=True):
        prediction = predictor.read_input(network_input)
        assert reading["logits"] == pytest.approx(prediction.logits, rel=1e-9, abs=1e-9)
        expected = runner_up(prediction)
        if expected is None:
            assert reading["runnerUp"] is None
        else:
            assert reading["runnerUp"]["label"] == expected.label
            assert reading["runnerUp"]["logOdds"] == pytest.approx(expected.log_odds, abs=1e-9)
            assert reading["runnerUp"]["odds"] == pytest.approx(expected.odds)
        for view, reference in zip(reading["views"], view_answers(prediction), strict=True):
            assert (view["name"], view["label"]) == (reference.name, reference.label)
            assert view["probability"] == pytest.approx(reference.probability, abs=1e-9)
            assert np.allclose(view["image"], reference.image.ravel(), rtol=0, atol=1e-9)
        for strengths, layer in zip(reading["strongest"], prediction.layers, strict=True):
            assert np.allclose(strengths, strongest(layer), rtol=0, atol=1e-9)
    expected_blank = [astuple(glow) for glow in blank_glow(predictor)]
    assert np.allclose(found["blank"], expected_blank, rtol=0, atol=1e-9)


def test_odds_are_rounded_alike(run: Run) -> None:
    odds = [float(value) for value in np.geomspace(1, 1e6, 999)] + [1.05, 12.5, 99.5, 250, 1e6]
    found = run(
        'const { roundedOdds } = await import("/core/numbers.js");'
        "return argument.map(roundedOdds);",
        odds,
    )
    assert found == [rounded_odds(value) for value in odds]


def test_infinite_odds_have_a_logarithm(run: Run) -> None:
    found = run(
        """
        const { runnerUp } = await import("/core/numbers.js");
        const { odds, ...rest } =
          runnerUp({ state: "digit", labels: ["a", "b", "c"], logits: [0, 5000, -1] });
        return { ...rest, odds: String(odds) };
        """
    )
    assert found == {"label": "a", "logOdds": 5000, "odds": "Infinity"}
