import torch

from lenet.datasets import non_digits
from lenet.datasets.datasets import FASHION_MNIST
from lenet.drawing.preprocessing import crop_to_ink


def test_non_digits_are_all_different_and_none_is_blank() -> None:
    images = non_digits.synthetic_non_digits(100, seed=3)
    assert images.shape == (100, 1, 28, 28)
    assert (images.flatten(1).max(1).values > 100).all()
    assert len({image.numpy().tobytes() for image in images}) == 100


def test_font_characters_exclude_digits_and_lookalikes() -> None:
    characters = {character for _, character in non_digits.font_characters()}
    assert len(characters) > 3000
    assert not characters & set("0123456789OIlZSB٠١۱①½Ⅷ")
    assert characters >= set("KMWX&%Ωж")
    assert {character for _, character in non_digits.font_characters(True)} >= set("OIlZSB")


def test_non_digits_are_prepared_as_the_images_of_the_data_set() -> None:
    for image in non_digits.synthetic_non_digits(40, 1, FASHION_MNIST)[:38, 0].numpy() / 255:
        height, width = crop_to_ink(image).shape
        assert max(height, width) >= 27  # the box; a faint edge may be cropped


def test_mixed_halves_combine_two_images() -> None:
    images = torch.arange(1.0, 9).reshape(8, 1, 1, 1).expand(8, 1, 28, 28)
    mixed = non_digits.mixed_halves(images, torch.Generator().manual_seed(0))
    for own, image in zip(images, mixed, strict=True):
        values, counts = image.unique(return_counts=True)
        assert own[0, 0, 0] in values
        assert len(values) == 1 or counts.tolist() == [392, 392]
