"""Inputs that people have and that were once read wrong; `tests/cases/README.md` lists them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lenet import Predictor, SketchpadError
from tests.support import ROOT

CASES = ROOT / "tests" / "cases"
PICTURES = sorted((CASES / "pictures").iterdir())
ARRAYS = sorted(CASES.glob("*.npy"))


@pytest.fixture(scope="module")
def reader() -> Predictor:
    return Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")


def strokes(name: str) -> list[Any]:
    """The strokes of a case."""
    content = json.loads((CASES / name).read_text(encoding="utf-8"))
    return content["strokes"]


def digit(file: Path) -> str:
    """The digit that a case shows, the last character of its name."""
    return file.stem[-1]


def test_there_are_cases_of_every_kind() -> None:
    assert len(PICTURES) >= 15
    assert len(ARRAYS) >= 2


@pytest.mark.parametrize("file", PICTURES, ids=lambda file: file.stem)
def test_the_digit_in_a_picture_is_read(file: Path, reader: Predictor) -> None:
    assert reader(file).label == digit(file)


@pytest.mark.parametrize("file", PICTURES[:3], ids=lambda file: file.stem)
def test_a_file_and_its_pixels_give_the_same_answer(file: Path, reader: Predictor) -> None:
    with Image.open(file) as picture:
        from_array = reader(np.asarray(picture))
    assert np.array_equal(from_array.network_input, reader(file).network_input)


@pytest.mark.parametrize("file", ARRAYS, ids=lambda file: file.stem)
def test_the_digit_in_an_array_is_read_whatever_its_range(file: Path, reader: Predictor) -> None:
    assert reader(np.load(file)).label == digit(file)


def test_strokes_in_pixels_are_rejected_in_a_sentence(reader: Predictor) -> None:
    with pytest.raises(SketchpadError, match="0 to 1"):
        reader(strokes("strokes-in-pixels-3.json"))


def test_a_stray_tap_does_not_change_the_answer(reader: Predictor) -> None:
    drawn = strokes("small-5-and-a-tap.json")
    assert reader(drawn[:-1]).label == "5"
    assert reader(drawn).label == "5"
