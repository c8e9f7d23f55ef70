"""The page's API for programs."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from lenet import Predictor
from tests.support.digits import DIGITS, grey


def digit_picture(digit: str) -> Image.Image:
    return Image.fromarray(255 - grey(DIGITS[digit]))


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    client = Client(address, verbose=False)
    yield client
    client.close()


def test_the_api_returns_the_predictors_answer(
    client: Client, predictor: Predictor, tmp_path: Path
) -> None:
    digit_picture("4").save(tmp_path / "four.png")
    reading = client.predict(handle_file(tmp_path / "four.png"), api_name="/predict")
    prediction = predictor(tmp_path / "four.png")
    assert (reading["state"], reading["label"]) == ("digit", "4")
    assert list(reading["probabilities"]) == list("0123456789")
    assert np.allclose(list(reading["probabilities"].values()), prediction.probabilities, atol=1e-5)
    assert np.allclose(reading["layer1"], prediction.layer1, atol=1e-3)
    assert np.allclose(reading["layer2"], prediction.layer2, atol=1e-3)
    assert np.shape(reading["network_input"]) == (28, 28)
    third = client.predict(
        handle_file(tmp_path / "four.png"), model="mnist-conv3", api_name="/predict"
    )
    assert np.shape(third["layer3"]) == (120, 1, 1)
    classic = client.predict(
        handle_file(tmp_path / "four.png"), model="mnist-classic", api_name="/predict"
    )
    assert classic["probabilities"] != reading["probabilities"]


def test_the_api_reports_bad_input(client: Client, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(handle_file(tmp_path / "letter.txt"), api_name="/predict")
    two = np.hstack([np.asarray(digit_picture(digit)) for digit in "35"])
    Image.fromarray(two).save(tmp_path / "two.png")
    with pytest.raises(AppError, match="more than one digit"):
        client.predict(handle_file(tmp_path / "two.png"), api_name="/predict")
    digit_picture("4").save(tmp_path / "four.png")
    with pytest.raises(AppError, match="no network 'vgg'"):
        client.predict(handle_file(tmp_path / "four.png"), model="vgg", api_name="/predict")


@pytest.mark.parametrize(
    "image",
    [{"path": "/etc/hostname"}, {"path": "checkpoints"}, {"path": 7}, "x.png", None, []],
    ids=str,
)
def test_the_api_reads_only_uploaded_files(client: Client, image: Any) -> None:
    """Sends a raw request, without the metadata that makes Gradio check the path."""
    address = f"{client.src}gradio_api/call/predict"
    body = json.dumps({"data": [image, "mnist-relu"]}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{address}/{event}", timeout=20) as answer:
        message = answer.read().decode()
    assert "event: error" in message
    assert "not an uploaded file" in message


def test_the_api_has_one_public_endpoint(client: Client) -> None:
    api = client.view_api(return_format="dict", print_info=False)
    assert list(api["named_endpoints"]) == ["/predict"]
    assert api["unnamed_endpoints"] == {}
    endpoint = api["named_endpoints"]["/predict"]
    assert [p["parameter_name"] for p in endpoint["parameters"]] == ["image", "model"]
    assert endpoint["parameters"][1]["parameter_default"] == "mnist-relu"
