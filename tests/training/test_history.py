import json

import pytest

from lenet.datasets.datasets import Dataset
from lenet.network.model import LeNet
from lenet.training.data import with_synthetic_drawings
from lenet.training.history import make_history
from lenet.training.loop import Report
from lenet.training.resume import Progress
from lenet.training.selection import BestSoFar
from lenet.training.settings import TrainingSettings
from tests.support import ROOT


def test_a_history_describes_how_a_checkpoint_was_made(dataset: Dataset) -> None:
    settings = TrainingSettings(synthetic_digits=30, synthetic_non_digits=40, seed=4)
    more = with_synthetic_drawings(dataset, 30, 40, seed=4)
    reports = [Report(0.5, 2.0, 0.5, 100.0), Report(1.0, 1.0, 0.7, 200.0, 0.9)]
    best = BestSoFar(200)
    best.consider(reports[1], LeNet())
    progress = Progress(best, reports, seconds=12.34)
    history = make_history("python train.py", settings, more, progress, {"test_accuracy": 0.8})
    assert history["command"] == "python train.py"
    assert history["settings"]["seed"] == 4
    assert history["data"] == {
        "name": "mnist",
        "training": 1500,
        "synthetic_digits": 30,
        "synthetic_non_digits": 40,
        "validation": 200,
        "test": 200,
    }
    assert history["results"] == {
        "epoch": 1,
        "validation_accuracy": 0.9,
        "test_accuracy": 0.8,
        "seconds": 12.3,
        "examples_per_second": 150,
    }
    assert [report["epoch"] for report in history["reports"]] == [0.5, 1.0]
    assert json.loads(json.dumps(history)) == history


@pytest.mark.parametrize("keys", ["old", "new"])
def test_the_model_card_reads_old_and_new_histories(keys: str) -> None:
    """Checkpoints of version 0.1.0 have the names made_digits, made_nondigits, test_refused."""
    model = LeNet.from_pretrained(ROOT / "checkpoints" / "mnist-relu")
    history = json.loads(json.dumps(model.history))
    data, results = history["data"], history["results"]
    data["synthetic_digits"], data["synthetic_non_digits"] = 4000, 10_000
    results["test_rejected"] = 0.0055
    if keys == "old":
        data["made_digits"] = data.pop("synthetic_digits")
        data["made_nondigits"] = data.pop("synthetic_non_digits")
        results["test_refused"] = results.pop("test_rejected")
    model.history = history
    card = str(model.generate_model_card())
    assert "4,000 digits in styles that are rare in MNIST, 10,000 non-digits" in card
    assert "| test digits rejected | 0.55% |" in card


def test_the_model_card_of_a_network_for_clothes_mentions_no_digits() -> None:
    card = str(LeNet.from_pretrained(ROOT / "checkpoints" / "fashion-relu").generate_model_card())
    assert "| synthetic drawings | 16,000 that belong to no class |" in card
    assert "| test images rejected |" in card
    assert '"not a digit"' not in card
