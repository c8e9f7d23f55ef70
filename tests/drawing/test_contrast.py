import numpy as np
import pytest

from lenet.drawing import contrast as c


def random_levels(height: int, width: int, channels: int = 3, seed: int = 0) -> c.Levels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def pen_on(paper: np.ndarray, strength: float = 0.7) -> c.Levels:
    """A vertical pen stroke, 4 pixels wide, that takes a share of the paper's light."""
    shade = paper.astype(np.float64)
    middle = paper.shape[1] // 2
    shade[20:-20, middle - 2 : middle + 2] *= 1 - strength
    return shade.round().astype(np.uint8)[..., None]


@pytest.mark.parametrize("factor", [1, 2, 3, 7])
def test_a_reduced_pixel_is_the_mean_of_its_area(factor: int) -> None:
    levels = random_levels(31, 23)
    height, width = 31 // factor, 23 // factor
    areas = levels[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    expected = np.floor(areas.astype(np.float64).mean(axis=(1, 3)) + 0.5)
    assert np.array_equal(c.reduced(levels, factor), expected)


def test_large_pictures_are_bounded() -> None:
    levels = np.zeros((3000, 2500, 1), np.uint8)
    assert c.bounded(levels).shape == (1500, 1250, 1)
    assert c.bounded(levels[:1600]) is not levels
    assert c.bounded(levels[:1000]).shape == (1000, 2500, 1)


def test_transparent_pixels_have_no_colour() -> None:
    levels = random_levels(5, 5, 4)
    levels[0, 0] = 200, 100, 50, 0
    levels[0, 1] = 200, 100, 50, 255
    channels = c.colours(levels)
    assert channels[0, 0].tolist() == [0, 0, 0, 0]
    assert channels[0, 1].tolist() == [200, 100, 50, 255]


def test_opaque_alpha_is_left_out() -> None:
    levels = random_levels(5, 5, 4)
    levels[..., 3] = 255
    assert np.array_equal(c.colours(levels), levels[..., :3])


@pytest.mark.parametrize("highest", [1, 15, 16])
def test_few_levels_are_stretched(highest: int) -> None:
    levels = np.arange(highest + 1, dtype=np.uint8).reshape(1, -1, 1)
    stretched = c.colours(levels)
    assert stretched.min() == 0
    assert stretched.max() == 255
    assert np.array_equal(c.colours(levels + 17), levels + 17)


@pytest.mark.parametrize(("side", "expected"), [(8, 8), (599, 599), (600, 300), (4000, 400)])
def test_the_working_picture_has_a_bounded_side(side: int, expected: int) -> None:
    working = c.working_picture(np.full((side, side // 2, 1), 90, np.uint8))
    assert working.shape == (expected, expected // 2, 1)
    assert (working == 9 * 90).all()


def test_narrow_pictures_keep_at_least_one_pixel() -> None:
    assert c.working_picture(np.zeros((4000, 3, 1), np.uint8)).shape == (1333, 1, 1)


def test_grey_pictures_have_one_channel() -> None:
    grey = np.repeat(random_levels(20, 20, 1), 3, axis=2)
    assert c.working_picture(grey).shape == (20, 20, 1)
    assert c.working_picture(random_levels(20, 20)).shape == (20, 20, 3)


def test_running_maximum_is_the_largest_neighbour() -> None:
    plane = random_levels(17, 9, 1)[..., 0].astype(np.int16)
    for radius in (0, 1, 2, 5, 40):
        expected = [plane[max(0, row - radius) : row + radius + 1].max(axis=0) for row in range(17)]
        assert np.array_equal(c.running_maximum(plane, radius), expected)


def test_closing_fills_what_is_narrower_than_the_square() -> None:
    plane = np.full((40, 40), 100, np.int16)
    plane[10:20, 15:18] = 0
    assert (c.closing(plane, 1)[10:20, 15:18] == 0).all()
    assert (c.closing(plane, 2) == 100).all()


def test_a_strip_along_the_edge_is_not_narrow() -> None:
    plane = np.full((40, 40), 100, np.int16)
    plane[:, :3] = 0
    assert np.array_equal(c.closing(plane, 8), plane)


@pytest.mark.parametrize("negative", [False, True])
def test_contrast_does_not_depend_on_the_light(negative: bool) -> None:
    light = np.linspace(250, 140, 150)[:, None] * np.ones(150)
    levels = pen_on(light)
    levels = 255 - pen_on(255 - light // 2) if negative else levels
    working = c.working_picture(levels)
    plane = c.contrasts(working)["lighter" if negative else "darker"].plane / c.FULL
    assert (plane[22:-22, 74:76] > 0.2).all()
    assert np.abs(plane[:, :70]).max() < 0.06
    if not negative:
        assert np.ptp(plane[30:-30, 75]) < 0.02


@pytest.mark.parametrize("desk", [30, 80, 120])
def test_the_edge_of_a_sheet_has_no_contrast(desk: int) -> None:
    sheet = np.where(np.arange(300) < 140, 230, desk)[None] * np.ones((300, 1))
    sheet[:, 140:142] = desk // 2  # the sheet's shadow on the desk
    sheet[20:60, 50:53] = 100
    plane = c.darker(c.working_picture(sheet.round().astype(np.uint8)[..., None]))
    assert plane[:, 120:170].max() <= 0
    assert plane[40, 51] > 0.4 * c.FULL


def test_noise_is_measured() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05 * c.FULL, (200, 200))
    contrast = c._above_noise(noise.round().astype(np.int16))
    assert contrast.noise == pytest.approx(0.05 * c.FULL, rel=0.05)
    assert abs(int(contrast.plane.mean())) < 0.005 * c.FULL


def test_different_sees_every_colour() -> None:
    levels = np.full((60, 60, 3), (90, 120, 60), np.uint8)
    levels[20:40, 20:40] = 200, 120, 60
    plane = c.different(c.working_picture(levels))
    assert (plane[20:40, 20:40] == 110 * c.FULL // 255).all()
    assert not plane[:20].any()


def test_a_tiny_picture_has_no_surroundings() -> None:
    assert list(c.contrasts(c.working_picture(random_levels(28, 28)))) == ["different"]
    assert len(c.contrasts(c.working_picture(random_levels(29, 28)))) == 3


@pytest.mark.parametrize("share", [0, 0.05, 0.5, 1])
def test_a_quantile_is_one_of_the_values(share: float) -> None:
    values = np.random.default_rng(1).permutation(101).astype(np.int16)
    assert c.quantile(values, share) == 100 * share
