import numpy as np
import pytest

from lenet.drawing.contrast import WHITE, Whole
from lenet.drawing.sheet import sheet

HEIGHT, WIDTH = 300, 400
Y, X = np.mgrid[:HEIGHT, :WIDTH]
ON_SHEET = (Y >= 50) & (Y < 250) & (X >= 60) & (X < 340)


def picture(lightness: np.ndarray) -> Whole:
    """A working picture of one channel."""
    return (WHITE * lightness).astype(np.int16)[..., None]


def agreement(mask: np.ndarray, other: np.ndarray) -> float:
    return float((mask & other).sum() / (mask | other).sum())


def on_desk(paper: np.ndarray | float = 0.9, desk: np.ndarray | float = 0.3) -> Whole:
    return picture(np.where(ON_SHEET, paper, desk))


def written() -> np.ndarray:
    """Paper with thin lines across it."""
    return np.where(Y % 40 < 3, 0.4, 0.9)


def rough() -> np.ndarray:
    """A desk as light as paper, but uneven."""
    return np.where((Y // 12 + X // 12) % 2, 0.95, 0.6)


@pytest.mark.parametrize(
    "working",
    [on_desk(), on_desk(paper=written()), on_desk(0.9 - 0.3 * X / WIDTH), on_desk(desk=rough())],
    ids=["even", "written on", "in uneven light", "on a rough desk"],
)
def test_a_sheet_on_a_desk_is_found(working: Whole) -> None:
    inside = sheet(working)
    assert inside is not None
    assert inside.shape == (HEIGHT, WIDTH)
    # It ends within a block of its edges.
    assert (inside & ~ON_SHEET).mean() < 0.01
    assert agreement(inside, ON_SHEET) > 0.8


def test_a_sheet_may_be_turned() -> None:
    turned = (np.abs(X - 215 + 0.1 * Y) < 160) & (np.abs(Y - 130 - 0.1 * X) < 120)
    inside = sheet(picture(np.where(turned, 0.9, 0.3)))
    assert inside is not None
    assert agreement(inside, turned) > 0.75


@pytest.mark.parametrize(
    "working",
    [
        picture(np.full((HEIGHT, WIDTH), 0.9)),
        picture(written()),
        picture(0.9 - 0.6 * X / WIDTH),
        picture(rough()),
        on_desk()[::5, ::5],
        on_desk()[:5],
    ],
    ids=["one colour", "writing", "uneven light", "nothing even", "a small picture", "a strip"],
)
def test_other_pictures_show_no_sheet(working: Whole) -> None:
    assert sheet(working) is None


def test_the_last_pixels_belong_to_the_last_blocks() -> None:
    cut = np.where((Y > 60) & (X > 80), 0.9, 0.3)[:297, :397]
    inside = sheet(picture(cut))
    assert inside is not None
    assert inside[-1, -1]
