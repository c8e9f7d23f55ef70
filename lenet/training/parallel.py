"""Several processes that train together, as `torchrun` starts them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed


@contextmanager
def processes(device: torch.device) -> Iterator[tuple[torch.device, int]]:
    """Within it PyTorch's process group is up, if `torchrun` has started this process.

    Gives this process's device (a CUDA device of its own, where CUDA is asked for) and number.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield device, 0
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield device, distributed.get_rank()
    finally:
        distributed.destroy_process_group()


def rank_and_count() -> tuple[int, int]:
    """This process's number, and how many there are."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def wait() -> None:
    """Until all processes are here."""
    if rank_and_count()[1] > 1:
        distributed.barrier()
