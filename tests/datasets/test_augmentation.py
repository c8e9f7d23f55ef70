import torch

from lenet.datasets.augmentation import Distortion, distort

NONE = Distortion(rotation=0, scale=0, shear=0, shift=0, elastic=0)


def spot(row: int, column: int, count: int = 1) -> torch.Tensor:
    images = torch.zeros(count, 1, 28, 28)
    images[:, :, row - 1 : row + 2, column - 1 : column + 2] = 1
    return images


def centres(images: torch.Tensor) -> torch.Tensor:
    """Centre of mass (row, column) of each image."""
    indices = torch.arange(28.0)
    mass = images.sum((1, 2, 3))
    rows = (images.sum((1, 3)) * indices).sum(1) / mass
    return torch.stack([rows, (images.sum((1, 2)) * indices).sum(1) / mass], dim=1)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_no_distortion_changes_nothing() -> None:
    images = torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(distort(images, generator(), NONE), images, atol=1e-5, rtol=0)


def test_a_seed_determines_a_different_distortion_for_each_image() -> None:
    images = torch.rand(8, 1, 28, 28)
    first, again, different = (distort(images, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, different)
    copies = distort(images[:1].expand(8, -1, -1, -1), generator(1))
    assert torch.equal(copies[0], first[0])
    assert not torch.equal(copies[1], first[0])


def test_shifts_cover_the_range_up_to_the_limit() -> None:
    moved = centres(distort(spot(14, 14, 500), generator(), Distortion(0, 0, 0, 1.5, 0))) - 14
    assert 1.4 < moved.abs().max() < 1.51
    assert moved.mean(0).abs().max() < 0.15


def test_images_rotate_around_their_middle() -> None:
    # A spot 9.5 pixels above the middle (13.5) moves sideways by up to 9.5 sin 10°.
    moved = centres(distort(spot(4, 14, 500), generator(), Distortion(10, 0, 0, 0, 0)))
    sideways = (moved[:, 1] - 13.5).abs().max()
    assert 1.9 < sideways < 9.5 * 0.1737 + 0.7


def test_elastic_displacement_has_the_requested_root_mean_square() -> None:
    # On a ramp, a change of value measures the displacement, except near the border.
    ramp = (torch.arange(28.0) / 27).expand(200, 1, 28, 28)
    warped = distort(ramp, generator(), Distortion(0, 0, 0, 0, 0.7))
    moved = ((warped - ramp) * 27)[:, :, 4:-4, 4:-4]
    assert 0.55 < moved.square().mean().sqrt() < 0.85
