"""The examples run unchanged."""

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from examples.train_lenet import train
from lenet import PRESETS, LeNet
from tests.support import ROOT
from tests.support.digits import synthetic_dataset

FILE = ROOT / "examples" / "train_lenet.py"


def test_the_training_example_fits_on_one_screen() -> None:
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 40


def test_the_training_example_learns(capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    reached = train(LeNet(PRESETS["relu"]), synthetic_dataset(), epochs=5, batch_size=50, rate=0.1)
    assert reached > 0.6
    assert capsys.readouterr().out.count("validation accuracy") == 5


def test_the_notebook_runs() -> None:
    notebook = nbformat.read(ROOT / "examples" / "look_inside.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    )
    client.execute()
    texts = [str(cell.get("outputs")) for cell in notebook.cells]
    pictures = sum(text.count("image/png") for text in texts)
    # The input; C1 and C3; C1, C3 and C5 of the 1998 network; a comparison per layer.
    assert pictures == 1 + 2 + 3 + 2
    assert any("'3'" in text for text in texts)
