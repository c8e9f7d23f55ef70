"""The page's server side: what the browser and programs may ask for, without a browser."""

import asyncio
import base64
import io
import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from lenet import LeNet, LeNetConfig, Predictor, summary
from lenet.networks import DIGITS as DIGIT_LABELS
from lenet.networks import PRESETS
from lenet.page import Gallery
from lenet.page import server_functions as functions_for
from lenet.page.answers import describe, layer_ranges
from lenet.page.examples import example_images
from tests.support import ROOT
from tests.support.browser import serve
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
    return asyncio.run(server[name](value))


def sketch(digit: str = "7", model: Any = "mnist-relu", **more: Any) -> dict[str, Any]:
    return {"model": model, "strokes": DIGITS[digit], "picture": None} | more


def unpack(maps: dict[str, Any]) -> np.ndarray:
    levels = np.frombuffer(base64.b64decode(maps["data"]), np.uint8).reshape(maps["shape"])
    low, high = maps["range"]
    return low + levels * (high - low) / 255


@pytest.mark.parametrize("model", ["mnist-relu", "mnist-classic"])
def test_an_answer_holds_what_the_predictor_says(server: Server, folder: Path, model: str) -> None:
    answer = call(server, "read_sketch", sketch(model=model))
    prediction = Predictor.from_pretrained(folder / model)(DIGITS["7"])
    assert answer["label"] == prediction.label == "7"
    assert answer["labels"] == prediction.labels
    assert np.allclose(answer["probabilities"], prediction.probabilities, atol=1e-4)
    assert np.abs(unpack(answer["input"])[0] - prediction.network_input).max() < 0.003
    for name, shape in (("layer1", (6, 28, 28)), ("layer2", (16, 10, 10))):
        maps = getattr(prediction, name)
        low, high = answer[name]["range"]
        assert answer[name]["shape"] == shape
        close = np.abs(unpack(answer[name]) - np.clip(maps, low, high))
        assert close.max() <= (high - low) / 255


def test_one_colour_scale_for_a_layer_that_covers_the_examples(predictor: Predictor) -> None:
    for number, (low, high) in enumerate(layer_ranges(predictor), start=1):
        images = example_images(DIGIT_LABELS).reshape(-1, 28, 28)
        highest = [getattr(predictor.read_input(i), f"layer{number}").max() for i in images]
        assert low == 0
        assert high == pytest.approx(max(highest))


def test_the_scale_is_that_of_the_networks_own_classes(things: Predictor) -> None:
    coats = example_images(things.labels)[4]
    (_, high1), (_, high2) = layer_ranges(things)
    for coat in coats:
        prediction = things.read_input(coat)
        assert prediction.layer1.max() <= high1
        assert prediction.layer2.max() <= high2
    strange = LeNet(LeNetConfig(labels=("cat", "dog")))
    assert not example_images(("cat", "dog")).size
    assert all(high > 0 for _, high in layer_ranges(Predictor(strange)))


def test_the_examples_are_read_right(predictor: Predictor) -> None:
    first = example_images(DIGIT_LABELS)[:, 0]
    assert [predictor.read_input(digit).label for digit in first] == list("0123456789")


def test_the_film_strip_comes_where_it_is_asked_for(server: Server) -> None:
    assert "strip" not in call(server, "read_sketch", sketch())
    assert "strip" not in call(server, "read_sketch", sketch(skip=None))
    strip = call(server, "read_sketch", sketch(skip=[]))["strip"]
    assert [frame["step"] for frame in strip] == ["draw", "crop", "box", "centre", "normalise"]
    assert strip[-1]["answer"] == "7"
    assert all(max(frame["shape"]) <= 84 for frame in strip)
    assert strip[-1]["range"][1] > 1.5, "normalised values go beyond 1"
    wide = call(server, "read_sketch", sketch(skip=["pen"]))["strip"]
    assert unpack(wide[0]).sum() > unpack(strip[0]).sum(), "the pad's pen is wider"
    odd = call(server, "read_sketch", sketch(skip=["crop", "box", 7, "nothing"]))["strip"]
    assert odd[1]["shape"] == (1, 84, 84)


@pytest.mark.parametrize(
    ("model", "preset"), [("mnist-relu", "relu"), ("mnist-classic", "classic")]
)
def test_the_network_comes_layer_by_layer(server: Server, model: str, preset: str) -> None:
    answer = call(server, "network", {"model": model})
    layers = summary.summarise(PRESETS[preset])
    assert answer["picture"] == summary.picture(layers, model)
    assert [row["name"] for row in answer["layers"]] == [layer.name for layer in layers]
    assert answer["layers"][1]["window"] == {"n": 28, "k": 5, "p": 4, "s": 1}
    assert answer["parameters"] == 61_706
    json.dumps(answer)


@pytest.mark.parametrize("value", [{"model": "vgg"}, {"model": ["x"]}, {}, "mnist-relu", None])
def test_unknown_networks_get_a_sentence(server: Server, value: Any) -> None:
    assert "choose mnist-relu or mnist-classic" in call(server, "network", value)["error"]


def test_a_letter_is_refused(server: Server) -> None:
    letter = [[(0.2, 0.8), (0.2, 0.2), (0.5, 0.6), (0.8, 0.2), (0.8, 0.8)]]
    answer = call(server, "read_sketch", sketch(strokes=letter))
    assert answer["state"] == "not a digit"
    assert answer["label"] is None
    assert max(answer["probabilities"]) > 0
    assert "I don't think" in answer["sentence"]


def test_a_blank_pad(server: Server) -> None:
    answer = call(server, "read_sketch", sketch(strokes=[]))
    assert answer["label"] is None
    assert answer["probabilities"] == [0] * 10


def test_the_menu_names_the_checkpoints_that_are_there(server: Server, folder: Path) -> None:
    assert call(server, "models", {})["models"] == ["mnist-relu", "mnist-classic"]
    (folder / "mnist-classic").rename(folder / "another")
    assert call(server, "models", {})["models"] == ["mnist-relu", "another"]
    assert call(server, "read_sketch", sketch(model="another"))["label"] == "7"


def test_a_newly_trained_network_takes_the_place_of_the_old(server: Server, folder: Path) -> None:
    before = call(server, "read_sketch", sketch())
    shutil.rmtree(folder / "mnist-relu")
    shutil.copytree(folder / "mnist-classic", folder / "mnist-relu", copy_function=shutil.copy)
    after = call(server, "read_sketch", sketch())
    assert before["layer1"]["data"] != after["layer1"]["data"]


@pytest.mark.parametrize("model", ["mnist-relu", "things"])
def test_a_test_image_comes_to_the_network_as_it_lies_in_its_data_set(
    mixed: Path, model: str
) -> None:
    server = server_of(mixed)
    rows = call(server, "inputs", model)["examples"]
    images = example_images(Predictor.from_pretrained(mixed / model).labels)
    differences = []
    for packed, row in zip(rows, images, strict=True):
        for picture, image in zip(packed, row, strict=True):
            answer = call(server, "read_sketch", sketch(strokes=[], picture=picture, model=model))
            differences.append(np.abs(unpack(answer["input"])[0] - image).max())
    assert len(differences) == 80
    assert np.mean(np.array(differences) < 0.003) > 0.85, "but for those with a very faint edge"


def test_the_page_learns_what_a_network_reads(mixed: Path) -> None:
    server = server_of(mixed)
    digits, things = (call(server, "inputs", name) for name in ("mnist-relu", "things"))
    assert (digits["digits"], things["digits"]) == (True, False)
    assert digits["labels"] == DIGIT_LABELS
    assert things["labels"][2:5] == ("Pullover", "Dress", "Coat")
    assert digits["steps"] == {"box": "20-pixel box", "centre": "Centred by mass"}
    assert things["steps"] == {"box": "28-pixel box", "centre": "Centred by box"}
    assert {len(row) for row in things["examples"]} == {8}
    nowhere: tuple[Any, ...] = ("vgg", None, {}, ["things"])
    for wrong in nowhere:
        assert "no network" in call(server, "inputs", wrong)["error"]


@pytest.mark.parametrize("ground", [0, 255], ids=["light on dark", "dark on light"])
def test_a_photograph_of_a_thing_comes_to_the_network(
    mixed: Path, things: Predictor, ground: int
) -> None:
    """Magnified, and with a margin around it: as the data set's own images were made."""
    server = server_of(mixed)
    differences = []
    for image in example_images(things.labels)[:, 1]:
        levels = Image.fromarray(np.abs(ground - np.rint(image * 255)).astype(np.uint8))
        photograph = Image.new("L", (700, 500), ground)
        photograph.paste(levels.resize((392, 392), Image.Resampling.BICUBIC), (200, 60))
        opened = call(server, "open_file", {"name": "photo.png", "data": png(photograph)})
        shown = sketch(strokes=[], picture=opened["picture"], model="things")
        answer = call(server, "read_sketch", shown)
        differences.append(np.abs(unpack(answer["input"])[0] - image).mean())
    assert np.mean(differences) < 0.06, "blurred by being magnified; inverted, it were above 0.3"


def both(a: Any = None, b: Any = None, model: str = "mnist-relu") -> dict[str, Any]:
    return {"model": model, "a": a or sketch("3"), "b": b or sketch("8")}


@pytest.mark.parametrize("model", ["mnist-relu", "mnist-classic", "things"])
def test_a_comparison_holds_what_the_predictor_says(folder: Path, mixed: Path, model: str) -> None:
    folder = mixed if model == "things" else folder
    answer = call(server_of(folder), "compare", both(model=model))
    predictor = Predictor.from_pretrained(folder / model)
    a, b = predictor(DIGITS["3"]), predictor(DIGITS["8"])
    assert (answer["a"]["label"], answer["b"]["label"]) == (a.label, b.label)
    assert answer["a"]["sentence"] == a.sentence
    assert np.abs(unpack(answer["b"]["input"])[0] - b.network_input).max() < 0.003
    for layer, (maps_a, maps_b) in zip(
        answer["layers"], ((a.layer1, b.layer1), (a.layer2, b.layer2)), strict=True
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


def test_comparing_a_thing_with_itself_or_with_nothing(server: Server) -> None:
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
        (both(b=sketch(strokes=[[[0.5, 0.5]] * 30_000])), "30,000 points"),
        ({"model": "mnist-relu"}, "list of strokes"),
        ({"model": "mnist-relu", "a": "x", "b": 1}, "list of strokes"),
        ("a text", "no network"),
        (None, "no network"),
    ],
    ids=str,
)
def test_bad_comparisons_get_a_sentence(server: Server, value: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(call(server, "compare", value)["error"])


def test_strokes_go_over_a_picture(server: Server) -> None:
    pad = np.zeros((28, 28), np.uint8)
    pad[4:24, 13:15] = 255
    picture = base64.b64encode(pad.tobytes()).decode()
    alone = call(server, "read_sketch", sketch(strokes=[], picture=picture))
    both = call(server, "read_sketch", sketch(strokes=[[(0.4, 0.3), (0.5, 0.2)]], picture=picture))
    assert alone["label"] == "1"
    assert unpack(both["input"]).sum() > unpack(alone["input"]).sum()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (sketch(model="vgg"), "no network 'vgg'.*choose mnist-relu or mnist-classic"),
        (sketch(model="../mnist-relu"), "no network"),
        (sketch(model=None), "no network"),
        (sketch(strokes="five"), "list of strokes"),
        (sketch(strokes=None), "list of strokes"),
        (sketch(strokes=[[["a", 1]]]), "something else"),
        (sketch(strokes=[[[float("nan"), 1]]]), "finite"),
        (sketch(strokes=[[[0.5, 0.5]] * 1_000_000]), "1,000,000 points"),
        (sketch(picture=17), "damaged"),
        (sketch(picture="not base64!"), "damaged"),
        (sketch(picture="AAAA"), "not a square"),
        (sketch(picture=base64.b64encode(bytes(400 * 400)).decode()), "damaged"),
        (sketch(model=["mnist-relu"]), "no network"),
        (sketch(picture=""), "not a square"),
        ("a text", "no network"),
        (None, "no network"),
    ],
    ids=str,
)
def test_bad_sketches_get_a_sentence(server: Server, value: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(call(server, "read_sketch", value)["error"])


def test_damaged_and_missing_checkpoints_get_a_sentence(folder: Path, tmp_path: Path) -> None:
    server = server_of(folder)
    weights = folder / "mnist-relu" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert "damaged" in call(server, "read_sketch", sketch())["error"]
    weights.unlink()
    assert "incomplete" in call(server, "read_sketch", sketch())["error"]
    assert call(server, "read_sketch", sketch(model="mnist-classic"))["label"] == "7"
    nowhere = server_of(tmp_path / "nowhere")
    assert call(nowhere, "models", {})["models"] == []
    assert "run `python train.py`" in call(nowhere, "read_sketch", sketch())["error"]


def test_long_sketches_are_read_too(server: Server) -> None:
    there = DIGITS["7"][0]
    strokes = [(there + there[::-1]) * 25]
    assert call(server, "read_sketch", sketch(strokes=strokes))["label"] == "7"


def png(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def digit_picture(digit: str) -> Image.Image:
    return Image.fromarray(255 - grey(DIGITS[digit]))


def test_an_uploaded_picture_comes_to_the_pad(server: Server) -> None:
    opened = call(server, "open_file", {"name": "five.png", "data": png(digit_picture("5"))})
    answer = call(server, "read_sketch", sketch(strokes=[], picture=opened["picture"]))
    assert answer["label"] == "5"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "a.png", "data": ""}, "a.png is empty"),
        ({"name": "a.png", "data": "%%%"}, "did not arrive whole"),
        ({"name": "a.png", "data": "é"}, "did not arrive whole"),
        ({"name": "a.txt", "data": base64.b64encode(b"hello").decode()}, "not a picture"),
        ({"name": "big.png", "data": png(Image.new("1", (20_000, 10_000)))}, "50 million pixels"),
        ({"name": "white.png", "data": png(Image.new("L", (9, 9), 255))}, "nothing drawn"),
        ({"name": "a.png", "data": base64.b64encode(bytes(21_000_000)).decode()}, "20 MB"),
        (7, "The picture is empty"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_uploads_get_a_sentence(server: Server, file: Any, words: str) -> None:
    assert words in call(server, "open_file", file)["error"]


def test_answers_are_plain_json(server: Server, predictor: Predictor) -> None:
    answer = describe(predictor(DIGITS["1"]), predictor)
    text = json.dumps(answer)
    assert len(text) < 12_000
    json.dumps(call(server, "models", {}))


# ------------------------------------------------------------------ the API


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serve(["app.py"]) as address:
        client = Client(address, verbose=False)
        yield client
        client.close()


def test_programs_get_the_same_answer(client: Client, predictor: Predictor, tmp_path: Path) -> None:
    digit_picture("4").save(tmp_path / "four.png")
    reading = client.predict(handle_file(tmp_path / "four.png"), api_name="/predict")
    prediction = predictor(tmp_path / "four.png")
    assert (reading["state"], reading["label"]) == ("digit", "4")
    assert list(reading["probabilities"]) == list("0123456789")
    assert np.allclose(list(reading["probabilities"].values()), prediction.probabilities, atol=1e-5)
    assert np.allclose(reading["layer1"], prediction.layer1, atol=1e-3)
    assert np.allclose(reading["layer2"], prediction.layer2, atol=1e-3)
    assert np.shape(reading["network_input"]) == (28, 28)
    other = client.predict(
        handle_file(tmp_path / "four.png"), model="mnist-classic", api_name="/predict"
    )
    assert other["probabilities"] != reading["probabilities"]


def test_programs_get_a_sentence_for_bad_input(client: Client, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(handle_file(tmp_path / "letter.txt"), api_name="/predict")
    digit_picture("4").save(tmp_path / "four.png")
    with pytest.raises(AppError, match="no network 'vgg'"):
        client.predict(handle_file(tmp_path / "four.png"), model="vgg", api_name="/predict")


@pytest.mark.parametrize(
    "image",
    [{"path": "/etc/hostname"}, {"path": "checkpoints"}, {"path": 7}, "x.png", None, []],
    ids=str,
)
def test_programs_can_not_read_other_files(client: Client, image: Any) -> None:
    """A request by hand, without the marks that make Gradio check the path."""
    address = f"{client.src}gradio_api/call/predict"
    body = json.dumps({"data": [image, "mnist-relu"]}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{address}/{event}", timeout=20) as answer:
        said = answer.read().decode()
    assert "event: error" in said
    assert "not an uploaded file" in said


def test_the_api_shows_predict_and_nothing_else(client: Client) -> None:
    api = client.view_api(return_format="dict", print_info=False)
    assert list(api["named_endpoints"]) == ["/predict"]
    assert api["unnamed_endpoints"] == {}
    endpoint = api["named_endpoints"]["/predict"]
    assert [p["parameter_name"] for p in endpoint["parameters"]] == ["image", "model"]
    assert endpoint["parameters"][1]["parameter_default"] == "mnist-relu"
