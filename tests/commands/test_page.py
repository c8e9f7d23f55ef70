"""The page in one file."""

import base64
import gzip
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lenet.__main__ import main
from lenet.page.examples import ASSETS
from lenet.page.linking import linked
from lenet.page.modules import sources
from tests.support import ROOT


class Page(HTMLParser):
    """Collects the scripts and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: dict[str, str] = {}
        self.addresses: list[str] = []
        self.open: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.open = (dict(attrs).get("type") or "classic") if tag == "script" else None

    def handle_endtag(self, tag: str) -> None:
        self.open = None

    def handle_data(self, data: str) -> None:
        if self.open:
            self.scripts[self.open] = self.scripts.get(self.open, "") + data


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("stick") / "sketchpad.html"
    assert main(["page", str(file)]) == 0
    return file


@pytest.fixture(scope="module")
def page(file: Path) -> Page:
    return Page(file.read_text(encoding="utf-8"))


def embedded(page: Page) -> dict[str, bytes]:
    files = json.loads(page.scripts["application/json"])
    return {path: gzip.decompress(base64.b64decode(packed)) for path, packed in files.items()}


def test_the_file_has_two_networks_and_is_small(file: Path, page: Page) -> None:
    assert file.stat().st_size <= 1_600_000
    menu = json.loads(embedded(page)["networks.json"])
    assert [entry["name"] for entry in menu["models"]] == ["mnist-relu", "fashion-relu"]


def test_the_file_contains_whatever_a_network_needs(page: Page) -> None:
    files = embedded(page)
    for name in ("mnist-relu", "fashion-relu"):
        about = json.loads(files[f"networks/{name}/about.json"])
        assert about["examples"] in files
        sheet = ASSETS / Path(about["testSheet"]).name
        assert files[about["testSheet"]] == sheet.read_bytes()
        for part in ("config.json", "model.safetensors"):
            original = ROOT / "checkpoints" / name / part
            assert files[f"networks/{name}/{about['version']}/{part}"] == original.read_bytes()


def test_the_file_needs_no_other_file(page: Page) -> None:
    assert len(page.addresses) == 1, "the icon"
    assert page.addresses[0].startswith("data:image/png;base64,")
    packed = gzip.decompress(base64.b64decode(page.scripts["text/plain"]))
    code = json.loads(packed)["code"]
    assert code == linked(sources(), "file.js", "worker.js")
    assert not re.search(r"^(import|export)\b|\bimport\.meta\b", code, re.M)


def test_markup_in_data_stays_data(tmp_path: Path) -> None:
    name = "</script><script>alert(1)<"
    hostile = tmp_path / "nets" / name.replace("/", "_")
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", hostile)
    config = json.loads((hostile / "config.json").read_text())
    labels = [f"</script><!--{i}" for i in range(10)]
    (hostile / "config.json").write_text(json.dumps({**config, "labels": labels}))
    file = tmp_path / "page.html"
    assert main(["page", str(file), "--checkpoints", str(hostile.parent)]) == 0
    text = file.read_text(encoding="utf-8")
    page = Page(text)
    assert set(page.scripts) == {"classic", "text/plain", "application/json"}
    assert "alert(1)" not in text.replace(page.scripts["application/json"], "")
    about = next(c for path, c in embedded(page).items() if path.endswith("about.json"))
    assert json.loads(about)["labels"] == labels


def test_networks_can_be_chosen(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "new" / "page.htm"
    assert main(["page", str(file), "--networks", "mnist-conv3", "mnist-conv3"]) == 0
    menu = json.loads(embedded(Page(file.read_text("utf-8")))["networks.json"])
    assert [entry["name"] for entry in menu["models"]] == ["mnist-conv3"]
    printed = capsys.readouterr().out
    assert f"{file.stat().st_size / 1e6:.2f} MB" in printed
    assert "mnist-conv3" in printed


def test_the_default_is_the_start_of_the_menu_if_there_is_no_other(tmp_path: Path) -> None:
    for name in "abc":
        shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "nets" / name)
    file = tmp_path / "page.html"
    assert main(["page", str(file), "--checkpoints", str(tmp_path / "nets")]) == 0
    menu = json.loads(embedded(Page(file.read_text("utf-8")))["networks.json"])
    assert [entry["name"] for entry in menu["models"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["page.txt"], "must end in .html, got page.txt"),
        (["page.html", "--networks", "vgg"], "no network 'vgg'"),
        (["page.html", "--checkpoints", "nowhere"], "no networks in nowhere"),
        (["folder.html"], "folder.html can't be written"),
    ],
    ids=["not HTML", "unknown network", "no networks", "a folder"],
)
def test_errors_are_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.html").mkdir()
    assert main(["page", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
