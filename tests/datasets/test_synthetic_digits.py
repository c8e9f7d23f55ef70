from collections.abc import Callable

import numpy as np
import pytest
import torch

from lenet import Predictor
from lenet.datasets import synthetic_digits as s
from lenet.drawing.ink import ink_from_strokes
from lenet.drawing.preprocessing import crop_to_ink, network_input


def test_a_curve_goes_through_its_points() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.5], [0.2, 0.9], [0.6, 0.1]])
    drawn = s.curve(points, 60)
    for point in points:
        assert np.linalg.norm(drawn - point, axis=1).min() < 1e-9


def test_made_digits_look_like_mnist() -> None:
    images, labels = s.made_digits(300, seed=0)
    assert images.shape == (300, 1, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert set(labels.tolist()) == {label for label, *_ in s.STYLES}
    for image in images[:, 0].numpy() / 255:
        assert max(crop_to_ink(image).shape) == 20


def test_a_seed_means_the_same_drawings() -> None:
    one, again, other = (s.made_digits(20, seed)[0] for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(s.made_nondigits(40, 1), s.made_nondigits(40, 1))


@pytest.mark.parametrize(("digit", "style", "share"), s.STYLES)
def test_every_style_is_read_as_its_digit(
    predictor: Predictor, digit: int, style: Callable[[np.random.Generator], s.Glyph], share: float
) -> None:
    random = np.random.default_rng(77)  # other drawings than in training
    drawn = [s.draw(s.slanted(style(random), random), random) for _ in range(100)]
    right = [predictor.read_input(image).nearest == str(digit) for image in drawn]
    assert np.mean(right) > 0.93


def test_nondigits_are_of_every_kind_and_none_is_blank() -> None:
    images = s.made_nondigits(100, seed=3)
    assert images.shape == (100, 1, 28, 28)
    assert (images.flatten(1).max(1).values > 100).all()
    assert len({image.numpy().tobytes() for image in images}) == 100


def test_fonts_give_characters_that_are_no_digits() -> None:
    characters = {character for _, character in s.font_characters()}
    assert len(characters) > 3000
    assert not characters & set("0123456789OIlZSB٠١۱①½Ⅷ")
    assert characters >= set("KMWX&%Ωж")


def test_mixed_halves_take_from_two_images() -> None:
    images = torch.arange(1.0, 9).reshape(8, 1, 1, 1).expand(8, 1, 28, 28)
    mixed = s.mixed_halves(images, torch.Generator().manual_seed(0))
    for own, image in zip(images, mixed, strict=True):
        values, counts = image.unique(return_counts=True)
        assert own[0, 0, 0] in values
        assert len(values) == 1 or counts.tolist() == [392, 392]


def test_glyphs_of_no_size_can_be_drawn() -> None:
    random = np.random.default_rng(0)
    assert s.draw([np.array([[0.5, 0.5]])], random).any()
    assert network_input(ink_from_strokes([[(0.5, 0.5)]])).any()
