"""Picture files in the browser: the same levels and the same ink as in Python."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lenet.drawing.finding import Found, find, silhouette
from tests.support.digits import DIGITS, grey
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

OPEN = """
const { openPicture } = await import("/core/opening.js");
const { bytes } = await import("/core/bytes.js");
const { drive } = await import("/core/tasks.js");
async function opened(file, digits) {
  let turns = 0;
  const task = openPicture({ file: new Blob([bytes(file)]), digits });
  const result = await drive(task, {
    slice: 0, onProgress: () => turns++, signal: new AbortController().signal });
  const plane = ({ width, height, data }) => ({ width, height, data: [...data] });
  const frames = Object.fromEntries(result.frames?.map(([n, image]) => [n, plane(image)]) ?? []);
  return { ...result, frames, turns };
}
"""


def packed(picture: Image.Image, kind: str = "PNG", **options: Any) -> str:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def opened(run: Run, file: str, digits: bool = True) -> dict[str, Any]:
    return run(
        OPEN + "return opened(argument.file, argument.digits);", {"file": file, "digits": digits}
    )


def assert_equal(answer: dict[str, Any], found: Found) -> None:
    assert answer["outcome"] == "found"
    ink = np.frombuffer(base64.b64decode(answer["picture"]), np.uint8).reshape(found.ink.shape)
    np.testing.assert_array_equal(ink, np.rint(found.ink * 255))
    assert list(answer["frames"]) == list(found.frames)
    for name, expected in found.frames.items():
        frame = answer["frames"][name]
        image = np.array(frame["data"]).reshape(frame["height"], frame["width"])
        np.testing.assert_allclose(image, expected, atol=1e-6, err_msg=name)


def paper(height: int, width: int) -> NDArray[np.uint8]:
    """A blue 2 in the middle of uneven paper, `(height, width, 3)`."""
    side = min(height, width)
    ink = Image.fromarray(grey(DIGITS["2"])).resize((side, side))
    darkness = np.zeros((height, width), np.uint8)
    top, left = (height - side) // 2, (width - side) // 2
    darkness[top : top + side, left : left + side] = np.asarray(ink)
    light = 230 - 40 * np.arange(width) / width + np.arange(height)[:, None] % 7
    colour = light[..., None] - darkness[..., None] * np.array([0.7, 0.6, 0.2])
    return colour.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "turns"),
    [((28, 28), 1), ((300, 200), 1), ((1500, 2600), 2), ((2301, 2203), 1), ((4103, 6001), 8)],
)
def test_a_picture_is_opened_as_in_python(run: Run, size: tuple[int, int], turns: int) -> None:
    """Pictures of more than 4 million pixels are reduced block by block."""
    levels = paper(*size)
    answer = opened(run, packed(Image.fromarray(levels)))
    assert_equal(answer, find(levels))
    assert answer["turns"] >= turns, "other work happens in between"


def test_transparent_pictures_are_opened_as_in_python(run: Run) -> None:
    levels = np.zeros((200, 200, 4), np.uint8)
    levels[..., 3] = np.asarray(Image.fromarray(grey(DIGITS["6"])).resize((200, 200)))
    assert_equal(opened(run, packed(Image.fromarray(levels))), find(levels))


def test_things_are_silhouettes(run: Run) -> None:
    levels = paper(120, 160)
    answer = opened(run, packed(Image.fromarray(levels)), digits=False)
    assert_equal(answer, silhouette(levels))
    assert not answer["digits"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_upright(run: Run, orientation: int) -> None:
    picture = Image.fromarray(paper(90, 60))
    picture.getexif()[0x0112] = orientation
    file = packed(picture, exif=picture.getexif())
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(base64.b64decode(file))))
    answer = opened(run, file)
    assert_equal(answer, find(np.asarray(turned)))


def test_the_reason_is_named_if_there_is_not_one_digit(run: Run) -> None:
    two = paper(100, 100)
    y, x = np.mgrid[:120, :160]
    clouds = 128 + 100 * np.sin(x / 13) * np.sin(y / 17)
    pictures = {
        "blank": np.full((60, 80, 3), 200, np.uint8),
        "several": np.concatenate([two, two], axis=1),
        "nothing": np.repeat(clouds[..., None], 3, axis=2).astype(np.uint8),
    }
    for outcome, levels in pictures.items():
        found = find(levels)
        assert found.count == (2 if outcome == "several" else 0), outcome
        assert opened(run, packed(Image.fromarray(levels)))["outcome"] == outcome
    assert opened(run, base64.b64encode(b"Dear Sir or Madam").decode())["outcome"] == "damaged"


def test_a_browser_that_hides_pixels_is_noticed(run: Run) -> None:
    answer = run(
        OPEN
        + """
        const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
        OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...area) {
          const image = getImageData.apply(this, area);
          image.data.forEach((_, i) => { image.data[i] = 256 * Math.random(); });
          return image;
        };
        const { outcome } = await opened(argument, true);
        OffscreenCanvasRenderingContext2D.prototype.getImageData = getImageData;
        return outcome;
        """,
        packed(Image.fromarray(paper(60, 60))),
    )
    assert answer == "blocked"


@pytest.mark.parametrize("name", ["OffscreenCanvas", "createImageBitmap"])
def test_an_old_browser_is_noticed(run: Run, name: str) -> None:
    code = """
        const { [argument.name]: kept } = globalThis;
        delete globalThis[argument.name];
        const { outcome } = await opened(argument.file, true);
        globalThis[argument.name] = kept;
        return outcome;
    """
    file = packed(Image.fromarray(paper(60, 60)))
    assert run(OPEN + code, {"name": name, "file": file}) == "tooOld"
