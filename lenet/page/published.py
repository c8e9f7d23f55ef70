"""The files that the page reads, the same in the app, the static site and the single file.

    networks.json                            the menu
    networks/NAME/about.json                 what the page knows about a network
    networks/NAME/VERSION/config.json        as in the checkpoint folder
    networks/NAME/VERSION/model.safetensors  as in the checkpoint folder
    examples/SHEET.json                      test images to start from
    examples/SHEET.png                       many test images
    web-VERSION/…                            the page's code and style
    element.js                               defines <lenet-sketchpad> in other pages
    preview.png                              shown with shared links

What is below a version never changes: if its content does, so does its address.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError
from lenet.page.about import about
from lenet.page.examples import ASSETS, pack, sheets
from lenet.page.gallery import Checkpoint, Gallery, load, title_of
from lenet.page.modules import PAGE, web_files, web_folder
from lenet.page.versions import version_of

MENU, ELEMENT, PREVIEW = "networks.json", "element.js", "preview.png"
ABOUT = "about.json"


@dataclass(frozen=True)
class File:
    """A file that the page reads."""

    content: bytes
    immutable: bool = False
    """whether its address changes with its content"""

    @cached_property
    def version(self) -> str:
        """A hash of the content."""
        return version_of({"": self.content})

    @cached_property
    def gzipped(self) -> bytes:
        """The content, compressed; the same at every call."""
        return gzip.compress(self.content, mtime=0)


def published(gallery: Gallery, address: str) -> File:
    """The file at a relative address, which is not percent-encoded.

    Raises:
        SketchpadError: there is no such file, or its network can't be used.
    """
    if address == MENU:
        return menu_file(gallery)
    folder, _, rest = address.partition("/")
    if folder != "networks":
        files = {**page_files(), **example_files(), **large_sheets()}
    else:
        name, _, rest = rest.partition("/")
        files = {f"networks/{name}/{path}": f for path, f in network_files(gallery, name).items()}
    if address not in files:
        raise SketchpadError(f"{address} is not, or no longer, part of this page. Reload the page.")
    return files[address]


def data_files(gallery: Gallery, names: Sequence[str]) -> dict[str, File]:
    """What the page needs to read drawings with the networks of these names, by encoded address.

    These are the menu, the networks, and test images to start from.

    Raises:
        SketchpadError: one of them is missing or damaged.
    """
    networks: dict[str, File] = {}
    for name in names:
        files = network_files(gallery, name)
        networks |= {f"networks/{encoded(name)}/{path}": file for path, file in files.items()}
    examples = _used(example_files(), "examples", gallery, names)
    return {MENU: menu_file(gallery, names), **networks, **examples}


def later_files(gallery: Gallery, names: Sequence[str]) -> dict[str, File]:
    """What the page fetches only when a visitor asks for it: many test images for these networks.

    Raises:
        SketchpadError: one of the networks is missing or damaged.
    """
    return _used(large_sheets(), "testSheet", gallery, names)


def _used(
    files: Mapping[str, File], key: str, gallery: Gallery, names: Sequence[str]
) -> dict[str, File]:
    """Those of `files` whose address is the `key` of one of the networks."""
    used = {json.loads(network_files(gallery, name)[ABOUT].content)[key] for name in names}
    return {address: file for address, file in files.items() if address in used}


def preloads(gallery: Gallery, names: Sequence[str]) -> str:
    """Link elements that fetch the page's code and these networks at once.

    Raises:
        SketchpadError: one of the networks is missing or damaged.
    """
    code = f'rel="modulepreload" href="{web_folder()}/{PAGE}"'
    data = (
        f'rel="preload" as="fetch" crossorigin href="{escape(address)}"'
        for address in data_files(gallery, names)
    )
    return "\n".join(f"<link {attributes}>" for attributes in (code, *data))


def encoded(name: str) -> str:
    """`name` as a part of an address, as JavaScript's `encodeURIComponent` writes it."""
    return quote(name, safe="!*'()")


def menu_file(gallery: Gallery, names: Sequence[str] | None = None) -> File:
    """The menu of all networks, or of those in `names` in that order."""
    entries = {entry["name"]: entry for entry in gallery.menu()}
    chosen = entries if names is None else names
    models = [entries[name] for name in chosen]
    return _json({"models": models, "folder": gallery.folder.resolve().name})


def network_files(gallery: Gallery, name: str) -> dict[str, File]:
    """The files of a network by their paths below its folder."""
    checkpoint = gallery.checkpoint(name)
    versioned = {
        f"{checkpoint.version}/{file}": File(content, immutable=True)
        for file, content in checkpoint.files.items()
    }
    return {ABOUT: _about(checkpoint), **versioned}


@lru_cache(maxsize=64)
def _about(checkpoint: Checkpoint) -> File:
    title = title_of(checkpoint.name)
    return _json({"version": checkpoint.version, **about(load(checkpoint), title)})


@lru_cache(maxsize=1)
def example_files() -> dict[str, File]:
    """The test images of every data set to start from."""
    return {f"examples/{name}.json": _json(pack(sheet)) for name, sheet in sheets().items()}


@lru_cache(maxsize=1)
def large_sheets() -> dict[str, File]:
    """The many test images of every data set."""
    names = [d.test_sheet for d in DATASETS.values() if d.test_sheet]
    return {f"examples/{name}": File((ASSETS / name).read_bytes()) for name in names}


@lru_cache(maxsize=1)
def page_files() -> dict[str, File]:
    """The files that are independent of the networks."""
    folder = web_folder()
    versioned = {
        f"{folder}/{name}": File(content, immutable=True) for name, content in web_files().items()
    }
    return {
        **versioned,
        ELEMENT: File(
            f'import {{ defineElement }} from "./{folder}/{PAGE}";\ndefineElement();\n'.encode()
        ),
        PREVIEW: File((ASSETS / "screenshot.png").read_bytes()),
    }


def _json(value: Any) -> File:
    return File(json.dumps(value, allow_nan=False, separators=(",", ":")).encode())
