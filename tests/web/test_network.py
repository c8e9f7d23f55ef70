"""The network in the browser computes what the network in Python computes in float64."""

import base64
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import pytest
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.datasets.datasets import Dataset
from lenet.network.bitmaps import DIGIT_BITMAPS, bitmaps
from lenet.network.config import OUTPUTS, LeNetConfig
from lenet.network.model import LeNet
from lenet.network.parts import ACTIVATIONS, POOLINGS
from lenet.network.summary import summarise
from lenet.reading.tracing import Muted, steps, trace
from lenet.reading.views import answer_logits, evidence, views
from tests.network.conftest import NETWORKS
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.networks import RANDOM_CONFIGS, random_network, sparse_image
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

Array = NDArray[np.float64]

READ = """
const { bytes } = await import("/core/bytes.js");
const { readCheckpoint } = await import("/core/checkpoint.js");
const { LeNet } = await import("/core/network.js");
const v = await import("/core/views.js");
const network = ({ config, weights }, muted = {}) =>
  new LeNet(readCheckpoint(config, bytes(weights).buffer), muted);
const encode = (numbers) => {
  const all = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(""));
};
"""


class Reading(NamedTuple):
    """What a network computes from the nine views of an image."""

    logits: Array  # (9, labels)
    sums: tuple[Array, ...]  # of every layer, for the image itself
    values: tuple[Array, ...]
    answer: Array  # (labels,)
    evidence: float


def read_in_python(model: LeNet, image: Tensor, muted: Muted | None = None) -> Reading:
    """Read an image `(28, 28)` in float64."""
    with torch.inference_mode():
        layers = trace(model.double(), views(image.double()[None, None])[:, 0], muted)
    logits = layers[-1].values.flatten(1)
    return Reading(
        logits.numpy(),
        tuple(layer.sums[0].numpy() for layer in layers),
        tuple(layer.values[0].numpy() for layer in layers),
        answer_logits(logits[:, None])[0].numpy(),
        float(evidence(logits[:, None])),
    )


def read_in_browser(
    run: Run, model: LeNet, images: Iterable[Tensor], muted: Muted | None = None
) -> list[Reading]:
    """Read images `(28, 28)` with the module in the browser."""
    answers = run(
        READ
        + """
        const lenet = network(argument.checkpoint, argument.muted);
        return argument.images.map((image) => {
          const { logits, layers } = lenet.forward(v.views(new Float64Array(bytes(image).buffer)));
          return {
            logits: logits.map(encode),
            layers: layers.map(({ sums, data, ...rest }) =>
              ({ ...rest, sums: encode(sums), data: encode(data) })),
            answer: encode(v.answerLogits(logits)),
            evidence: v.evidence(logits),
          };
        });
        """,
        {
            "checkpoint": files(model),
            "images": [base64_of(image.double()) for image in images],
            "muted": muted or {},
        },
    )
    expected = [(step.name, step.kind) for step in steps(model)]
    for answer in answers:
        found = [(layer["name"], layer["kind"]) for layer in answer["layers"]]
        assert found == [("input", "input"), *expected]
    return [
        Reading(
            np.stack([decoded(logits) for logits in answer["logits"]]),
            values_of(answer["layers"], "sums"),
            values_of(answer["layers"], "data"),
            decoded(answer["answer"]),
            answer["evidence"],
        )
        for answer in answers
    ]


def values_of(layers: list[dict[str, Any]], kind: str) -> tuple[Array, ...]:
    return tuple(decoded(layer[kind]).reshape(layer["shape"]) for layer in layers)


def files(model: LeNet) -> dict[str, str]:
    """The checkpoint's two files, as the browser receives them."""
    weights = safetensors.torch.save(model.float().state_dict())
    return {
        "config": json.dumps(asdict(model.config)),
        "weights": base64.b64encode(weights).decode(),
    }


def base64_of(values: Tensor) -> str:
    return base64.b64encode(values.numpy().tobytes()).decode()


def decoded(text: str) -> Array:
    return np.frombuffer(base64.b64decode(text))


def assert_equal(run: Run, model: LeNet, images: list[Tensor], muted: Muted | None = None) -> None:
    for image, found in zip(images, read_in_browser(run, model, images, muted), strict=True):
        expected = read_in_python(model, image, muted)
        assert_close(found.logits, expected.logits)
        assert_close(found.answer, expected.answer)
        assert_close(found.evidence, expected.evidence)
        for kind in ("sums", "values"):
            pairs = zip(getattr(found, kind), getattr(expected, kind), strict=True)
            for found_values, expected_values in pairs:
                assert_close(found_values, expected_values)


def assert_close(found: Array | float, expected: Array | float) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


# ------------------------------------------------------------------ equal to Python


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_networks_compute_the_same(run: Run, dataset: Dataset, name: str) -> None:
    digits = dataset.test.images[:12, 0].float() / 255
    blank, full = torch.zeros(28, 28), torch.ones(28, 28)
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    assert_equal(run, model, [*digits, blank, full])


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_networks_of_many_kinds_compute_the_same(run: Run, config: LeNetConfig) -> None:
    generator = torch.manual_seed(1)
    assert_equal(run, random_network(config), [sparse_image(generator) for _ in range(2)])


@pytest.mark.parametrize("part", range(10))
def test_random_networks_compute_the_same(run: Run, part: int) -> None:
    generator = torch.manual_seed(part)
    for config in RANDOM_CONFIGS[part::10]:
        assert_equal(run, random_network(config), [sparse_image(generator)])


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_muted_networks_compute_the_same(run: Run, config: LeNetConfig) -> None:
    image = sparse_image(torch.manual_seed(1))
    model = random_network(config)
    for layer in summarise(config)[1:-1]:
        assert_equal(run, model, [image], {layer.name: [0, layer.shape[0] - 1]})


def test_the_random_networks_cover_every_setting() -> None:
    layers = [c for config in RANDOM_CONFIGS for c in config.convolutions]
    sizes = [size for config in RANDOM_CONFIGS for size in config.map_sizes()]
    assert {c.activation for c in RANDOM_CONFIGS} == set(ACTIVATIONS)
    assert {c.pooling for c in RANDOM_CONFIGS} == set(POOLINGS)
    assert {c.output for c in RANDOM_CONFIGS} == set(OUTPUTS)
    assert {len(c.convolutions) for c in RANDOM_CONFIGS} == {1, 2, 3, 4}
    assert {len(c.dense) for c in RANDOM_CONFIGS} == {0, 1, 2, 3, 4}
    assert any(c.mean and c.convolutions[0].padding for c in RANDOM_CONFIGS)
    assert any(c.connections and c.padding for c in layers)
    assert any(size.pooled == 1 for size in sizes)
    assert any(size.convolved % 2 and size.pooled < size.convolved for size in sizes)


# ------------------------------------------------------------------ results


def test_results_are_not_overwritten_by_later_calls(run: Run) -> None:
    one, two = (files(random_network(NETWORKS[name])) for name in ("relu", "lenet5-1998"))
    same = run(
        READ
        + """
        const [one, two] = argument.map(network);
        const image = new Float64Array(784).fill(0.5);
        const first = one.forward([image]);
        const text = JSON.stringify(first);
        one.forward([new Float64Array(784)]);
        two.forward([image]);
        return [JSON.stringify(first), JSON.stringify(one.forward([image]))].map((t) => t === text);
        """,
        [one, two],
    )
    assert same == [True, True]


def test_layers_are_those_of_the_first_image(run: Run) -> None:
    first, alone, count = run(
        READ
        + """
        const lenet = network(argument);
        const images = [0.2, 0.8].map((grey) => Array(784).fill(grey));
        const { logits, layers } = lenet.forward(images);
        return [JSON.stringify(layers), JSON.stringify(lenet.forward([images[0]]).layers),
          logits.length];
        """,
        files(random_network(NETWORKS["relu"])),
    )
    assert first == alone
    assert count == 2


def test_a_network_too_large_for_memory_is_reported(run: Run) -> None:
    # The limits of a configuration fit into the memory of usual devices, so this one has none left.
    message = run(
        """
        const { LeNet } = await import("/core/network.js");
        const { makeConfig } = await import("/core/config.js");
        const tensors = { get: () => { throw new RangeError("Array buffer allocation failed"); } };
        try { new LeNet({ config: makeConfig({}), tensors }); }
        catch (error) { return `${error.name}: ${error.message}`; }
        """
    )
    assert message == "SketchpadError: This network is too large for the browser's memory."


# ------------------------------------------------------------------ pieces


def test_the_bitmaps_are_the_same(run: Run) -> None:
    found = run(
        "const { DIGIT_BITMAPS } = await import('/core/bitmaps.js');"
        "return DIGIT_BITMAPS.map((pixels) => [...pixels]);"
    )
    assert found == bitmaps(DIGIT_BITMAPS).tolist()


def test_the_views_are_the_same(run: Run) -> None:
    image = sparse_image(torch.manual_seed(2)).double()
    found = run(
        READ + "return v.views(new Float64Array(bytes(argument).buffer)).map(encode);",
        base64_of(image),
    )
    expected = views(image[None, None])[:, 0, 0].flatten(1).numpy()
    np.testing.assert_allclose([decoded(view) for view in found], expected, rtol=0, atol=1e-12)


def test_the_softmax_does_not_overflow(run: Run) -> None:
    logits = [1000.0, 999.0, -1000.0]
    found = run(READ + "return [...v.softmax(Float64Array.from(argument))];", logits)
    np.testing.assert_allclose(found, torch.tensor(logits).double().softmax(0), atol=1e-12)
