"""The page as a Gradio app: shell, API, launch.

This is the only module that imports Gradio.
"""

import json
import os
from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypedDict, TypeVar, cast

# Must be set before Gradio is imported: the page collects no data and contacts no other host.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import torch
from gradio.route_utils import get_root_url
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import Scope

from lenet.errors import SketchpadError
from lenet.page.examples import ASSETS
from lenet.page.gallery import DEFAULT_MODEL, Gallery
from lenet.page.modules import style, web_folder
from lenet.page.preview import TITLE, Preview
from lenet.page.published import PREVIEW, preloads
from lenet.page.serving import routes
from lenet.page.zero_gpu import evaluation

P = ParamSpec("P")
T = TypeVar("T")

MAX_UPLOAD_BYTES = 20_000_000
"""The API rejects larger pictures."""

# The page has its own margins; `css` can't change those that Gradio puts around it. Gradio hides
# the settings in the footer, but not the dot in front of them. Unlike `hidden`, `clip` lets parts
# of the page stick to the edges of the screen.
HEAD = """<style>
.gradio-container .main.app, .gradio-container .html-container { padding: 0 !important; }
.gradio-container { overflow: clip !important; }
footer > .divider:last-child { display: none; }
</style>"""

# The loading indicator of Gradio 6.31 requests animation frames even after it has disappeared. That
# wakes the browser 60 times a second and delays pointer events by up to a frame. The indicator uses
# the function that it finds when it is loaded: this one, which ignores its requests once LOADER has
# put the browser's own function back.
FRAMES = """<script>
{
  const { requestAnimationFrame } = window;
  const whileLoading = (callback) =>
    window.requestAnimationFrame !== whileLoading && /statustracker/.test(new Error().stack)
      ? 0
      : requestAnimationFrame(callback);
  whileLoading.original = requestAnimationFrame;
  window.requestAnimationFrame = whileLoading;
}
</script>"""

# Gradio passes `element`. The files are served below the page's address, which Gradio knows even
# behind a proxy. Only its path is used: the browser knows the host better.
ENTRIES = ("main.js", "core/files.js")
LOADER = """
window.requestAnimationFrame = requestAnimationFrame.original ?? requestAnimationFrame;
const shell = element.querySelector(".sketchpad");
const { pathname } = new URL(window.gradio_config?.root || ".", location.href);
const root = new URL(pathname.replace(/[/]*$/, "/"), location.href);
Promise.all(%(modules)s.map((name) => import(new URL(name, root))))
  .then(([{ start }, { filesAt }]) => start(shell, { files: filesAt(root) }))
  .catch((error) => {
    console.error(error);
    shell.textContent = "The page's scripts could not be loaded. Reload the page.";
  });
"""


class Reading(TypedDict):
    """The answer of the API."""

    state: str
    label: str | None
    probabilities: dict[str, float]
    sentence: str
    network_input: list[list[float]]
    layer1: list[list[list[float]]]
    layer2: list[list[list[float]]]


def build(gallery: Gallery) -> gr.Blocks:
    """The page as a Gradio app."""

    def predict(image: gr.FileData, model: str = DEFAULT_MODEL) -> Reading:
        """Read the digit in a picture.

        Parameters:
            image: the picture, a file in any common format
            model: the network, by the name of its checkpoint folder
        Returns:
            state ("digit", "not a digit" or "blank"), label (null unless it is a digit), the
            probability of each label, the answer as a sentence, the 28×28 network input, and the
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
        delete_cache=(3600, 3600),  # delete pictures sent to the API after an hour
    ) as page:
        gr.HTML(
            html_template='<div class="sketchpad"></div>',
            css_template=style(),
            js_on_load=LOADER
            % {"modules": json.dumps([f"{web_folder()}/{name}" for name in ENTRIES])},
            apply_default_css=False,
        )
        gr.api(predict, api_name="predict", concurrency_limit=2)
        if evaluate := evaluation(gallery):
            gr.api(_in_sentences(evaluate), api_name="evaluate", concurrency_limit=1)
    return page


def _in_sentences(function: Callable[P, T]) -> Callable[P, T]:
    """The function, which reports problems in sentences."""

    @wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return function(*arguments, **named)
        except SketchpadError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call


def launch(gallery: Gallery, **options: Any) -> None:
    """Serve the page until the process is stopped.

    Host and port come from the environment, as on Hugging Face Spaces.
    """
    # The network is too small for several threads to speed up a forward pass.
    torch.set_num_threads(1)
    build(gallery).launch(
        theme=gr.themes.Default(
            font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
            font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        ),
        head=HEAD,
        favicon_path=ASSETS / "icon.png",
        footer_links=["api"],
        max_file_size=MAX_UPLOAD_BYTES,
        run_history=False,
        show_error=True,
        ssr_mode=False,
        app_kwargs={
            "routes": routes(gallery),
            "middleware": [
                Middleware(
                    Preview, image=f"/{PREVIEW}", root=_root, elements=partial(_elements, gallery)
                )
            ],
        },
        **options,
    )


def _elements(gallery: Gallery) -> str:
    """Elements for the head; among them those that fetch files while Gradio's scripts start."""
    try:
        links = preloads(gallery, gallery.names()[:1], *ENTRIES)
    except SketchpadError:
        links = preloads(gallery, [], *ENTRIES)  # the page reports what is wrong
    return f"{FRAMES}\n{links}"


def _root(scope: Scope) -> str:
    """The app's public address, from the request and the headers of proxies."""
    return get_root_url(Request(scope), "/", scope["app"].root_path)


def uploaded(file: Any) -> Path:
    """The path of a file that a client has uploaded, so that no other file can be read.

    Raises:
        SketchpadError: `file` is not an uploaded file.
    """
    path = file.get("path") if isinstance(file, Mapping) else None
    folder = Path(get_upload_folder()).resolve()
    if not isinstance(path, str) or not Path(path).resolve().is_relative_to(folder):
        raise SketchpadError("The picture is not an uploaded file. Upload it first.")
    return Path(path)
