"""The page in one HTML file that opens without a server, even from a USB stick."""

import base64
import gzip
import json
import re
from collections.abc import Sequence

from lenet.page.examples import ASSETS
from lenet.page.gallery import Gallery
from lenet.page.modules import (
    TASK_WORKER,
    imported,
    inline_json,
    style,
    with_absolute_imports,
)
from lenet.page.published import data_files, later_files
from lenet.page.standalone import document

ENTRIES = ("main.js", "core/files.js", TASK_WORKER)
PREFIX = "lenet-sketchpad/"
# Comments on lines of their own, a quarter of the code.
_COMMENT = re.compile(r"^ *(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.M | re.S)
# An import map must exist before the first module does, so this is not a module itself.
START = f"""<script>
(async () => {{
  const content = (id) => document.getElementById(id).textContent;
  const packed = Uint8Array.from(atob(content("page")), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const {{ style, modules }} = await new Response(stream).json();
  document.head.append(Object.assign(document.createElement("style"), {{ textContent: style }}));
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({{ imports: Object.fromEntries(
    Object.entries(modules).map(([name, code]) =>
      [name, `data:text/javascript,${{encodeURIComponent(code)}}`])) }});
  document.head.append(map);
  const [{{ filesIn }}, {{ workerFrom }}, {{ start }}] = await Promise.all(
    ["core/files.js", "core/workers.js", "main.js"].map((name) => import(`{PREFIX}${{name}}`)));
  if (document.readyState === "loading") {{
    await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  }}
  const files = filesIn(JSON.parse(content("files")));
  const startWorker = () => workerFrom(modules, "{PREFIX}{TASK_WORKER}");
  start(document.querySelector(".sketchpad"), {{ files, startWorker }});
}})();
</script>"""


def single_file(gallery: Gallery, names: Sequence[str]) -> str:
    """The HTML with these networks; the first of them opens first.

    Raises:
        SketchpadError: one of them is missing or damaged.
    """
    modules = {
        PREFIX + name: _COMMENT.sub("", with_absolute_imports(name, PREFIX))
        for name in imported(*ENTRIES)
    }
    files = {
        address: packed(file.gzipped)
        for address, file in {**data_files(gallery, names), **later_files(gallery, names)}.items()
    }
    icon = packed((ASSETS / "icon.png").read_bytes())
    page = json.dumps({"style": style(), "modules": modules})
    code = packed(gzip.compress(page.encode(), mtime=0))
    head = [
        f'<script type="text/plain" id="page">{code}</script>',
        f'<script type="application/json" id="files">{inline_json(files)}</script>',
        START,
    ]
    return document(icon=f"data:image/png;base64,{icon}", preview=None, head="\n".join(head))


def packed(content: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(content).decode()
