"""The page as a Gradio app: its shell, its API, and how it is launched.

The only module that knows Gradio.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, cast

# Before Gradio is imported: the page collects no data and talks to no other host.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import torch
from gradio.route_utils import get_root_url
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import Scope

from lenet.errors import SketchpadError
from lenet.files import checkpoints_folder
from lenet.page import serving
from lenet.page.answers import MAX_UPLOAD_BYTES, facts
from lenet.page.gallery import DEFAULT_MODEL, Gallery
from lenet.page.preview import TITLE, Preview
from lenet.page.server import server_functions

# The page has margins of its own, and `css` can't reach those of Gradio around it. Of the footer,
# Gradio leaves out the settings, but not the dot before them.
HEAD = """<style>
.gradio-container .main.app, .gradio-container .html-container { padding: 0 !important; }
footer > .divider:last-child { display: none; }
</style>"""

# Gradio passes `element` and `server`. The modules lie below the page's own address, which
# Gradio knows also behind a proxy; only its path counts, as the browser knows the host better.
LOADER = """
const shell = element.querySelector(".sketchpad");
const root = new URL(window.gradio_config?.root || ".", location.href);
import(root.pathname.replace(/[/]+$/, "") + %(main)s)
  .then((main) => main.start(shell, server, %(facts)s))
  .catch((error) => {
    console.error(error);
    shell.textContent = "The page's scripts could not be loaded. Reload the page.";
  });
"""


class Reading(TypedDict):
    """What the API answers."""

    state: str
    label: str | None
    probabilities: dict[str, float]
    sentence: str
    network_input: list[list[float]]
    layer1: list[list[list[float]]]
    layer2: list[list[list[float]]]


def build(folder: str | Path | None = None) -> gr.Blocks:
    """The page as a Gradio app that shows the checkpoints in `folder`."""
    gallery = Gallery(folder or checkpoints_folder())

    def predict(image: gr.FileData, model: str = DEFAULT_MODEL) -> Reading:
        """Read the digit in a picture.

        Parameters:
            image: the picture, a file of any common format
            model: the network, the name of a folder of checkpoints
        Returns:
            state ("digit", "not a digit" or "blank"), label (null unless it is a digit), the
            probability of each label, the answer in a sentence, the 28×28 network input, and the
            maps of each convolution: layer1 (6×28×28), layer2 (16×10×10), and so on
        """
        try:
            return cast(Reading, gallery.predictor(model)(uploaded(image)).to_json())
        except SketchpadError as error:
            raise gr.Error(str(error), print_exception=False) from error

    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),  # pictures sent to the API are deleted after an hour
    ) as page:
        gr.HTML(
            html_template='<div class="sketchpad"></div>',
            css_template=serving.style(),
            js_on_load=LOADER
            % {
                "main": json.dumps(f"{serving.web_path()}/main.js"),
                "facts": json.dumps(facts()),
            },
            server_functions=server_functions(gallery),
            apply_default_css=False,
        )
        gr.api(predict, api_name="predict", concurrency_limit=2)
    return page


def launch(page: gr.Blocks, **options: Any) -> None:
    """Serve the page until it is stopped; host and port come from the environment, as on Spaces."""
    # The network is too small to gain from threads within one forward pass.
    torch.set_num_threads(1)
    page.launch(
        theme=gr.themes.Default(
            font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
            font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        ),
        head=HEAD,
        favicon_path=serving.ASSETS / "icon.png",
        footer_links=["api"],
        max_file_size=MAX_UPLOAD_BYTES,
        run_history=False,
        show_error=True,
        ssr_mode=False,
        app_kwargs={
            "routes": serving.routes(),
            "middleware": [Middleware(Preview, image=serving.PREVIEW_PATH, root=_root)],
        },
        **options,
    )


def _root(scope: Scope) -> str:
    """The app's public address, from the request and the headers of proxies."""
    return get_root_url(Request(scope), "/", scope["app"].root_path)


def uploaded(file: Any) -> Path:
    """The path of a file that a client has uploaded; no other file of this machine is read.

    Raises:
        SketchpadError: it names something else.
    """
    path = file.get("path") if isinstance(file, Mapping) else None
    folder = Path(get_upload_folder()).resolve()
    if not isinstance(path, str) or not Path(path).resolve().is_relative_to(folder):
        raise SketchpadError("The picture is not an uploaded file. Upload it first.")
    return Path(path)
