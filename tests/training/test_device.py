import platform
import subprocess
import sys

import pytest
import torch

from lenet.errors import SketchpadError
from lenet.training.device import pick_device, training_dtype

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_a_device_is_picked_by_name() -> None:
    assert pick_device("cpu") == CPU
    assert pick_device() == pick_device("auto")
    assert pick_device().type in ("cpu", "cuda", "mps")
    with pytest.raises(
        SketchpadError, match=r"--device abacus is not available here\. Choose auto"
    ):
        pick_device("abacus")


def test_bfloat16_needs_a_foldable_network() -> None:
    assert training_dtype("bfloat16", CPU, foldable=True) == torch.bfloat16
    with pytest.raises(SketchpadError, match="--precision bfloat16 needs a network"):
        training_dtype("bfloat16", CPU, foldable=False)


@pytest.mark.parametrize("amx", [False, True])
def test_auto_picks_the_precision_that_is_fastest_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch, amx: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": amx}, raising=False)
    expected = torch.bfloat16 if amx else torch.float32
    assert training_dtype("auto", CPU, foldable=True) == expected
    assert training_dtype("auto", CPU, foldable=False) == torch.float32
    assert training_dtype("auto", CUDA, foldable=True) == torch.float32
    assert training_dtype("float32", CPU, foldable=True) == torch.float32


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only for glibc's heap")
def test_memory_freed_by_a_step_is_reused_by_the_next() -> None:
    program = """
import resource, torch
from lenet.training.device import prepare_device
prepare_device("cpu", threads=1)
def step():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    maps = [torch.ones(1_000_000) for _ in range(5)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(*(step() for _ in range(6)))
"""
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    pages = [int(count) for count in output.split()]
    assert pages[0] > 1000  # requested from the system
    assert pages[-1] < 100
