"""The page as a Gradio app: shell, API, launch.

This is the only module that imports Gradio.
"""

import logging
import os
import sys
from contextlib import nullcontext, redirect_stdout
from functools import partial
from io import StringIO
from typing import Any, TypedDict, cast

# Must be set before Gradio is imported: the page collects no data and contacts no other host.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import torch
from gradio.context import LocalContext
from gradio.route_utils import get_root_url
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from lenet.errors import SketchpadError
from lenet.page.examples import ASSETS
from lenet.page.gallery import Gallery
from lenet.page.modules import PAGE, style, web_folder
from lenet.page.preview import TITLE
from lenet.page.published import PREVIEW, preloads
from lenet.server.address import Address
from lenet.server.bounds import MAX_PICTURE_BYTES, Bounds
from lenet.server.doors import Doors
from lenet.server.files import routes
from lenet.server.gradio_protocol import GradioProtocol
from lenet.server.headers import Guard
from lenet.server.health import health
from lenet.server.prediction_route import predict as answer
from lenet.server.preview import Preview
from lenet.server.programs import programs_page
from lenet.server.reader import Reader
from lenet.server.remembered import remembering
from lenet.server.spool import Spool, shared_folder
from lenet.server.zero_gpu import evaluation_route

SHELL = """<div class="sketchpad"></div>
<footer class="programs"><a href="predict">API</a></footer>"""
FOOTER = """
.programs { padding: 0.5em; text-align: center; font-size: 0.875rem; }
.programs a { color: inherit; text-decoration: underline; }
"""
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
LOADER = """
window.requestAnimationFrame = requestAnimationFrame.original ?? requestAnimationFrame;
const shell = element.querySelector(".sketchpad");
const { pathname } = new URL(window.gradio_config?.root || ".", location.href);
const root = new URL(pathname.replace(/[/]*$/, "/"), location.href);
import(new URL("%(page)s", root))
  .then(({ openApp }) => openApp(shell))
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


def build(reader: Reader, spool: Spool) -> gr.Blocks:
    """The page as a Gradio app."""

    # Gradio describes it to its clients; the routes of `GradioProtocol` take their calls, so that
    # any process can answer.
    async def predict(image: gr.FileData, model: str = reader.default) -> Reading:
        """Read the digit in a picture.

        Parameters:
            image: the picture, a file in any common format
            model: the network, by the name of its checkpoint folder
        Returns:
            state ("digit", "not a digit" or "blank"), label (null unless it is a digit), the
            probability of each label, the answer as a sentence, the 28×28 network input, and the
            maps of each convolution: layer1 (6×28×28), layer2 (16×10×10), and so on
        """
        with spool.open(image.path) as picture:
            return cast(Reading, await reader.read(picture, model))

    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(
            html_template=SHELL,
            css_template=style() + FOOTER,
            js_on_load=LOADER % {"page": f"{web_folder()}/{PAGE}"},
            apply_default_css=False,
        )
        gr.api(predict, api_name="predict")
    return page


def launch(gallery: Gallery, address: Address, share: bool = False) -> None:
    """Serve the page until the process is stopped.

    `share` also opens a public address through a tunnel; nothing else contacts other hosts.

    Raises:
        SketchpadError: the port has been taken in the meantime, or there is no tunnel.
    """
    _use_one_thread()
    if sys.version_info < (3, 12):
        # There, asyncio warns if a worker has exited before the app stops it.
        logging.getLogger("asyncio").addFilter(lambda found: "child process" not in found.msg)
    reader, spool = Reader(gallery), Spool(shared_folder())
    spool.sweep_regularly()
    page = build(reader, spool)
    evaluation = evaluation_route(gallery, partial(_announce, page))
    try:
        # Gradio explains a missing tunnel on several lines.
        with redirect_stdout(StringIO()) if share else nullcontext():
            _, _, shared = page.launch(
                server_name=address.host_in_url,
                server_port=address.port,
                root_path=address.root_path,
                share=share,
                prevent_thread_lock=True,
                quiet=True,
                app_kwargs={
                    "lifespan": remembering,
                    "routes": [
                        *routes(gallery),
                        *program_routes(gallery, reader, page),
                        evaluation,
                        *GradioProtocol(reader, spool).routes(),
                    ],
                    "middleware": middleware(gallery),
                },
                **APPEARANCE,
                **CLOSED,
            )
    except OSError as error:
        address.check_free()
        raise SketchpadError(f"The page can't be served at {address.url} ({error}).") from error
    if share and not shared:
        page.close(verbose=False)
        raise SketchpadError(
            "The tunnel for --share can't be opened. Check the connection, or start without it."
        )
    # Gradio's page for shared addresses loads its scripts from another host.
    page.share = False
    print(f"Open {address.url}" + (f" or, until you stop this program, {shared}" if shared else ""))
    page.block_thread()


def _use_one_thread() -> None:
    """The network and the pictures are too small to gain from several threads."""
    torch.set_num_threads(1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # in the processes of `Reader`


APPEARANCE: dict[str, Any] = {
    "theme": gr.themes.Default(
        font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
    ),
    "head": HEAD,
    "favicon_path": ASSETS / "icon.png",
    "footer_links": [],
}
# What the environment could otherwise turn on.
CLOSED: dict[str, Any] = {
    "max_file_size": MAX_PICTURE_BYTES,
    "run_history": False,
    "enable_monitoring": False,
    "mcp_server": False,
    "pwa": False,
    "ssr_mode": False,
    "show_error": True,
}


def program_routes(gallery: Gallery, reader: Reader, page: gr.Blocks) -> list[BaseRoute]:
    """Routes for programs and for what watches the app."""

    # Gradio's own description has commands that can't run: they leave out the picture.
    def info(_: Request) -> Response:
        return JSONResponse(page.get_api_info())

    return [
        Route("/health", partial(health, gallery)),
        Route("/predict", partial(programs_page, reader, partial(_root, path="/predict"))),
        Route("/predict", partial(answer, reader), methods=["POST"]),
        Route("/gradio_api/info", info),
    ]


def _announce(page: gr.Blocks, request: Request) -> None:
    """Let ZeroGPU find the app, whose connections it must not inherit, and the caller's quota."""
    LocalContext.blocks.set(page)
    LocalContext.request.set(gr.Request(request))


def middleware(gallery: Gallery) -> list[Middleware]:
    """What every request passes, from the outside in, after Gradio's CORS and compression."""
    return [
        Middleware(Guard),
        Middleware(Doors),
        Middleware(Bounds),
        Middleware(Preview, image=f"/{PREVIEW}", root=_root, elements=partial(_elements, gallery)),
    ]


def _elements(gallery: Gallery) -> str:
    """Elements for the head; among them those that fetch files while Gradio's scripts start."""
    try:
        links = preloads(gallery, gallery.names()[:1])
    except SketchpadError:
        links = preloads(gallery, [])  # the page reports what is wrong
    return f"{FRAMES}\n{links}"


def _root(scope: Scope, path: str = "/") -> str:
    """The app's public address, from a request for `path` and the headers of proxies."""
    return get_root_url(Request(scope), path, scope["app"].root_path)
