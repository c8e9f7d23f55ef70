"""Several processes train as one does."""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from torch import distributed
from torch.multiprocessing.spawn import spawn

from lenet.networks import LeNet
from lenet.settings import TrainingSettings
from lenet.training import train, with_made_drawings
from tests.support.digits import made_dataset

SETTINGS = TrainingSettings(epochs=1, batch_size=51, made_digits=0, made_nondigits=200)
"""An odd batch: the two processes' parts differ in size."""


def trained(file: Path) -> None:
    """Train, and keep the weights and the last report's loss in `file`."""
    dataset = with_made_drawings(made_dataset(600), SETTINGS)
    torch.manual_seed(0)
    model = LeNet()
    *_, last = train(model, dataset, SETTINGS)
    weights = [p.detach().flatten() for p in model.parameters()]
    np.save(file, torch.cat([*weights, torch.tensor([last.loss, last.accuracy])]).numpy())


def one_of_two(rank: int, folder: Path) -> None:
    torch.set_num_threads(1)
    meeting = f"file://{folder / 'meeting'}"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    trained(folder / f"process{rank}.npy")
    distributed.destroy_process_group()


def test_two_processes_end_where_one_does(tmp_path: Path) -> None:
    spawn(one_of_two, (tmp_path,), nprocs=2)
    trained(tmp_path / "alone.npy")
    alone, first, second = (
        np.load(tmp_path / f"{name}.npy") for name in ("alone", "process0", "process1")
    )
    assert np.array_equal(first, second)
    np.testing.assert_allclose(first, alone, atol=2e-4)
    # The seed alone does not do it: another batch size ends elsewhere.
    other = dataclasses.replace(SETTINGS, batch_size=50)
    model = LeNet()
    torch.manual_seed(0)
    for _ in train(model, made_dataset(600), other):
        pass
    elsewhere = torch.cat([p.detach().flatten() for p in model.parameters()]).numpy()
    assert np.abs(elsewhere - alone[:-2]).max() > 1e-2
