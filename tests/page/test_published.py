"""The files that the page reads: their content, their versions, and the routes that serve them."""

import base64
import gzip
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from gradio.route_utils import CustomCORSMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from lenet.errors import SketchpadError
from lenet.network.config import DIGITS
from lenet.page.examples import ASSETS, example_images
from lenet.page.gallery import Gallery
from lenet.page.modules import web_files, web_folder
from lenet.page.published import preloads, published
from lenet.server.files import routes
from tests.support import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("mnist-relu", "mnist-classic"):
        shutil.copytree(ROOT / "checkpoints" / name, tmp_path / "nets" / name)
    return tmp_path / "nets"


def client_of(folder: Path) -> TestClient:
    return TestClient(Starlette(routes=routes(Gallery(folder))), base_url="http://page/")


@pytest.fixture
def client(folder: Path) -> TestClient:
    return client_of(folder)


def about(client: TestClient, name: str = "mnist-relu") -> dict[str, Any]:
    answer = client.get(f"/networks/{quote(name)}/about.json")
    assert answer.status_code == 200
    return answer.json()


def error(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-cache"
    return answer.json()["error"]


def test_the_menu_follows_changes_in_the_folder(client: TestClient, folder: Path) -> None:
    menu = client.get("/networks.json").json()
    assert menu == {"models": Gallery(folder).menu(), "folder": "nets"}
    (folder / "mnist-classic").rename(folder / "renamed")
    names = [entry["name"] for entry in client.get("/networks.json").json()["models"]]
    assert names == ["mnist-relu", "renamed"]
    assert about(client, "renamed")["digits"]


def test_the_menu_may_be_empty(tmp_path: Path) -> None:
    nowhere = client_of(tmp_path / "nowhere")
    assert nowhere.get("/networks.json").json() == {"models": [], "folder": "nowhere"}
    assert "Run `python train.py`" in error(nowhere, "/networks/mnist-relu/about.json")


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_checkpoint_is_served_unchanged(client: TestClient, folder: Path, file: str) -> None:
    answer = client.get(f"/networks/mnist-relu/{about(client)['version']}/{file}")
    assert answer.content == (folder / "mnist-relu" / file).read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_changed_checkpoint_has_a_new_version(
    client: TestClient, folder: Path, file: str
) -> None:
    before = about(client)["version"]
    shutil.copy(folder / "mnist-classic" / file, folder / "mnist-relu" / file)
    after = about(client)["version"]
    assert before != after
    assert client.get(f"/networks/mnist-relu/{after}/{file}").status_code == 200
    for old in ("config.json", "model.safetensors"):
        assert "Reload" in error(client, f"/networks/mnist-relu/{before}/{old}")


def test_a_retrained_network_is_described_again(client: TestClient, folder: Path) -> None:
    before = about(client)
    shutil.rmtree(folder / "mnist-relu")
    shutil.copytree(folder / "mnist-classic", folder / "mnist-relu", copy_function=shutil.copy)
    after = about(client)
    assert after["version"] == about(client, "mnist-classic")["version"]
    assert after["ranges"] != before["ranges"]


@pytest.mark.parametrize("name", ["my net", "Größe 1", "50% ?#&+'!", "日本", "a+b"])
def test_names_may_contain_any_character(client: TestClient, folder: Path, name: str) -> None:
    (folder / "mnist-classic").rename(folder / name)
    version = about(client, name)["version"]
    assert client.get(f"/networks/{quote(name)}/{version}/config.json").status_code == 200


def test_damaged_and_missing_checkpoints_are_reported(client: TestClient, folder: Path) -> None:
    address = "/networks/mnist-relu/about.json"
    weights = folder / "mnist-relu" / "model.safetensors"
    version = about(client)["version"]
    weights.write_bytes(weights.read_bytes()[:1000])
    sentence = "The checkpoint mnist-relu can't be used. The network's weights are damaged: "
    assert error(client, address).startswith(sentence)
    weights.unlink()
    assert "incomplete: model.safetensors" in error(client, address)
    assert "incomplete" in error(client, f"/networks/mnist-relu/{version}/config.json")
    assert about(client, "mnist-classic")["digits"]
    sentence = "There is no network 'vgg' in nets. Choose mnist-relu or mnist-classic."
    assert error(client, "/networks/vgg/about.json") == sentence


@pytest.mark.parametrize(
    "path",
    [
        "networks",
        "networks/",
        "networks/mnist-relu",
        "networks/mnist-relu/",
        "networks/mnist-relu/about",
        "networks/mnist-relu/history.json",
        "networks/mnist-relu/VERSION/history.json",
        "networks/%2e%2e/nets/about.json",
        "networks/..%2fnets/about.json",
        "networks/mnist-relu%2f..%2fmnist-relu/about.json",
        "networks/%00/about.json",
        "examples/nothing.json",
        "examples/%2e%2e/networks.json",
        "WEB/%2e%2e/blocks.py",
        "WEB/..%2fblocks.py",
        "WEB/types.d.ts",
        "web-0123456789abcdef/page.js",
    ],
)
def test_there_are_no_other_files(client: TestClient, path: str) -> None:
    path = path.replace("VERSION", about(client)["version"]).replace("WEB", web_folder())
    assert client.get(f"/{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["nobody/about.json", "mnist-relu/0123456789abcdef/config.json", "mnist-relu/x", ""]
)
def test_a_missing_file_makes_the_app_read_no_network(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = Gallery(ROOT / "checkpoints")
    gallery.checkpoint("mnist-relu")
    monkeypatch.setattr("lenet.page.gallery.read_folder", pytest.fail)
    with pytest.raises(SketchpadError):
        published(gallery, f"networks/{path}")


def test_a_file_is_sent_again_only_if_it_has_changed(client: TestClient, folder: Path) -> None:
    for path in ("networks.json", "networks/mnist-relu/about.json", "examples/mnist.json"):
        first = client.get(f"/{path}")
        assert first.headers["Cache-Control"] == "no-cache"
        known = {"If-None-Match": first.headers["ETag"]}
        again = client.get(f"/{path}", headers=known)
        assert (again.status_code, again.content) == (304, b"")
    shutil.rmtree(folder / "mnist-classic")
    etag = {"If-None-Match": client.get("/networks.json").headers["ETag"]}
    assert client.get("/networks.json", headers=etag).status_code == 304
    (folder / "mnist-relu").rename(folder / "renamed")
    assert client.get("/networks.json", headers=etag).json()["models"][0]["name"] == "renamed"


def test_text_is_compressed_on_request(client: TestClient) -> None:
    plain = {"Accept-Encoding": "identity"}
    for path in ("examples/mnist.json", f"{web_folder()}/page.js"):
        with client.stream("GET", f"/{path}") as answer:
            raw = b"".join(answer.iter_raw())
        content = client.get(f"/{path}", headers=plain).content
        assert gzip.decompress(raw) == content
        assert len(raw) < len(content) / 2
        assert answer.headers["Vary"] == "Accept-Encoding, Origin"


def test_the_test_images_are_sent_unchanged(client: TestClient) -> None:
    packed = client.get("/" + about(client)["examples"]).json()
    levels = [[list(base64.b64decode(image)) for image in row] for row in packed]
    assert np.array_equal(levels, np.rint(example_images(DIGITS) * 255).reshape(10, 8, 784))


def test_the_sheet_of_test_images_is_served(client: TestClient) -> None:
    address = about(client)["testSheet"]
    answer = client.get(f"/{address}")
    assert answer.content == (ASSETS / Path(address).name).read_bytes()
    assert answer.headers["Content-Type"] == "image/png"


def test_code_and_style_have_their_type_and_can_be_cached(client: TestClient) -> None:
    for name, kind in (("page.js", "text/javascript"), ("style.css", "text/css")):
        answer = client.get(f"/{web_folder()}/{name}")
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/{web_folder()}/page.js").content == web_files()["page.js"]


def test_the_element_has_an_address_that_stays(client: TestClient) -> None:
    answer = client.get("/element.js")
    assert answer.text.startswith(f'import {{ defineElement }} from "./{web_folder()}/page.js";')
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "https://elsewhere.example"])
def test_a_local_app_shares_its_files_only_with_local_pages(folder: Path, origin: str) -> None:
    routes_of_app = routes(Gallery(folder))
    app = Starlette(routes=routes_of_app, middleware=[Middleware(CustomCORSMiddleware)])
    client = TestClient(app, base_url="http://127.0.0.1:7860/")
    for path in ("networks.json", "element.js", f"{web_folder()}/page.js"):
        answer = client.get(f"/{path}", headers={"Origin": origin})
        allowed = answer.headers.get("Access-Control-Allow-Origin")
        assert allowed == (origin if "127" in origin else None)
        assert "Origin" in answer.headers["Vary"], "browsers cache an answer for each origin"


def test_preloads_are_encoded_and_relative(folder: Path) -> None:
    (folder / "mnist-classic").rename(folder / 'a "b" ä')
    links = preloads(Gallery(folder), ['a "b" ä']).splitlines()
    assert f'<link rel="modulepreload" href="{web_folder()}/page.js">' in links
    about = "networks/a%20%22b%22%20%C3%A4/about.json"
    assert f'<link rel="preload" as="fetch" crossorigin href="{about}">' in links


def test_the_version_of_the_code_depends_on_their_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = web_folder()
    changed = {**web_files(), "page.js": web_files()["page.js"] + b"\n"}
    monkeypatch.setattr("lenet.page.modules.web_files", lambda: changed)
    web_folder.cache_clear()
    after = web_folder()
    web_folder.cache_clear()
    assert before != after
