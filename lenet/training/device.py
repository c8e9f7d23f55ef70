"""The device to train on, its threads and memory, and its fastest precision."""

import ctypes
import platform

import torch

from lenet.errors import SketchpadError


def pick_device(name: str = "auto") -> torch.device:
    """The device of that name; `auto` takes CUDA, then Apple's MPS, then the CPU.

    Raises:
        SketchpadError: the name is unknown or this machine has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise SketchpadError(
            f"--device {name} is not available here. Choose auto, cpu, cuda or mps."
        ) from error
    return device


def prepare_device(name: str = "auto", threads: int = 0) -> torch.device:
    """The device to train on, with threads, memory and determinism configured.

    If `threads` is 0, PyTorch chooses their number.

    Raises:
        SketchpadError: there is no such device.
    """
    device = pick_device(name)
    if threads:
        torch.set_num_threads(threads)
    torch.backends.cudnn.deterministic = True
    _keep_freed_memory()
    return device


def training_dtype(precision: str, device: torch.device, foldable: bool) -> torch.dtype:
    """The data type of the folded convolutions; weights and everything else are float32.

    `foldable` says whether the network has layers that can be folded.

    Raises:
        SketchpadError: `precision` is bfloat16, but no layer can be folded.
    """
    if precision == "bfloat16" and not foldable:
        raise SketchpadError(
            "--precision bfloat16 needs a network whose first layers can be folded, but this one "
            "has none. Omit the option or choose a different --preset."
        )
    # Without matrix units for it, bfloat16 is slower than float32. PyTorch 2.8 can't detect them.
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    fast = device.type == "cpu" and foldable and capabilities.get("amx_bf16", False)
    if precision == "bfloat16" or (precision == "auto" and fast):
        return torch.bfloat16
    return torch.float32


def _keep_freed_memory() -> None:
    """Make the C library keep the memory that a step frees, for the next step.

    Otherwise glibc returns the free end of its heap to the system and requests it again, page by
    zeroed page, which can make a step 50 % slower. See mallopt(3).
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mmap_threshold, trim_threshold = -3, -1
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, 32 << 20)  # the maximum
    libc.mallopt(trim_threshold, 2**31 - 1)
