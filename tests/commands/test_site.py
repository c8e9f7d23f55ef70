"""The static site: its files, and what it refuses to replace."""

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from huggingface_hub import SpaceCard

from lenet.__main__ import main
from lenet.page.modules import web_files, web_folder
from tests.support import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static") / "site"
    assert main(["site", str(folder)]) == 0
    return folder


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def worker_settings(folder: Path) -> dict[str, Any]:
    line = (folder / "service-worker.js").read_text(encoding="utf-8").partition("\n")[0]
    return json.loads(line.removeprefix("self.SITE = ").removesuffix(";"))


def about(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / "networks" / name / "about.json").read_bytes())


class Page(HTMLParser):
    """Collects the addresses in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_site_contains_every_network(site: Path) -> None:
    menu = json.loads((site / "networks.json").read_bytes())
    names = [entry["name"] for entry in menu["models"]]
    assert names[0] == "mnist-relu"
    assert sorted(names) == sorted(
        path.parent.name for path in ROOT.glob("checkpoints/*/config.json")
    )
    for name in names:
        found = about(site, name)
        for file in ("config.json", "model.safetensors"):
            copied = site / "networks" / name / found["version"] / file
            assert copied.read_bytes() == (ROOT / "checkpoints" / name / file).read_bytes()
        assert (site / found["examples"]).is_file()
        assert (site / found["testSheet"]).is_file()


def test_the_page_has_only_relative_addresses_of_its_own_files(site: Path) -> None:
    addresses = Page((site / "index.html").read_text(encoding="utf-8")).addresses
    assert f"{web_folder()}/page.js" in addresses
    for address in addresses:
        assert (site / unquote(address)).is_file(), address


def test_the_site_is_small(site: Path) -> None:
    sizes = {path: path.stat().st_size for path in files(site)}
    assert sum(sizes.values()) < 3_200_000
    first = worker_settings(site)["first"]
    visit = sum(sizes[site / (address if address != "./" else "index.html")] for address in first)
    assert visit < 900_000, "without compression"


def test_the_readme_makes_it_a_static_space(site: Path) -> None:
    card = SpaceCard.load(site / "README.md").data.to_dict()
    assert card["sdk"] == "static"
    assert (site / card["app_file"]).is_file()
    assert card["title"]
    assert card["emoji"]
    assert card["license"] == "mit"
    assert len(card["short_description"]) <= 60
    assert {card["colorFrom"], card["colorTo"]} <= {
        "red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray",
    }  # fmt: skip


def test_github_pages_leaves_the_files_alone(site: Path) -> None:
    assert (site / ".nojekyll").is_file()


def test_the_service_worker_knows_all_files_and_keeps_the_first_network(site: Path) -> None:
    settings = worker_settings(site)
    known = {*settings["fixed"], *settings["changing"]}
    hidden = {"service-worker.js", "README.md", ".nojekyll"}
    paths = {path.relative_to(site).as_posix() for path in files(site)} - hidden
    assert {unquote(address) for address in known} == {*paths, "./"}
    first = settings["first"]
    assert set(first) <= known
    assert {f"{web_folder()}/{name}" for name in web_files()} <= set(first)
    assert not [address for address in first if address.endswith("-1000.png")]
    networks = {address.split("/")[1] for address in first if address.startswith("networks/")}
    assert networks == {"mnist-relu"}
    assert {"./", "networks.json", "examples/mnist.json"} <= set(first)


def test_chosen_networks_keep_their_order(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "site"
    assert main(["site", str(folder), "--networks", "fashion-relu", "mnist-classic"]) == 0
    menu = json.loads((folder / "networks.json").read_bytes())
    assert [entry["name"] for entry in menu["models"]] == ["fashion-relu", "mnist-classic"]
    assert "mnist-relu" not in {path.name for path in (folder / "networks").iterdir()}
    printed = capsys.readouterr().out
    size = sum(path.stat().st_size for path in files(folder))
    assert f"{len(files(folder))} files, {size / 1e6:.2f} MB" in printed
    assert "fashion-relu, mnist-classic" in printed


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a single checkpoint, whose name needs encoding."""
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "nets" / "größe 1 #2")
    return tmp_path / "nets"


def test_a_changed_network_changes_the_version_of_the_site(own: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    name = "größe 1 #2"
    command = ["site", str(folder), "--checkpoints", str(own)]
    assert main(command) == 0
    before = worker_settings(folder)
    assert f"networks/{quote(name)}/about.json" in before["first"]
    assert main(command) == 0
    assert worker_settings(folder) == before, "the same again"
    shutil.copy(ROOT / "checkpoints" / "mnist-classic" / "model.safetensors", own / name)
    assert main(command) == 0
    assert worker_settings(folder)["version"] != before["version"]
    versions = [path.name for path in (folder / "networks" / name).iterdir() if path.is_dir()]
    assert versions == [about(folder, name)["version"]], "the old one is gone"


@pytest.mark.parametrize("name", ["index.html", "README.md", "photo.jpg"])
def test_unrelated_files_are_never_replaced(
    own: Path, tmp_path: Path, capsys: Any, name: str
) -> None:
    folder = tmp_path / "homepage"
    folder.mkdir()
    (folder / name).write_text("mine")
    assert main(["site", str(folder), "--checkpoints", str(own)]) == 1
    assert f"contains unrelated files ({name})" in capsys.readouterr().err
    assert (folder / name).read_text() == "mine"


def test_a_file_added_to_a_site_is_not_lost(own: Path, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "site"
    command = ["site", str(folder), "--checkpoints", str(own)]
    assert main(command) == 0
    (folder / "CNAME").write_text("digits.example.org")
    assert main(command) == 1
    assert "unrelated files (CNAME)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--networks", "vgg"], "no network 'vgg' in nets. Choose größe 1 #2"),
        (["--checkpoints", "nowhere"], "no networks in nowhere"),
    ],
    ids=["unknown network", "no networks"],
)
def test_impossible_choices_are_reported_before_anything_is_written(
    own: Path, tmp_path: Path, capsys: Any, arguments: list[str], words: str
) -> None:
    folder = tmp_path / "site"
    assert main(["site", str(folder), "--checkpoints", str(own), *arguments]) == 1
    assert words in capsys.readouterr().err
    assert not folder.exists()


def test_a_damaged_network_is_reported(own: Path, tmp_path: Path, capsys: Any) -> None:
    (own / "größe 1 #2" / "config.json").write_text("{")
    assert main(["site", str(tmp_path / "site"), "--checkpoints", str(own)]) == 1
    assert "damaged" in capsys.readouterr().err
