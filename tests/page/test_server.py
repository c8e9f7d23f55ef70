"""The server functions that the browser calls, tested without a browser."""

import asyncio
import base64
import io
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lenet import LeNet, LeNetConfig, Predictor
from lenet.drawing import ink
from lenet.network import summary
from lenet.network.config import DIGITS as DIGIT_LABELS
from lenet.network.config import PRESETS
from lenet.network.diagram import diagram
from lenet.page.answers import describe, facts, layer_ranges
from lenet.page.examples import example_images
from lenet.page.gallery import Gallery, title_of
from lenet.page.server import server_functions as functions_for
from lenet.reading.views import views
from tests.support import ROOT
from tests.support.digits import DIGITS, grey

Server = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("mnist-relu", "mnist-classic"):
        shutil.copytree(ROOT / "checkpoints" / name, tmp_path / name)
    return tmp_path


def server_of(folder: Path) -> Server:
    return {function.__name__: function for function in functions_for(Gallery(folder))}


@pytest.fixture
def server(folder: Path) -> Server:
    return server_of(folder)


def call(server: Server, name: str, value: Any) -> Any:
    # In a new thread, since this one already has an event loop if a browser is open.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, server[name](value)).result()


def sketch(digit: str = "7", model: Any = "mnist-relu", **more: Any) -> dict[str, Any]:
    return {"model": model, "strokes": DIGITS[digit], "picture": None} | more


def unpack(maps: dict[str, Any]) -> np.ndarray:
    levels = np.frombuffer(base64.b64decode(maps["data"]), np.uint8).reshape(maps["shape"])
    low, high = maps["range"]
    return low + levels * (high - low) / 255


@pytest.mark.parametrize("model", ["mnist-relu", "mnist-classic"])
def test_an_answer_contains_the_predictors_values(server: Server, folder: Path, model: str) -> None:
    answer = call(server, "read_sketch", sketch(model=model))
    prediction = Predictor.from_pretrained(folder / model)(DIGITS["7"])
    assert answer["label"] == prediction.label == "7"
    assert answer["labels"] == prediction.labels
    assert np.allclose(answer["probabilities"], prediction.probabilities, atol=1e-4)
    assert np.abs(unpack(answer["input"])[0] - prediction.network_input).max() < 0.003
    assert [layer["name"] for layer in answer["maps"]] == ["C1", "C3"]
    assert [layer["shape"] for layer in answer["maps"]] == [(6, 28, 28), (16, 10, 10)]
    for layer, maps in zip(answer["maps"], prediction.maps, strict=True):
        low, high = layer["range"]
        error = np.abs(unpack(layer) - np.clip(maps, low, high))
        assert error.max() <= (high - low) / 255


@pytest.mark.parametrize(
    ("model", "shapes"),
    [
        ("one-layer", {"C1": (6, 24, 24)}),
        ("mnist-conv3", {"C1": (6, 28, 28), "C3": (16, 10, 10), "C5": (120, 1, 1)}),
    ],
)
def test_the_maps_of_any_number_of_layers_are_sent(
    mixed: Path, model: str, shapes: dict[str, Any]
) -> None:
    server = server_of(mixed)
    answer = call(server, "read_sketch", sketch(model=model))
    assert {layer["name"]: layer["shape"] for layer in answer["maps"]} == shapes
    compared = call(server, "compare", both(model=model))
    assert {layer["name"]: layer["a"]["shape"] for layer in compared["layers"]} == shapes


def test_the_colour_scale_of_a_layer_covers_the_examples(predictor: Predictor) -> None:
    for number, (low, high) in enumerate(layer_ranges(predictor)):
        images = example_images(DIGIT_LABELS).reshape(-1, 28, 28)
        highest = [predictor.read_input(image).maps[number].max() for image in images]
        assert low == 0
        assert high == pytest.approx(max(highest))


def test_the_colour_scale_is_measured_on_the_networks_classes(things: Predictor) -> None:
    coats = example_images(things.labels)[4]
    (_, high1), (_, high2) = layer_ranges(things)
    for coat in coats:
        prediction = things.read_input(coat)
        assert prediction.layer1.max() <= high1
        assert prediction.layer2.max() <= high2
    unknown = LeNet(LeNetConfig(labels=("cat", "dog")))
    assert not example_images(("cat", "dog")).size
    assert all(high > 0 for _, high in layer_ranges(Predictor(unknown)))


def test_the_examples_are_read_correctly(predictor: Predictor) -> None:
    first = example_images(DIGIT_LABELS)[:, 0]
    assert [predictor.read_input(digit).label for digit in first] == list("0123456789")


def test_the_film_strip_is_sent_only_on_request(server: Server) -> None:
    assert "strip" not in call(server, "read_sketch", sketch())
    assert "strip" not in call(server, "read_sketch", sketch(skip=None))
    strip = call(server, "read_sketch", sketch(skip=[]))["strip"]
    assert [frame["step"] for frame in strip] == ["draw", "crop", "box", "centre", "normalise"]
    last = strip[-1]
    assert (last["state"], last["label"], last["nearest"]) == ("digit", "7", "7")
    assert all(max(frame["shape"]) <= 84 for frame in strip)
    assert strip[-1]["range"][1] > 1.5, "normalised values go beyond 1"
    wide = call(server, "read_sketch", sketch(skip=["pen"]))["strip"]
    assert unpack(wide[0]).sum() > unpack(strip[0]).sum(), "the pad's pen is wider"
    skipped = call(server, "read_sketch", sketch(skip=["crop", "box", 7, "nothing"]))["strip"]
    assert skipped[1]["shape"] == (1, 84, 84)


@pytest.mark.parametrize(
    ("model", "preset"), [("mnist-relu", "relu"), ("mnist-classic", "classic")]
)
def test_the_network_is_described_layer_by_layer(server: Server, model: str, preset: str) -> None:
    answer = call(server, "network", {"model": model})
    layers = summary.summarise(PRESETS[preset])
    assert answer["picture"] == diagram(layers, title_of(model))
    assert [row["name"] for row in answer["layers"]] == [layer.name for layer in layers]
    assert answer["layers"][1]["window"] == {"n": 28, "k": 5, "p": 4, "s": 1}
    assert answer["parameters"] == 61_706
    json.dumps(answer)


@pytest.mark.parametrize("value", [{"model": "vgg"}, {"model": ["x"]}, {}, "mnist-relu", None])
def test_unknown_networks_are_reported(server: Server, value: Any) -> None:
    assert "Choose mnist-relu or mnist-classic" in call(server, "network", value)["error"]


def test_a_letter_is_rejected(server: Server) -> None:
    letter = [[(0.2, 0.8), (0.2, 0.2), (0.5, 0.6), (0.8, 0.2), (0.8, 0.8)]]
    answer = call(server, "read_sketch", sketch(strokes=letter))
    assert answer["state"] == "not a digit"
    assert answer["label"] is None
    assert max(answer["probabilities"]) > 0
    assert "This doesn't look like a digit." in answer["sentence"]


def test_a_blank_pad_has_no_label(server: Server) -> None:
    answer = call(server, "read_sketch", sketch(strokes=[]))
    assert answer["label"] is None
    assert answer["probabilities"] == [0] * 10


def test_the_menu_follows_changes_in_the_folder(server: Server, folder: Path) -> None:
    assert call(server, "models", {}) == {"models": Gallery(folder).menu(), "folder": folder.name}
    (folder / "mnist-classic").rename(folder / "renamed")
    assert [entry["name"] for entry in call(server, "models", {})["models"]] == [
        "mnist-relu",
        "renamed",
    ]
    assert call(server, "read_sketch", sketch(model="renamed"))["label"] == "7"


def test_a_retrained_network_replaces_the_old_one(server: Server, folder: Path) -> None:
    before = call(server, "read_sketch", sketch())
    shutil.rmtree(folder / "mnist-relu")
    shutil.copytree(folder / "mnist-classic", folder / "mnist-relu", copy_function=shutil.copy)
    after = call(server, "read_sketch", sketch())
    assert before["maps"][0]["data"] != after["maps"][0]["data"]


@pytest.mark.parametrize("model", ["mnist-relu", "things"])
def test_a_test_image_reaches_the_network_unchanged(mixed: Path, model: str) -> None:
    server = server_of(mixed)
    rows = call(server, "inputs", model)["examples"]
    images = example_images(Predictor.from_pretrained(mixed / model).labels)
    differences = []
    for packed, row in zip(rows, images, strict=True):
        for picture, image in zip(packed, row, strict=True):
            answer = call(server, "read_sketch", sketch(strokes=[], picture=picture, model=model))
            differences.append(np.abs(unpack(answer["input"])[0] - image).max())
    assert len(differences) == 80
    assert np.mean(np.array(differences) < 0.003) > 0.85, "except those with a very faint edge"


def test_the_inputs_describe_what_a_network_reads(mixed: Path) -> None:
    server = server_of(mixed)
    digits, things = (call(server, "inputs", name) for name in ("mnist-relu", "things"))
    assert (digits["digits"], things["digits"]) == (True, False)
    assert digits["labels"] == DIGIT_LABELS
    assert things["labels"][2:5] == ("Pullover", "Dress", "Coat")
    captions = [[step["caption"] for step in inputs["steps"]] for inputs in (digits, things)]
    assert captions == [
        ["Pen fitted", "Cropped", "20-pixel box", "Centred by mass", "Normalised"],
        ["Pen fitted", "Cropped", "28-pixel box", "Centred by box", "Normalised"],
    ]
    assert {len(row) for row in things["examples"]} == {8}
    unknown: tuple[Any, ...] = ("vgg", None, {}, ["things"])
    for name in unknown:
        assert "no network" in call(server, "inputs", name)["error"]


@pytest.mark.parametrize("background", [0, 255], ids=["light on dark", "dark on light"])
def test_a_photograph_of_clothing_reaches_the_network_in_the_right_form(
    mixed: Path, things: Predictor, background: int
) -> None:
    """The photograph is enlarged and has a margin."""
    server = server_of(mixed)
    differences = []
    for image in example_images(things.labels)[:, 1]:
        levels = Image.fromarray(np.abs(background - np.rint(image * 255)).astype(np.uint8))
        photograph = Image.new("L", (700, 500), background)
        photograph.paste(levels.resize((392, 392), Image.Resampling.BICUBIC), (200, 60))
        opened = call(server, "open_file", {"name": "photo.png", "data": png(photograph)})
        shown = sketch(strokes=[], picture=opened["picture"], model="things")
        answer = call(server, "read_sketch", shown)
        differences.append(np.abs(unpack(answer["input"])[0] - image).mean())
    assert np.mean(differences) < 0.06, "enlarging blurs it; if inverted, it would be above 0.3"


def both(a: Any = None, b: Any = None, model: str = "mnist-relu") -> dict[str, Any]:
    return {"model": model, "a": a or sketch("3"), "b": b or sketch("8")}


@pytest.mark.parametrize("model", ["mnist-relu", "mnist-classic", "things"])
def test_a_comparison_contains_the_predictors_values(folder: Path, mixed: Path, model: str) -> None:
    folder = mixed if model == "things" else folder
    answer = call(server_of(folder), "compare", both(model=model))
    predictor = Predictor.from_pretrained(folder / model)
    a, b = predictor(DIGITS["3"]), predictor(DIGITS["8"])
    assert (answer["a"]["label"], answer["b"]["label"]) == (a.label, b.label)
    assert answer["a"]["sentence"] == a.sentence
    assert np.abs(unpack(answer["b"]["input"])[0] - b.network_input).max() < 0.003
    for layer, (maps_a, maps_b) in zip(
        answer["layers"], zip(a.maps, b.maps, strict=True), strict=True
    ):
        order = np.array(layer["maps"]) - 1
        assert sorted(order) == list(range(len(maps_a)))
        assert layer["distances"] == sorted(layer["distances"], reverse=True)
        assert layer["a"]["range"] == layer["b"]["range"], "one shared scale"
        low, high = layer["difference"]["range"]
        assert -low == high == pytest.approx(np.abs(maps_a - maps_b).max())
        for name, maps in (("a", maps_a), ("b", maps_b), ("difference", maps_a - maps_b)):
            low, high = layer[name]["range"]
            assert np.abs(unpack(layer[name]) - maps[order]).max() <= (high - low) / 255
    json.dumps(answer)


def test_identical_and_blank_inputs_can_be_compared(server: Server) -> None:
    answer = call(server, "compare", both(b=sketch("3")))
    for layer in answer["layers"]:
        assert layer["distances"] == [0] * len(layer["maps"])
        assert layer["maps"] == list(range(1, len(layer["maps"]) + 1))
        assert np.abs(unpack(layer["difference"])).max() < 0.01
    blank = call(server, "compare", both(a=sketch(strokes=[]), b=sketch(strokes=[])))
    assert (blank["a"]["state"], blank["b"]["state"]) == ("blank", "blank")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (both(model="vgg"), "no network"),
        (both(a={"strokes": 3}), "list of strokes"),
        (both(b={"strokes": [], "picture": "%"}), "damaged"),
        (both(b=sketch(strokes=[[[0.5, 0.5]] * 30_000])), "got 30,000"),
        ({"model": "mnist-relu"}, "list of strokes"),
        ({"model": "mnist-relu", "a": "x", "b": 1}, "list of strokes"),
        ("a text", "no network"),
        (None, "no network"),
    ],
    ids=[
        "unknown network",
        "strokes are a number",
        "picture is not base64",
        "too many points",
        "no pads",
        "pads are not sketches",
        "text",
        "nothing",
    ],
)
def test_invalid_comparisons_are_reported(server: Server, value: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(call(server, "compare", value)["error"])


def test_strokes_are_drawn_on_top_of_a_picture(server: Server) -> None:
    pad = np.zeros((28, 28), np.uint8)
    pad[4:24, 13:15] = 255
    picture = base64.b64encode(pad.tobytes()).decode()
    plain = call(server, "read_sketch", sketch(strokes=[], picture=picture))
    both = call(server, "read_sketch", sketch(strokes=[[(0.4, 0.3), (0.5, 0.2)]], picture=picture))
    assert plain["label"] == "1"
    assert unpack(both["input"]).sum() > unpack(plain["input"]).sum()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (sketch(model="vgg"), "no network 'vgg'.*Choose mnist-relu or mnist-classic"),
        (sketch(model="../mnist-relu"), "no network"),
        (sketch(model=None), "no network"),
        (sketch(strokes="five"), "list of strokes"),
        (sketch(strokes=None), "list of strokes"),
        (sketch(strokes=[[["a", 1]]]), "different structure"),
        (sketch(strokes=[[[float("nan"), 1]]]), "finite"),
        (sketch(strokes=[[[0.5, 0.5]] * 1_000_000]), "got 1,000,000"),
        (sketch(picture=17), "damaged"),
        (sketch(picture="not base64!"), "damaged"),
        (sketch(picture="AAAA"), "not square"),
        (sketch(picture=base64.b64encode(bytes(400 * 400)).decode()), "damaged"),
        (sketch(model=["mnist-relu"]), "no network"),
        (sketch(picture=""), "not square"),
        ("a text", "no network"),
        (None, "no network"),
    ],
    ids=[
        "unknown network",
        "path as network",
        "no network",
        "strokes are text",
        "no strokes",
        "text coordinate",
        "NaN coordinate",
        "too many points",
        "picture is a number",
        "picture is not base64",
        "picture is not square",
        "picture is too large",
        "list as network",
        "empty picture",
        "text",
        "nothing",
    ],
)
def test_invalid_sketches_are_reported(server: Server, value: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(call(server, "read_sketch", value)["error"])


def test_damaged_and_missing_checkpoints_are_reported(folder: Path, tmp_path: Path) -> None:
    server = server_of(folder)
    weights = folder / "mnist-relu" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert "damaged" in call(server, "read_sketch", sketch())["error"]
    weights.unlink()
    assert "incomplete" in call(server, "read_sketch", sketch())["error"]
    assert call(server, "read_sketch", sketch(model="mnist-classic"))["label"] == "7"
    nowhere = server_of(tmp_path / "nowhere")
    assert call(nowhere, "models", {}) == {"models": [], "folder": "nowhere"}
    assert "Run `python train.py`" in call(nowhere, "read_sketch", sketch())["error"]


def test_long_sketches_are_read(server: Server) -> None:
    stroke = DIGITS["7"][0]
    strokes = [(stroke + stroke[::-1]) * 25]
    assert call(server, "read_sketch", sketch(strokes=strokes))["label"] == "7"


def png(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def digit_picture(digit: str) -> Image.Image:
    return Image.fromarray(255 - grey(DIGITS[digit]))


def test_an_uploaded_picture_becomes_ink(server: Server) -> None:
    opened = call(server, "open_file", {"name": "five.png", "data": png(digit_picture("5"))})
    answer = call(server, "read_sketch", sketch(strokes=[], picture=opened["picture"]))
    assert answer["label"] == "5"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "a.png", "data": ""}, "a.png is empty"),
        ({"name": "a.png", "data": "%%%"}, "damaged in transit"),
        ({"name": "a.png", "data": "é"}, "damaged in transit"),
        ({"name": "a.txt", "data": base64.b64encode(b"hello").decode()}, "not a picture"),
        ({"name": "big.png", "data": png(Image.new("1", (20_000, 10_000)))}, "50 million pixels"),
        (
            {"name": "white.png", "data": png(Image.new("L", (9, 9), 255))},
            "white.png is blank",
        ),
        ({"name": "a.png", "data": base64.b64encode(bytes(21_000_000)).decode()}, "20 MB"),
        (7, "The picture is empty"),
    ],
    ids=[
        "empty",
        "not base64",
        "not ASCII",
        "not a picture",
        "too many pixels",
        "blank",
        "too many bytes",
        "number",
    ],
)
def test_invalid_uploads_are_reported(server: Server, file: Any, words: str) -> None:
    assert words in call(server, "open_file", file)["error"]


def test_answers_are_small_and_plain_json(server: Server, predictor: Predictor) -> None:
    answer = describe(predictor(DIGITS["1"]), predictor)
    text = json.dumps(answer)
    assert len(text) < 12_000
    json.dumps(call(server, "models", {}))


def test_every_step_of_the_film_strip_can_be_left_out(server: Server) -> None:
    """The step names that the page receives are valid for the server and the predictor."""
    steps = call(server, "inputs", "mnist-relu")["steps"]
    small = [[(0.05 + 0.3 * x, 0.6 + 0.3 * y) for x, y in stroke] for stroke in DIGITS["4"]]
    whole = call(server, "read_sketch", sketch(strokes=small, skip=[]))["strip"]
    assert [frame["step"] for frame in whole] == [step["step"] for step in steps]
    for number, step in enumerate(steps):
        strip = call(server, "read_sketch", sketch(strokes=small, skip=[step["skip"]]))["strip"]
        shown = [(frames[number]["data"], frames[number]["range"]) for frames in (strip, whole)]
        assert shown[0] != shown[1], step["caption"]


def test_facts_come_from_the_code_that_defines_them() -> None:
    sent = facts()
    count = len(views(torch.zeros(1, 1, 28, 28)))
    assert sent["views"] == count
    assert f"{count} views" in sent["filmStrip"]
    assert sent["penWidth"] == ink.PEN_WIDTH
    assert sent["maxPoints"] == ink.MAX_POINTS
    assert sent["sizeFormula"] == summary.SIZE_FORMULA
    json.dumps(sent)
