"""No file can be read from the running app but those that it serves."""

import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from PIL import Image

from lenet.page.modules import web_folder
from tests.support import ROOT
from tests.support.digits import DIGITS, grey
from tests.support.server import serve

SECRET = "a-secret-that-nobody-may-read"
PICTURE = "secret.png"


class Plot(NamedTuple):
    """A running app, and what lies next to its checkpoints."""

    address: str
    outside: Path
    """a folder with secret files"""
    checkpoints: Path


@pytest.fixture(scope="module")
def plot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plot]:
    """An app whose checkpoints have secret files next to them, inside them, and behind links."""
    folder = tmp_path_factory.mktemp("plot")
    outside, checkpoints = folder / "outside", folder / "checkpoints"
    outside.mkdir()
    for name in ("secret.txt", "config.json", "model.safetensors", "about.json"):
        (outside / name).write_text(SECRET)
    Image.fromarray(255 - grey(DIGITS["7"])).save(outside / PICTURE)
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", checkpoints / "mnist-relu")
    (checkpoints / "secret.txt").write_text(SECRET)
    (checkpoints / "mnist-relu" / "secret.txt").write_text(SECRET)
    (checkpoints / "mnist-relu" / "link.txt").symlink_to(outside / "secret.txt")
    (checkpoints / "folder").symlink_to(outside)
    (checkpoints / "root").symlink_to("/")
    half = checkpoints / "half"
    half.mkdir()
    shutil.copy(checkpoints / "mnist-relu" / "config.json", half)
    (half / "model.safetensors").symlink_to(outside / "secret.txt")
    with serve(["app.py", "--checkpoints", str(checkpoints)]) as address:
        yield Plot(address, outside, checkpoints)


PREFIXES = (
    *("/", "//", "/static/", "/assets/", "/static/js/", "/static/img/", "/theme.css/", "/svelte/"),
    *("/file=", "/file/", "/gradio_api/file=", "/gradio_api/file/", "/gradio_api/proxy=file://"),
    *("/networks/", "/networks/mnist-relu/", "/networks/folder/", "/networks/root/"),
    *("/networks/half/", "/examples/", f"/{web_folder()}/", f"/{web_folder()}/core/"),
    *("/custom_component/x/client/component/", "/gradio_api/custom_component/x/client/component/"),
    *("/gradio_api/upload/", "/gradio_api/call/", "/gradio_api/call/predict/", "/login/"),
    *("/gradio_api/deep_link?session_hash=", "/gradio_api/queue/data?session_hash="),
)

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda path: path,
    "encoded": lambda path: path.replace(".", "%2e").replace("/", "%2f"),
    "encoded dots": lambda path: path.replace("..", "%2E%2E"),
    "encoded slashes": lambda path: path.replace("/", "%2F"),
    "encoded twice": lambda path: path.replace(".", "%252e").replace("/", "%252f"),
    "backslashes": lambda path: path.replace("/", "\\"),
    "encoded backslashes": lambda path: path.replace("/", "%5c"),
    "too long UTF-8": lambda path: path.replace(".", "%c0%ae").replace("/", "%c0%af"),
    "wide dots": lambda path: path.replace("..", "%ef%bc%8e%ef%bc%8e"),
    "doubled": lambda path: path.replace("../", "....//"),
    "parameters": lambda path: path.replace("../", "..;/"),
    "NUL": lambda path: path + "%00.png",
}


def targets(plot: Plot) -> list[str]:
    """Paths of files that nobody may read, absolute and from folders of any depth."""
    up = [f"{'../' * depth}etc/passwd" for depth in (1, 3, 12)]
    near = [f"{'../' * depth}{file}" for depth in (1, 2, 3) for file in ("secret.txt", "app.py")]
    inside = ["secret.txt", "link.txt", "config.json", "model.safetensors", "etc/passwd"]
    absolute = [*map(str, (plot.outside / "secret.txt", ROOT / "requirements.txt")), "/etc/passwd"]
    return [*up, *near, *inside, *absolute, "../outside/secret.txt", "file:///etc/passwd"]


def secrets() -> list[str]:
    """What stands in files that nobody may read."""
    first = Path("/etc/passwd").read_text().splitlines()[0]
    requirements = (ROOT / "requirements.txt").read_text().strip()
    return [SECRET, first, requirements, (ROOT / "app.py").read_text().strip()]


class Visitor:
    """Sends addresses unchanged, where browsers would tidy them."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)

    def get(self, path: str) -> tuple[int, str]:
        # `request` would reject some of these addresses.
        self.connection.putrequest("GET", "/", skip_accept_encoding=True)
        self.connection._buffer[0] = f"GET {path} HTTP/1.1".encode("latin-1")  # type: ignore[attr-defined]
        self.connection.endheaders()
        return self._answer()

    def post(self, path: str, body: object) -> tuple[int, str]:
        headers = {"Content-Type": "application/json"}
        self.connection.request("POST", path, json.dumps(body), headers)
        return self._answer()

    def _answer(self) -> tuple[int, str]:
        response = self.connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")


@pytest.fixture
def visitor(plot: Plot) -> Iterator[Visitor]:
    visitor = Visitor(plot.address)
    yield visitor
    visitor.connection.close()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_address_leads_to_a_file_that_is_not_served(
    plot: Plot, visitor: Visitor, spelling: str
) -> None:
    hidden = secrets()
    paths = {
        prefix + SPELLINGS[spelling](target) for prefix in PREFIXES for target in targets(plot)
    }
    for path in sorted(paths):
        status, body = visitor.get(path)
        assert not [secret for secret in hidden if secret in body], path
        # A sentence may repeat what was asked for.
        assert plot.outside.name in path or str(plot.outside.parent) not in body, path
        assert status < 500, path


def test_what_is_served_is_found_by_the_same_visitor(visitor: Visitor) -> None:
    """The other tests would pass, too, if no address reached the app."""
    assert visitor.get("/networks.json")[0] == 200
    status, body = visitor.get("/networks/mnist-relu/about.json")
    assert status == 200
    config = f"/networks/mnist-relu/{json.loads(body)['version']}/config.json"
    assert visitor.get(config)[0] == 200
    assert visitor.get(config.replace("config.json", "secret.txt"))[0] == 404


def test_no_call_reads_a_file_of_the_server(plot: Plot, visitor: Visitor) -> None:
    picture = plot.outside / PICTURE
    for path in (str(picture), picture.as_uri(), f"../../../../../../../../{picture}", PICTURE):
        call = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, "mnist-relu"]}
        status, body = visitor.post("/gradio_api/call/predict", call)
        assert status == 200
        event = json.loads(body)["event_id"]
        _, answer = visitor.get(f"/gradio_api/call/predict/{event}")
        assert "not an uploaded file" in answer
        assert '"probabilities"' not in answer


def test_no_name_of_a_network_leads_out_of_the_folder(plot: Plot, visitor: Visitor) -> None:
    content = (plot.outside / PICTURE).read_bytes()
    for name in ("../outside", "folder", "root", str(plot.outside), "mnist-relu/../../outside"):
        address = f"/predict?model={quote(name, safe='')}"
        visitor.connection.request("POST", address, content)
        status, body = visitor._answer()
        assert 400 <= status < 500
        assert SECRET not in body
        assert plot.outside.name in name or str(plot.outside.parent) not in body
