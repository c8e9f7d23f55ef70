"""The page in one HTML file that opens without a server, even from a USB stick."""

import base64
from collections.abc import Sequence
from urllib.parse import quote

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
# Scripts of type `module` run when the document is complete.
START = f"""<script type="module">
import {{ filesIn }} from "{PREFIX}core/files.js";
import {{ workerFrom }} from "{PREFIX}core/workers.js";
import {{ start }} from "{PREFIX}main.js";

const content = (id) => JSON.parse(document.getElementById(id).textContent);
const files = filesIn(content("files"));
const startWorker = () => workerFrom(content("modules").imports, "{PREFIX}{TASK_WORKER}");
start(document.querySelector(".sketchpad"), {{ files, startWorker }});
</script>"""
# Other characters have a meaning in data addresses, or browsers remove them.
PLAIN = "".join(character for character in map(chr, range(32, 127)) if character not in "%#")


def single_file(gallery: Gallery, names: Sequence[str]) -> str:
    """The HTML with these networks; the first of them opens first.

    Raises:
        SketchpadError: one of them is missing or damaged.
    """
    imports = {
        PREFIX + name: "data:text/javascript," + quote(with_absolute_imports(name, PREFIX), PLAIN)
        for name in imported(*ENTRIES)
    }
    files = {
        address: base64.b64encode(file.gzipped).decode()
        for address, file in {**data_files(gallery, names), **later_files(gallery, names)}.items()
    }
    icon = base64.b64encode((ASSETS / "icon.png").read_bytes()).decode()
    head = [
        f"<style>{style()}</style>",
        f'<script type="importmap" id="modules">{inline_json({"imports": imports})}</script>',
        f'<script type="application/json" id="files">{inline_json(files)}</script>',
        START,
    ]
    return document(icon=f"data:image/png;base64,{icon}", preview=None, head="\n".join(head))
