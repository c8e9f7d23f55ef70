"""`/predict` for programs without Gradio's client, and the page that describes it."""

import html
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.requests import Request

from lenet import Predictor
from lenet.page.gallery import Gallery
from lenet.server.programs import programs_page
from lenet.server.reader import Reader
from tests.support.digits import DIGITS, grey


def picture(digit: str, kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.fromarray(255 - grey(DIGITS[digit])).save(file, kind)
    return file.getvalue()


def post(address: str, body: bytes, query: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(f"{address}predict{query}", body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_body_is_read_as_the_predictor_does(
    address: str, predictor: Predictor, kind: str
) -> None:
    status, reading = post(address, picture("7", kind))
    assert status == 200
    assert reading == predictor(picture("7", kind)).to_json()
    assert reading["label"] == "7"
    assert np.shape(reading["layer1"]) == (6, 28, 28)


def test_the_network_is_chosen_by_its_name(address: str) -> None:
    _, reading = post(address, picture("7"), "?model=mnist-conv3")
    assert reading["map_names"] == ["C1", "C3", "C5"]


@pytest.mark.parametrize(
    ("body", "query", "status", "words"),
    [
        (b"", "", 400, "has no picture. Send the content of the file"),
        (b"Dear Sir", "", 400, "The file is not a picture in a supported format"),
        (b"x" * 300_000, "", 400, "The file is not a picture in a supported format"),
        (picture("7"), "?model=vgg", 404, "There is no network 'vgg'. Choose mnist-relu or"),
        (picture("7"), "?model=" + "a" * 9000, 404, "aaa…'. Choose mnist-relu or"),
    ],
    ids=["empty", "text", "long text", "unknown network", "long name"],
)
def test_errors_are_sentences(
    address: str, body: bytes, query: str, status: int, words: str
) -> None:
    found, answer = post(address, body, query)
    assert found == status
    assert list(answer) == ["error"]
    assert words in answer["error"]
    assert len(answer["error"]) < 300


def test_a_form_is_rejected_with_the_right_command(address: str) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    status, answer = post(address, b"--x--", **form)
    assert status == 400
    assert "--data-binary @digit.png" in answer["error"]


def commands(page: str, language: str) -> list[str]:
    found = re.findall(rf'<code class="{language}">(.*?)</code>', page, re.S)
    return [html.unescape(code) for code in found]


def test_the_commands_on_the_page_for_programs_run(address: str, tmp_path: Path) -> None:
    (tmp_path / "digit.png").write_bytes(picture("4"))
    with urllib.request.urlopen(f"{address}predict", timeout=20) as answer:
        page = answer.read().decode()
    [shell] = commands(page, "shell")
    programs = commands(page, "python")
    assert len(programs) == 2
    for program in programs:
        ended = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.stdout.splitlines()[-1].startswith("4 {'0': "), ended.stderr
    if shutil.which("curl"):
        ended = subprocess.run(
            shell, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert json.loads(ended.stdout)["label"] == "4", ended.stderr


def test_the_commands_quote_the_name_of_a_network(tmp_path: Path) -> None:
    (tmp_path / "my net's").mkdir()
    (tmp_path / "my net's" / "config.json").write_text("{}")
    reader = Reader(Gallery(tmp_path))
    page = programs_page(reader, lambda _: "http://localhost", Request({"type": "http"}))
    [shell] = commands(bytes(page.body).decode(), "shell")
    assert shell.endswith("/predict?model=my%20net's\"")
    for program in commands(bytes(page.body).decode(), "python"):
        compile(program, "page", "exec")


def test_the_page_for_programs_shows_its_own_address(address: str) -> None:
    headers = {"X-Forwarded-Host": 'example.com"><script>', "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"{address}predict", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        page = answer.read().decode()
    assert "example.com" in page
    assert "<script>" not in page


def test_the_health_route_names_the_networks(address: str) -> None:
    with urllib.request.urlopen(f"{address}health", timeout=20) as answer:
        found = json.load(answer)
    assert found["status"] == "ok"
    assert found["network"] == "mnist-relu"
