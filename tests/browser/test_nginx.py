"""nginx as in hosting/nginx.conf, in front of two processes, each request to the next of them."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import Browser

from tests.support import ROOT
from tests.support.browser import requests_of, wait_for_answer
from tests.support.digits import DIGITS, grey
from tests.support.hands import draw_seven
from tests.support.server import free_port, serve

pytestmark = [
    pytest.mark.browser,
    # The continuous integration installs it.
    pytest.mark.skipif(
        not shutil.which("nginx") and "CI" not in os.environ, reason="nginx is not installed"
    ),
]

PATH = "/lenet"


def configuration(folder: Path, port: int, processes: list[str]) -> Path:
    """The shipped configuration with the addresses and the folders of this machine."""
    text = (ROOT / "hosting" / "nginx.conf").read_text(encoding="utf-8")
    for number, address in enumerate(processes, start=1):
        # An address needs no lookup, and Debian's nginx can't repeat one.
        name = f"app{number}:7860 max_fails=0 resolve"
        text = text.replace(name, f"{address.removeprefix('http://').rstrip('/')} max_fails=0")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/tmp/", f"{folder}/")
    assert "app1" not in text
    file = folder / "nginx.conf"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address at nginx."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ROOT_PATH", PATH)
        processes = [stack.enter_context(serve(["app.py"])) for _ in range(2)]
        file = configuration(folder, port, processes)
        # Started by root, nginx would otherwise change to a user who can't write to this folder.
        settings = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        command = ["nginx", "-p", str(folder), "-c", str(file), "-g", settings]
        nginx = subprocess.Popen(command)
        stack.callback(nginx.wait)
        stack.callback(nginx.terminate)
        address = f"http://127.0.0.1:{port}{PATH}/"
        for _ in range(100):
            try:
                urlopen(f"{address}health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield address


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "3.png"
    Image.fromarray(grey(DIGITS["3"])).save(path)
    return path


def test_a_drawing_is_read_without_sticky_sessions(browser: Browser, classroom: str) -> None:
    page = browser.new_page()
    requests = requests_of(page)
    page.goto(classroom)
    wait_for_answer(page)
    draw_seven(page)
    assert all(url.startswith((classroom, "data:", "blob:")) for url in requests)
    page.close()


def test_gradios_client_gets_every_answer(classroom: str, picture: Path) -> None:
    client = Client(classroom, verbose=False)
    labels = [
        client.predict(handle_file(picture), "mnist-relu", api_name="/predict")["label"]
        for _ in range(12)
    ]
    client.close()
    assert labels == ["3"] * 12


def test_the_plain_route_gets_every_answer(classroom: str, picture: Path) -> None:
    for _ in range(12):
        with urlopen(f"{classroom}predict", picture.read_bytes()) as answer:
            assert json.load(answer)["label"] == "3"


def test_the_commands_name_the_address_of_the_proxy(classroom: str) -> None:
    with urlopen(f"{classroom}predict") as answer:
        text = answer.read().decode()
    assert f'Client("{classroom}")' in text


def test_the_address_without_a_slash_leads_to_the_page(classroom: str) -> None:
    with urlopen(classroom.rstrip("/")) as answer:
        assert answer.url == classroom


def test_the_largest_picture_passes_nginx(classroom: str) -> None:
    """What is too large is rejected by the app, in a sentence."""
    picture = BytesIO(bytes(20_000_001))
    with pytest.raises(HTTPError) as error:
        urlopen(f"{classroom}predict", picture.getvalue())
    assert error.value.code == 413
    assert "20 MB" in json.load(error.value)["error"]
    error.value.close()
