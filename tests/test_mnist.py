"""Tests on the real MNIST, the oracle for preprocessing and checkpoints."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lenet import LeNet
from lenet.datasets.datasets import DATASETS, Dataset, Split, load
from lenet.drawing.ink import ink_from_sketch
from lenet.drawing.picture import ink_from_levels, levels_from_picture
from lenet.drawing.preprocessing import network_input
from lenet.network.folder import find_checkpoints
from lenet.page.examples import ASSETS, MANY, example_images, read_sheet, write_large_sheet
from lenet.reading.calibration import choose_threshold, fit_temperature
from lenet.reading.views import answer_logits, evidence
from lenet.training.evaluation import accuracy, share_correct, view_logits
from lenet.training.loop import train
from lenet.training.settings import TrainingSettings
from tests.support import ROOT

pytestmark = pytest.mark.mnist
DIGITS = ["mnist-relu", "mnist-classic", "mnist-conv3", "mnist-lenet5-1998"]
THINGS = ["fashion-relu", "fashion-classic"]
SKETCHED = 2000
"""How many test images are sketched."""


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load(ROOT / "data")


def test_the_splits_are_the_published_ones(mnist: Dataset) -> None:
    sizes = [len(split.labels) for split in (mnist.training, mnist.validation, mnist.test)]
    assert sizes == [55_000, 5_000, 10_000]
    assert mnist.training.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def magnified_and_shifted(images: torch.Tensor, seed: int) -> np.ndarray:
    """Magnify, shift and invert each image, then turn it into network input `(N, 28, 28)`."""
    random = np.random.default_rng(seed)
    inputs = []
    for image in images[:, 0].numpy():
        side = int(random.integers(28 * 3, 28 * 9))
        large = Image.fromarray(255 - image).resize((side, side), Image.Resampling.BICUBIC)
        canvas = Image.new("L", (28 * 10, 28 * 10), 255)
        canvas.paste(large, tuple(random.integers(0, 281 - side, 2).tolist()))
        inputs.append(network_input(ink_from_levels(levels_from_picture(canvas))))
    return np.stack(inputs)


@pytest.fixture(scope="module")
def sketched(mnist: Dataset) -> Split:
    """Part of the test set, magnified, shifted and preprocessed again."""
    inputs = magnified_and_shifted(mnist.test.images[:SKETCHED], seed=0)
    images = torch.from_numpy(inputs * 255).round().to(torch.uint8)[:, None]
    return Split(images, mnist.test.labels[:SKETCHED])


@pytest.mark.parametrize("name", DIGITS)
def test_accuracy_on_sketched_images_drops_by_at_most_0_6_points(
    mnist: Dataset, sketched: Split, name: str
) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    unchanged = Split(*(tensor[:SKETCHED] for tensor in mnist.test))
    original, restored = accuracy(model, unchanged), accuracy(model, sketched)
    print(f"{name}: {original:.2%} on the test images, {restored:.2%} on sketched images")
    assert restored >= original - 0.006


def differences(images: torch.Tensor, factor: int, side: int) -> np.ndarray:
    """Mean differences `(N,)` of images from what is found if they are part of a picture."""
    inputs = []
    for image in images[:, 0].numpy():
        enlarged = Image.fromarray(image).resize((28 * factor, 28 * factor), Image.Resampling.BOX)
        canvas = Image.new("L", (side, side))
        canvas.paste(enlarged, (side // 4, side // 28))
        inputs.append(network_input(ink_from_levels(levels_from_picture(canvas))))
    return np.abs(np.stack(inputs) - images[:, 0].numpy() / 255).mean((1, 2))


def test_a_small_image_is_restored_almost_exactly(mnist: Dataset) -> None:
    difference = differences(mnist.test.images[:300], factor=1, side=100)
    assert np.median(difference) < 0.001
    # In the rest, the centre of mass lies between two pixels.
    assert (difference < 0.02).mean() > 0.95


def test_a_magnified_image_is_restored_except_for_its_greys(mnist: Dataset) -> None:
    # Ink is brought to full strength, as in photographs.
    difference = differences(mnist.test.images[:300], factor=7, side=280)
    assert np.median(difference) < 0.03
    assert difference.max() < 0.2


@pytest.fixture(scope="module")
def fashion() -> Dataset:
    return load(ROOT / "data", description=DATASETS["fashion-mnist"])


def test_every_shipped_checkpoint_is_tested_here() -> None:
    assert set(find_checkpoints(ROOT / "checkpoints")) == {*DIGITS, *THINGS}


@pytest.mark.parametrize("name", [*DIGITS, *THINGS])
def test_shipped_checkpoints_reach_their_recorded_accuracy(
    mnist: Dataset, fashion: Dataset, name: str
) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    results = model.history["results"]
    dataset, least = (mnist, 0.985) if name in DIGITS else (fashion, 0.88)
    assert accuracy(model, dataset.test) == pytest.approx(results["test_accuracy"], abs=0.0003)
    if not model.history["settings"]["all_images"]:
        assert accuracy(model, dataset.validation) == pytest.approx(
            results["validation_accuracy"], abs=0.0005
        )
    answers = answer_logits(view_logits(model, dataset.test.images))
    correct = share_correct(answers, dataset.test.labels)
    assert correct == pytest.approx(results["test_accuracy_over_views"], abs=0.0003)
    assert min(results["test_accuracy"], correct) > least


@pytest.mark.parametrize("name", [*DIGITS, *THINGS])
def test_temperature_and_threshold_follow_from_the_validation_split(
    mnist: Dataset, fashion: Dataset, name: str
) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    dataset = mnist if name in DIGITS else fashion
    results, settings = model.history["results"], model.history["settings"]
    assert results["test_calibration_error"] < max(results["test_calibration_error_before"], 0.011)
    assert results["test_rejected"] < 0.02
    if settings["all_images"]:  # calibrated by a run that is not shipped
        return
    logits = view_logits(model, dataset.validation.images)
    temperature = fit_temperature(answer_logits(logits), dataset.validation.labels)
    assert model.config.temperature == pytest.approx(temperature, rel=1e-3)
    threshold = choose_threshold(evidence(logits), settings["rejected"])
    assert model.config.threshold == pytest.approx(threshold, abs=1e-3)


@pytest.mark.trains
def test_training_on_mnist_learns_within_an_epoch(mnist: Dataset) -> None:
    torch.manual_seed(0)
    model = LeNet()
    reports = list(train(model, mnist, TrainingSettings(epochs=1)))
    assert reports[-1].validation_accuracy is not None
    assert reports[-1].validation_accuracy > 0.95  # about 0.98


@pytest.mark.parametrize("name", DATASETS)
def test_the_example_images_are_the_first_of_each_class(name: str) -> None:
    source = DATASETS[name]
    images, labels = load(ROOT / "data", description=source).test
    for number, row in enumerate(example_images(source.labels)):
        first = images[labels == number][:8, 0]
        assert len(row) == 8
        assert np.array_equal(np.rint(row * 255), first.numpy()), source.labels[number]


@pytest.mark.parametrize("name", DATASETS)
def test_the_large_sheet_is_written_from_the_test_set(name: str, tmp_path: Path) -> None:
    source = DATASETS[name]
    images, labels = test = load(ROOT / "data", description=source).test
    sheet = read_sheet(ASSETS / source.test_sheet)
    assert sheet.labels == source.labels
    for number, row in enumerate(sheet.images):
        assert len(row) == MANY
        first = images[labels == number][:MANY, 0]
        assert np.array_equal(np.rint(row * 255), first.numpy()), source.labels[number]
    written = read_sheet(write_large_sheet(source, test, tmp_path))
    assert np.array_equal(written.images, sheet.images)


@pytest.mark.parametrize(
    ("name", "box", "centring", "same"),
    [("mnist", 20, "mass", 0.97), ("fashion-mnist", 28, "box", 0.88)],
)
def test_most_test_images_reach_the_network_unchanged(
    name: str, box: int, centring: str, same: float
) -> None:
    """The exceptions have outermost pixels that are too faint to count as ink."""
    images = load(ROOT / "data", description=DATASETS[name]).test.images[:2000, 0].numpy()
    unchanged = 0
    for image in images:
        ink = ink_from_sketch([], image.astype(np.float32) / 255)
        levels = np.rint(network_input(ink, box, centring) * 255)
        unchanged += np.array_equal(levels, image)
    print(f"{name}: {unchanged / len(images):.1%} unchanged")
    assert unchanged / len(images) > same
