from collections.abc import Callable

import numpy as np
import pytest
import torch

from lenet import Predictor
from lenet.datasets import digit_styles, non_digits, synthetic_digits
from lenet.datasets.glyphs import Glyph, draw
from lenet.drawing.preprocessing import crop_to_ink


def test_synthetic_digits_have_the_format_of_mnist() -> None:
    images, labels = synthetic_digits.synthetic_digits(300, seed=0)
    assert images.shape == (300, 1, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert set(labels.tolist()) == {label for label, *_ in synthetic_digits.STYLES}
    for image in images[:, 0].numpy() / 255:
        assert max(crop_to_ink(image).shape) == 20


def test_a_seed_determines_the_drawings() -> None:
    first, again, different = (synthetic_digits.synthetic_digits(20, seed)[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, different)
    assert torch.equal(
        non_digits.synthetic_non_digits(40, 1), non_digits.synthetic_non_digits(40, 1)
    )


@pytest.mark.parametrize(("digit", "style", "share"), synthetic_digits.STYLES)
def test_the_shipped_network_reads_every_style(
    predictor: Predictor, digit: int, style: Callable[[np.random.Generator], Glyph], share: float
) -> None:
    random = np.random.default_rng(77)  # not the drawings used in training
    drawn = [draw(digit_styles.slanted(style(random), random), random) for _ in range(100)]
    right = [predictor.read_input(image).nearest == str(digit) for image in drawn]
    assert np.mean(right) > 0.93
