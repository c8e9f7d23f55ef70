"""Painted kernels and muted maps, and the checkpoint that keeps them."""

import base64
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from lenet import LeNet, LeNetConfig
from lenet.network.config import PRESETS
from lenet.network.summary import summarise
from lenet.reading.tracing import Muted, steps, trace
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.networks import RANDOM_CONFIGS, random_network, sparse_image
from tests.web.conftest import Run
from tests.web.test_network import base64_of, decoded, files

pytestmark = pytest.mark.browser

PREPARE = """
const { bytes } = await import("/core/bytes.js");
const { readCheckpoint } = await import("/core/checkpoint.js");
const { Predictor } = await import("/core/reading.js");
const { edited, isEdited, NO_EDITS, withKernel, toggleMuted } = await import("/core/edits.js");
const { kernelOf } = await import("/core/kernels.js");
const { saveCheckpoint } = await import("/core/saving.js");
const network = ({ config, weights }) =>
  ({ name: "mine", predictor: new Predictor(readCheckpoint(config, bytes(weights).buffer)) });
const text = (array) => {
  const all = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(""));
};
const read = ({ predictor }, image) => predictor.readInput(
  { height: 28, width: 28, data: new Float64Array(bytes(image).buffer) }).layers;
"""

Key = tuple[str, int, int | None]


def painted(config: LeNetConfig) -> dict[Key, list[float]]:
    """One changed kernel for each layer with weights: its layer, map and input."""
    generator = torch.manual_seed(1)
    kernels: dict[Key, list[float]] = {}
    before = 1
    for layer in summarise(config)[1:]:
        if layer.parameters and layer.name[0] == "S":
            kernels[layer.name, layer.shape[0] - 1, None] = [0.75]
        elif layer.window and layer.name[0] == "C":
            kernels[layer.name, 0, connected(config, layer.name)] = torch.randn(
                layer.window.k**2, generator=generator
            ).tolist()
        elif layer.parameters:
            kernels[layer.name, layer.shape[0] - 1, None] = torch.randn(
                before, generator=generator
            ).tolist()
        before = int(np.prod(layer.shape))
    return kernels


def connected(config: LeNetConfig, name: str) -> int:
    """The last map that the first map of a convolution is connected to."""
    names = [layer.name for layer in summarise(config) if layer.name[0] == "C"]
    number = names.index(name)
    connections = config.convolutions[number].connections
    if connections:
        return connections[0][-1]
    return config.convolutions[number - 1].channels - 1 if number else 0


def paint(model: LeNet, kernels: dict[Key, list[float]]) -> LeNet:
    """The same change, made in PyTorch."""
    named = dict(zip((x.name for x in summarise(model.config)[1:]), modules(model), strict=True))
    with torch.no_grad():
        for (name, number, source), values in kernels.items():
            layer: Any = named[name]
            if name[0] == "S":
                layer.coefficient[number] = values[0]
            elif hasattr(layer, "connections"):
                kernel = layer.kernels()[number][0][layer.connections[number].index(source)]
                kernel.copy_(torch.tensor(values).view_as(kernel))
            else:
                kernel = layer.weight[number] if source is None else layer.weight[number, source]
                kernel.copy_(torch.tensor(values).view_as(kernel))
    return model


def modules(model: LeNet) -> list[Any]:
    return [step.layer for step in steps(model)]


def read_edited(
    run: Run, model: LeNet, kernels: dict[Key, list[float]], muted: Muted | None = None
) -> dict[str, Any]:
    """The edited network's last layer for an image, and its zip archive."""
    answer: dict[str, Any] = run(
        PREPARE
        + """
        const plain = network(argument);
        let edits = NO_EDITS;
        for (const kernel of argument.kernels) edits = withKernel(edits, ...kernel);
        for (const [layer, maps] of Object.entries(argument.muted)) {
          for (const map of maps) edits = toggleMuted(edits, layer, map);
        }
        const values = (one) => read(one, argument.image).map(({ data }) => text(data));
        const before = values(plain);
        const found = values(edited(plain, edits));
        return { before, found, zip: text(saveCheckpoint(plain, edits)), after: values(plain),
          isEdited: [NO_EDITS, edits].map(isEdited) };
        """,
        {
            **files(model),
            "image": base64_of(sparse_image(torch.manual_seed(4)).double()),
            "kernels": [[*key, values] for key, values in kernels.items()],
            "muted": muted or {},
        },
    )
    return answer


def layers_of(model: LeNet, muted: Muted | None = None) -> list[Any]:
    image = sparse_image(torch.manual_seed(4)).double()[None, None]
    with torch.inference_mode():
        return [layer.values.numpy().ravel() for layer in trace(model.double(), image, muted)]


def unpacked(archive: str, folder: Path) -> LeNet:
    """The network in a zip archive, loaded as any checkpoint."""
    with zipfile.ZipFile(BytesIO(base64.b64decode(archive))) as file:
        assert file.testzip() is None
        assert file.namelist() == ["mine-edited/config.json", "mine-edited/model.safetensors"]
        file.extractall(folder)
    model: LeNet = LeNet.from_pretrained(folder / "mine-edited")
    return model


def assert_close(found: list[Any], expected: list[Any], tolerance: float) -> None:
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=tolerance, atol=tolerance)


# ------------------------------------------------------------------ painting


@pytest.mark.parametrize("config", [*PRESETS.values(), *RANDOM_CONFIGS[:20]], ids=lambda _: "")
def test_painted_networks_compute_the_same(run: Run, config: LeNetConfig) -> None:
    torch.manual_seed(0)
    model = random_network(config)
    kernels = painted(config)
    answer = read_edited(run, model, kernels)
    expected = layers_of(paint(model.float(), kernels))
    assert_close([decoded(one) for one in answer["found"]], expected, 1e-9)
    assert answer["after"] == answer["before"], "the trained network is unchanged"
    assert answer["isEdited"] == [False, True]


def test_kernels_are_those_of_the_checkpoint(run: Run) -> None:
    model = random_network(PRESETS["lenet5-1998"])
    places = [["C1", 2, 0], ["S2", 3, None], ["C3", 15, 4], ["F6", 7, None], ["F6", 7, 2]]
    c1, s2, c3, _, _, f6, _ = modules(model)
    found = run(
        PREPARE
        + """
        const { checkpoint } = network(argument).predictor;
        return argument.places.map((place) => [...kernelOf(checkpoint, ...place)]);
        """,
        {**files(model), "places": places},
    )
    expected = [
        c1.weight[2, 0], s2.coefficient[3], c3.kernels()[15][0, 4], f6.weight[7], f6.weight[7, 2]
    ]  # fmt: skip
    assert found == [tensor.ravel().tolist() for tensor in expected]


def test_changing_a_weight_takes_less_than_two_milliseconds(run: Run) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / "mnist-conv3")
    times = run(
        PREPARE
        + """
        const plain = network(argument);
        return Array.from({ length: 40 }, (_, i) => {
          const start = performance.now();
          edited(plain, withKernel(NO_EDITS, "C5", i, 0, Array(25).fill(i)));
          return performance.now() - start;
        });
        """,
        files(model),
    )
    assert sorted(times)[20] < 2, times


# ------------------------------------------------------------------ saving


@pytest.mark.parametrize("name", SHIPPED)
def test_a_saved_network_is_the_edited_one(run: Run, tmp_path: Path, name: str) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    config = model.config
    muted = {layer.name: [1, 2] for layer in summarise(config)[1:-1]}
    answer = read_edited(run, model, painted(config), muted)
    loaded = unpacked(answer["zip"], tmp_path)
    assert loaded.config == config
    assert_close(layers_of(loaded), [decoded(one) for one in answer["found"]], 1e-9)
    single = trace(loaded.float(), sparse_image(torch.manual_seed(4))[None, None])[-1].values
    assert_close([single.detach().ravel()], [decoded(answer["found"][-1])], 1e-5)


@pytest.mark.parametrize("config", RANDOM_CONFIGS[:30], ids=lambda _: "")
def test_muted_maps_are_saved_as_weights(run: Run, tmp_path: Path, config: LeNetConfig) -> None:
    model = random_network(config)
    hidden = summarise(config)[1:-1]
    for chosen in (hidden[::2], hidden[1::2]):
        muted = {layer.name: sorted({0, layer.shape[0] - 1}) for layer in chosen}
        answer = read_edited(run, model, {}, muted)
        found = [decoded(one) for one in answer["found"]]
        assert_close(found, layers_of(model, muted), 1e-9)
        loaded = layers_of(unpacked(answer["zip"], tmp_path))
        assert_close(loaded[-1:], found[-1:], 1e-9)
        assert_close(loaded, layers_of(model, with_sources(config, muted)), 1e-9)


def with_sources(config: LeNetConfig, muted: Muted) -> Muted:
    """Pooling without weights is silenced by the convolution below."""
    if config.pooling == "subsampling":
        return muted
    names = [layer.name for layer in summarise(config)]
    below = {names[names.index(name) - 1]: maps for name, maps in muted.items() if name[0] == "S"}
    return {**below, **muted}


def test_a_network_without_edits_is_saved_unchanged(run: Run, tmp_path: Path) -> None:
    folder = ROOT / "checkpoints" / "mnist-lenet5-1998"
    model = LeNet.from_pretrained(folder)
    loaded = unpacked(read_edited(run, model, {})["zip"], tmp_path)
    for (name, one), two in zip(
        model.state_dict().items(), loaded.state_dict().values(), strict=True
    ):
        assert torch.equal(one, two), name
    saved = tmp_path / "mine-edited"
    assert json.loads((saved / "config.json").read_text()) == json.loads(
        (folder / "config.json").read_text()
    )
    with safetensors.safe_open(saved / "model.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt"}


def test_archives_hold_any_files(run: Run) -> None:
    archive = run(
        PREPARE
        + """
        const { zip } = await import("/core/zip.js");
        const file = (name, ...data) => ({ name, data: Uint8Array.from(data) });
        return text(zip([file("empty"), file("ёлка/0.txt", 104, 105), file("a", 255, 0)]));
        """
    )
    with zipfile.ZipFile(BytesIO(base64.b64decode(archive))) as file:
        assert file.testzip() is None
        found = {name: file.read(name) for name in file.namelist()}
    assert found == {"empty": b"", "ёлка/0.txt": b"hi", "a": b"\xff\0"}
