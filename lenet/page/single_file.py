"""The page in one HTML file that opens without a server, even from a USB stick."""

import base64
import gzip
import json
from collections.abc import Sequence

from lenet.page.examples import ASSETS
from lenet.page.gallery import Gallery
from lenet.page.linking import linked
from lenet.page.modules import TASK_WORKER, inline_json, sources, style
from lenet.page.policy import hash_of
from lenet.page.published import data_files, later_files
from lenet.page.standalone import document

# The page and its worker run the same script, as plain scripts: browsers start no module workers
# for pages from a disk, and the policy knows the script by its hash.
START = """
(async () => {
  const content = (id) => document.getElementById(id).textContent;
  const packed = Uint8Array.from(atob(content("page")), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { style, code } = await new Response(stream).json();
  const add = (name, textContent) =>
    document.head.append(Object.assign(document.createElement(name), { textContent }));
  add("style", style);
  add("script", code);
  modules["file.js"].openFile(`${code}modules["worker.js"].work();`);
})();
"""


def single_file(gallery: Gallery, names: Sequence[str]) -> str:
    """The HTML with these networks; the first of them opens first.

    Raises:
        SketchpadError: one of them is missing or damaged.
    """
    page = {"style": style(), "code": linked(sources(), "file.js", TASK_WORKER)}
    files = {
        address: packed(file.gzipped)
        for address, file in {**data_files(gallery, names), **later_files(gallery, names)}.items()
    }
    icon = packed((ASSETS / "icon.png").read_bytes())
    code = packed(gzip.compress(json.dumps(page).encode(), mtime=0))
    body = [
        f'<script type="text/plain" id="page">{code}</script>',
        f'<script type="application/json" id="files">{inline_json(files)}</script>',
        f"<script>{START}</script>",
    ]
    return document(
        icon=f"data:image/png;base64,{icon}",
        preview=None,
        head="",
        body="\n".join(body),
        allowed={
            "script": [hash_of(START), hash_of(page["code"])],
            "style": [hash_of(page["style"])],
            "worker": ["blob:"],
        },
    )


def packed(content: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(content).decode()
