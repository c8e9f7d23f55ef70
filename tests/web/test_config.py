"""The browser accepts and rejects the same configurations as Python, with the same sentences."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from lenet.errors import SketchpadError
from lenet.network.config import DIGITS, LeNetConfig
from tests.network.conftest import NETWORKS
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

MAKE = """
const { makeConfig, mapSizes } = await import("/core/config.js");
const attempt = (text) => {
  try { return { config: makeConfig(JSON.parse(text)) }; }
  catch (error) { return { name: error.name, message: error.message }; }
};
"""


def changed(**changes: Any) -> dict[str, Any]:
    return changes


def convolution(**changes: Any) -> dict[str, Any]:
    return {"convolutions": [{"channels": 3, **changes}]}


SAME_SENTENCE = [
    changed(activation="swish"),
    changed(activation="constructor"),
    changed(activation=None),
    changed(pooling=3),
    changed(output=True),
    changed(initialisation="toString"),
    changed(centring=""),
    changed(border=-1),
    changed(border=28),
    changed(border="2"),
    changed(border=None),
    changed(box=0),
    changed(box=29),
    changed(box=20.5),
    changed(dense=[0]),
    changed(dense=[120, 4097]),
    changed(dense=["84"]),
    changed(dense=[1.5]),
    changed(dense=[None]),
    changed(labels=[]),
    changed(labels=["one"]),
    changed(labels=["one", 2]),
    changed(mean="0"),
    changed(mean=None),
    changed(std=0),
    changed(std=-1),
    changed(std=None),
    changed(temperature=0),
    changed(temperature=-0.5),
    changed(temperature=[1]),
    changed(threshold="3"),
    changed(mean=1e300),
    changed(mean=-11),
    changed(mean=True),
    changed(std=0.0009),
    changed(std=1001),
    changed(std=False),
    changed(temperature=1e-320),
    changed(temperature=1001),
    changed(threshold=1e300),
    changed(threshold=-1_000_001),
    changed(activation="relu" * 20),
    changed(activation=[1]),
    changed(border=True),
    changed(box=True),
    changed(dense=[True]),
    changed(labels=["a"] * 1001),
    changed(labels="0123456789"),
    changed(dense=84),
    changed(dense=None),
    changed(dense="84"),
    changed(dense={}),
    changed(labels=7),
    changed(labels=None),
    changed(convolutions=None),
    changed(convolutions={}),
    changed(dense=[1] * 99),
    changed(dense=[4096] * 40),
    changed(convolutions=[{"channels": 4096}] * 2),
    changed(
        convolutions=[
            *[{"channels": 4096, "kernel": 1, "pooled": False}] * 2,
            {"channels": 1, "kernel": 1},
        ]
    ),
    changed(convolutions=[{"channels": 600, "padding": 2, "pooled": False}] * 2),
    convolution(channels=True),
    convolution(pooled=1),
    convolution(pooled="no"),
    convolution(connections=[[0], [False], [0]]),
    changed(output="rbf", dense=[120]),
    changed(output="rbf", dense=[84], labels=list("abcdefghij")),
    changed(output="rbf", dense=[84], labels=["0,1", *"23456789"]),
    changed(output="rbf", dense=[], labels=list(DIGITS)),
    changed(convolutions=["C1"]),
    changed(convolutions=[None]),
    convolution(channels=0),
    convolution(channels=4097),
    convolution(channels="6"),
    convolution(kernel=0),
    convolution(kernel=29),
    convolution(kernel=28),
    convolution(kernel=28, padding=1, pooled=False) | {"border": 30},
    convolution(padding=-1),
    convolution(padding=28),
    convolution(padding=0.5),
    convolution(connections=[]),
    convolution(connections=[[0], [0]]),
    convolution(connections=[[0], [], [0]]),
    convolution(connections=[[0], [1], [0]]),
    convolution(connections=[[0], [-1], [0]]),
    convolution(connections=[[0], ["0"], [0]]),
    convolution(connections=[[0], [0.5], [0]]),
    changed(convolutions=[{"channels": 2, "kernel": 15}] * 3),
    changed(convolutions=[{"channels": 2}, {"channels": 1, "connections": [[0, 2]]}]),
]

DIFFERENT_SENTENCE = [
    changed(convolutions=[{}]),
    changed(convolutions=[{"channels": 6, "stride": 2}]),
    changed(convolutions=[{"channels": 6, "__proto__": 2}]),
    convolution(connections=3),
    convolution(connections=[0, 0, 0]),
]


def rejected_by_python(changes: dict[str, Any]) -> str:
    with pytest.raises(SketchpadError) as caught:
        LeNetConfig(**changes)
    return str(caught.value)


def test_the_same_configurations_are_rejected_with_the_same_sentence(run: Run) -> None:
    found = run(MAKE + "return argument.map(attempt);", [json.dumps(c) for c in SAME_SENTENCE])
    expected = [
        {"name": "SketchpadError", "message": rejected_by_python(changes)}
        for changes in SAME_SENTENCE
    ]
    for changes, one, other in zip(SAME_SENTENCE, found, expected, strict=True):
        assert one == other, changes


def test_configurations_of_the_wrong_form_are_rejected(run: Run) -> None:
    texts = [json.dumps(changes) for changes in DIFFERENT_SENTENCE]
    for changes, found in zip(
        DIFFERENT_SENTENCE, run(MAKE + "return argument.map(attempt);", texts), strict=True
    ):
        assert "The network's configuration is damaged" in rejected_by_python(changes)
        assert found["name"] == "SketchpadError", changes
        assert found["message"].startswith("The network's configuration is damaged: "), changes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("null", "it must be an object"),
        ("3", "it must be an object"),
        ('"relu"', "it must be an object"),
        ("[1, 2]", "it must be an object"),
        ('{"convolutions": "C1"}', "convolutions must be a list"),
        # Numbers too large for float64, which Python reads as infinite.
        ('{"mean": 1e999}', "The mean must be between -10 and 10, got inf."),
        ('{"threshold": -1e999}', "between -1,000,000 and 1,000,000, got -inf."),
    ],
)
def test_other_unusable_configurations_are_rejected(run: Run, text: str, words: str) -> None:
    found = run(MAKE + "return attempt(argument);", text)
    assert found["name"] == "SketchpadError"
    assert words in found["message"]


@pytest.mark.parametrize(
    "config",
    [
        *NETWORKS.values(),
        LeNetConfig(threshold=0.0, temperature=0.5, mean=1, box=28, centring="box"),
        LeNetConfig(dense=(4096,), border=27, convolutions=()),
        LeNetConfig(labels=("a", "a"), initialisation="lecun"),
    ],
)
def test_a_complete_configuration_is_unchanged(run: Run, config: LeNetConfig) -> None:
    complete = json.loads(json.dumps(asdict(config)))
    found, sizes = run(
        MAKE
        + """
        const { config } = attempt(argument);
        return [config, mapSizes(config)];
        """,
        json.dumps(complete),
    )
    assert found == complete
    assert sizes == [size._asdict() for size in config.map_sizes()]


@pytest.mark.parametrize("text", ["{}", '{"unknown": 1, "__proto__": 2}'])
def test_missing_settings_have_pythons_defaults(run: Run, text: str) -> None:
    found = run(MAKE + "return attempt(argument).config;", text)
    expected = json.loads(json.dumps(asdict(LeNetConfig())))
    assert {name: found[name] for name in expected} == expected
