"""The function that opens picture files for the pad, tested without a browser."""

import asyncio
import base64
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lenet import Predictor
from lenet.drawing.ink import Ink
from lenet.page.examples import example_images
from lenet.page.server import open_file
from lenet.page.sketches import PICTURE_SIDE
from tests.support.digits import DIGITS, grey


def opened(file: Any) -> dict[str, str]:
    # In a new thread, since this one already has an event loop if a browser is open.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, open_file(file)).result()


def ink_of(picture: Image.Image) -> Ink:
    """The ink on the pad after this picture was opened."""
    answer = opened({"name": "picture.png", "data": png(picture)})
    levels = np.frombuffer(base64.b64decode(answer["picture"]), np.uint8)
    return levels.reshape(PICTURE_SIDE, PICTURE_SIDE).astype(np.float32) / np.float32(255)


def png(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_an_uploaded_picture_becomes_ink(predictor: Predictor) -> None:
    ink = ink_of(Image.fromarray(255 - grey(DIGITS["5"])))
    assert predictor.read_sketch([], ink).label == "5"


@pytest.mark.parametrize("background", [0, 255], ids=["light on dark", "dark on light"])
def test_a_photograph_of_clothing_reaches_the_network_in_the_right_form(
    things: Predictor, background: int
) -> None:
    """The photograph is enlarged and has a margin."""
    differences = []
    for image in example_images(things.labels)[:, 1]:
        levels = Image.fromarray(np.abs(background - np.rint(image * 255)).astype(np.uint8))
        photograph = Image.new("L", (700, 500), background)
        photograph.paste(levels.resize((392, 392), Image.Resampling.BICUBIC), (200, 60))
        read = things.read_sketch([], ink_of(photograph))
        differences.append(np.abs(read.network_input - image).mean())
    assert np.mean(differences) < 0.06, "enlarging blurs it; if inverted, it would be above 0.3"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "a.png", "data": ""}, "a.png is empty"),
        ({"name": "a.png", "data": "%%%"}, "damaged in transit"),
        ({"name": "a.png", "data": "é"}, "damaged in transit"),
        ({"name": "a.txt", "data": base64.b64encode(b"hello").decode()}, "not a picture"),
        ({"name": "big.png", "data": png(Image.new("1", (20_000, 10_000)))}, "50 million pixels"),
        (
            {"name": "white.png", "data": png(Image.new("L", (9, 9), 255))},
            "white.png is blank",
        ),
        ({"name": "a.png", "data": base64.b64encode(bytes(21_000_000)).decode()}, "20 MB"),
        (7, "The picture is empty"),
    ],
    ids=[
        "empty",
        "not base64",
        "not ASCII",
        "not a picture",
        "too many pixels",
        "blank",
        "too many bytes",
        "number",
    ],
)
def test_invalid_uploads_are_reported(file: Any, words: str) -> None:
    assert words in opened(file)["error"]
