"""Several processes train the same network as one."""

import os
import socket
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import distributed
from torch.multiprocessing.spawn import spawn

from lenet.network.model import LeNet
from lenet.training.data import with_synthetic_drawings
from lenet.training.loop import prepare_training
from lenet.training.parallel import Processes, processes
from tests.support.digits import synthetic_dataset
from tests.training.helpers import small_settings, trained, weights

CPU = torch.device("cpu")
SETTINGS = small_settings(epochs=1, batch_size=51)
"""An odd batch size, so that the two processes' parts differ in size."""


def test_a_single_process_does_all_the_work() -> None:
    with processes(CPU) as alone:
        assert alone == Processes(CPU, rank=0, count=1)
    assert alone.is_first
    values = torch.arange(5.0)
    assert torch.equal(values[alone.part], values)
    assert torch.equal(alone.sum(values), torch.arange(5.0))
    network = torch.nn.Linear(1, 1)
    assert alone.wrap(network) is network
    alone.wait()


def save_trained(file: Path, joined: Processes) -> None:
    """Train, and write the weights and the last loss and accuracy to `file`."""
    dataset = with_synthetic_drawings(synthetic_dataset(600), 0, 200, SETTINGS.seed)
    torch.manual_seed(0)
    model = LeNet()
    *_, last = prepare_training(model, dataset, SETTINGS, joined).reports()
    results = torch.tensor([last.loss, last.accuracy])
    np.save(file, torch.cat([weights(model), results]).numpy())


def one_of_two(rank: int, folder: Path) -> None:
    torch.set_num_threads(1)
    meeting = f"file://{folder / 'meeting'}"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    save_trained(folder / f"process{rank}.npy", Processes(CPU, rank, count=2))
    distributed.destroy_process_group()


@pytest.mark.trains
def test_two_processes_train_the_same_network_as_one(tmp_path: Path) -> None:
    spawn(one_of_two, (tmp_path,), nprocs=2)
    save_trained(tmp_path / "alone.npy", Processes(CPU))
    alone, first, second = (
        np.load(tmp_path / f"{name}.npy") for name in ("alone", "process0", "process1")
    )
    assert np.array_equal(first, second)
    np.testing.assert_allclose(first, alone, atol=2e-4)
    # The same seed is not enough: a different batch size gives different weights.
    different = weights(trained(synthetic_dataset(600), small_settings(epochs=1, batch_size=50)))
    assert np.abs(different.numpy() - alone[:-2]).max() > 1e-2


def join_as_torchrun_does(rank: int, port: int, folder: Path) -> None:
    os.environ |= {
        "WORLD_SIZE": "2", "RANK": str(rank), "LOCAL_RANK": str(rank),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
    }  # fmt: skip
    with processes(CPU) as joined:
        total = joined.sum(torch.tensor([float(rank + 1)]))
        joined.wait()
        (folder / str(rank)).write_text(f"{joined.rank} {joined.count} {total.item()}")
    assert not distributed.is_initialized()


def test_processes_started_by_torchrun_are_joined(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spawn(join_as_torchrun_does, (port, tmp_path), nprocs=2)
    assert [(tmp_path / str(rank)).read_text() for rank in (0, 1)] == ["0 2 3.0", "1 2 3.0"]
