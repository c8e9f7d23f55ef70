"""The page as a static site, without Python behind it.

It works at any path, on hosts such as GitHub Pages or as a static Space on Hugging Face. After the
first visit it opens offline.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from lenet.files import check_folder, new_folder
from lenet.page.examples import ASSETS
from lenet.page.gallery import Gallery
from lenet.page.modules import PAGE, STYLE, WORKER, web_files, web_folder, worker
from lenet.page.policy import hash_of
from lenet.page.preview import DESCRIPTION, TITLE
from lenet.page.published import (
    ELEMENT,
    MENU,
    PREVIEW,
    File,
    data_files,
    later_files,
    page_files,
    preloads,
)
from lenet.page.standalone import document
from lenet.page.versions import version_of

OWN = "'self'"
INDEX, ICON, CARD = "index.html", "icon.png", "README.md"

# The keys of a Hugging Face Space, see https://huggingface.co/docs/hub/spaces-config-reference
SPACE_CARD = f"""---
title: {TITLE}
emoji: ✏️
colorFrom: gray
colorTo: yellow
sdk: static
app_file: {INDEX}
pinned: false
license: mit
short_description: Draw a digit, see inside LeNet while it reads it
tags:
  - lenet
  - mnist
  - education
  - visualization
---

# {TITLE}

{DESCRIPTION}

The networks run in the visitor's browser. `python -m lenet site` wrote this folder: any web server
can serve it, at any path.
"""

# Browsers don't load modules from `file:` addresses.
START = """
import("./%(page)s").then(({ openSite }) => openSite(), () => {
  document.querySelector(".sketchpad").textContent = location.protocol === "file:"
    ? "This page needs a web server: run python -m http.server in its folder."
    : "The page's scripts could not be loaded. Reload the page.";
});
"""


def write_site(gallery: Gallery, names: Sequence[str], target: Path) -> dict[str, bytes]:
    """Write the site to the folder `target`; returns its files by their paths.

    Raises:
        SketchpadError: a network can't be used, or `target` contains unrelated files.
    """
    check_folder(target, "site", "site", _belongs)
    files = site_files(gallery, names)
    with new_folder(target, "site") as folder:
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return files


def site_files(gallery: Gallery, names: Sequence[str]) -> dict[str, bytes]:
    """The content of each file of the site by its path; the first of `names` opens first.

    Raises:
        SketchpadError: one of the networks is missing or damaged.
    """
    files = {**data_files(gallery, names), **later_files(gallery, names), **page_files()}
    files[ICON] = File((ASSETS / "icon.png").read_bytes())
    files[INDEX] = File(_index(preloads(gallery, names[:1])).encode())
    code = [f"{web_folder()}/{name}" for name in web_files()]
    first = [INDEX, ICON, *code, *data_files(gallery, names[:1])]
    return {
        **{unquote(address): file.content for address, file in files.items()},
        WORKER: _worker(files, first).encode(),
        CARD: SPACE_CARD.encode(),
        ".nojekyll": b"",  # GitHub Pages would otherwise omit some files
    }


def _index(links: str) -> str:
    """The page, with elements that fetch what it needs."""
    style = f'<link rel="stylesheet" href="{web_folder()}/{STYLE}">'
    start = START % {"page": f"{web_folder()}/{PAGE}"}
    return document(
        icon=ICON,
        preview=PREVIEW,
        head=f"{style}\n{links}",
        body=f"<script>{start}</script>",
        allowed={
            "script": [OWN, hash_of(start)],
            **{kind: [OWN] for kind in ("style", "img", "connect", "worker")},
        },
    )


def _worker(files: Mapping[str, File], first: Sequence[str]) -> str:
    """The service worker, which stores the files at the addresses in `first` at the first visit."""
    site = {
        "version": version_of({address: file.content for address, file in files.items()}),
        "fixed": [address for address, file in files.items() if file.immutable],
        "changing": ["./", *(address for address, file in files.items() if not file.immutable)],
        "first": ["./", *first],
    }
    return f"self.SITE = {json.dumps(site)};\n{worker()}"


def _belongs(path: Path) -> bool:
    """Whether a file in the target folder is part of an older version of the site."""
    names = {INDEX, WORKER, CARD, ICON, MENU, ELEMENT, PREVIEW, ".nojekyll", "networks", "examples"}
    is_site = (path.parent / MENU).is_file() and (path.parent / WORKER).is_file()
    return is_site and (path.name in names or path.name.startswith("web-"))
