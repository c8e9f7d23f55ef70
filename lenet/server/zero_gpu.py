"""What a ZeroGPU Space of Hugging Face offers in addition: an evaluation on its GPU.

A Space on ZeroGPU starts only if it contains a function for the GPU. Reading a drawing never needs
one, so this function reads many test images instead.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import TypedDict

import numpy as np
import torch
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lenet.errors import SketchpadError, shown
from lenet.page.examples import large_sheet_of, read_sheet
from lenet.page.gallery import DEFAULT_MODEL, Checkpoint, Gallery, load
from lenet.reading.muting import evaluate as evaluate_on
from lenet.reading.prediction import Predictor
from lenet.server.problems import RequestError, problem_response

LOG = logging.getLogger("lenet.page")
SECONDS = 30
"""The longest time for which an evaluation may occupy the GPU."""


class Evaluated(TypedDict):
    """How well a network reads the test images that ship with the page."""

    images: int
    accuracy: float
    """share of right answers; a rejected image is a wrong one"""
    rejected: float
    """share of rejected images"""
    device: str


def evaluation(gallery: Gallery) -> Callable[[str], Evaluated] | None:
    """Evaluates a network by its name; None without the package `spaces`, which Spaces install.

    Call it before the launch: importing the package prepares PyTorch and Gradio.
    """
    if find_spec("spaces") is None:
        return None
    gpu = getattr(import_module("spaces"), "GPU", None)
    if gpu is None:  # a folder of this name where the app was started
        return None
    on_gpu = gpu(duration=SECONDS)(_evaluate)

    # Each version of a network is evaluated once, however often it is requested.
    @lru_cache(maxsize=64)
    def evaluated(checkpoint: Checkpoint) -> Evaluated:
        return on_gpu(checkpoint)

    def evaluate(model: str) -> Evaluated:
        if not gallery.has(model):
            raise RequestError(f"There is no network {shown(model)}.", 404)
        checkpoint = gallery.checkpoint(model)
        # In this process, where errors keep their sentence.
        if large_sheet_of(load(checkpoint).labels) is None:
            raise RequestError(f"The page has no test images with the classes of {model}.", 404)
        return evaluated(checkpoint)

    return evaluate


def evaluation_route(gallery: Gallery, announce: Callable[[Request], None]) -> Route:
    """`GET /evaluate?model=NAME`, which answers 404 without the package `spaces`.

    `announce` is called in the thread that requests the GPU.
    """
    evaluate, lock = evaluation(gallery), Lock()

    def respond(request: Request) -> Response:
        try:
            if evaluate is None:
                raise RequestError("Only a Space on ZeroGPU evaluates networks.", 404)
            announce(request)
            with _alone(lock), _gpu_problems():
                return JSONResponse(evaluate(request.query_params.get("model", DEFAULT_MODEL)))
        except SketchpadError as error:
            return problem_response(error)

    return Route("/evaluate", respond)


@contextmanager
def _alone(lock: Lock) -> Iterator[None]:
    if not lock.acquire(blocking=False):
        raise RequestError("Another network is being evaluated. Try again in a minute.", 503)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _gpu_problems() -> Iterator[None]:
    try:
        yield
    except SketchpadError:
        raise
    # ZeroGPU reports an exhausted quota and its own failures as various errors.
    except Exception as error:
        LOG.warning("ZeroGPU: %s", error)
        raise RequestError("No GPU is free at the moment. Try again later.", 503) from error


def _evaluate(checkpoint: Checkpoint) -> Evaluated:
    """Evaluate a checkpoint, on the GPU if there is one.

    ZeroGPU runs this in a process of its own.
    """
    cuda = torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    predictor = load(checkpoint)
    sheet = large_sheet_of(predictor.labels)
    assert sheet
    images = np.rint(read_sheet(sheet).images * 255).astype(np.uint8)
    labels = np.arange(len(images)).repeat(images.shape[1])
    found = evaluate_on(
        Predictor(deepcopy(predictor.model).to(device)),
        torch.from_numpy(images).flatten(0, 1)[:, None].to(device),
        torch.from_numpy(labels),
    )
    return {
        "images": len(labels),
        "accuracy": found.accuracy,
        "rejected": found.rejected / len(labels),
        "device": torch.cuda.get_device_name() if cuda else "cpu",
    }
