"""Convolution and pooling over folded maps: the same values, in fewer and wider steps.

LeNet's maps are many pixels of few channels, which leaves a processor's wide arithmetic mostly
idle. Folding by a block b puts b × b neighbouring pixels side by side as channels (the inverse of
the rearrangement in Shi et al., "Real-time single image and video super-resolution using an
efficient sub-pixel convolutional neural network", CVPR 2016, section 3.2). A convolution of folded
maps computes b × b neighbouring outputs at once with a kernel that holds the given one at b × b
places, and the four pixels of each pooling patch are four groups of its channels. What leaves the
pooling is folded by b / 2, ready for the next layer.

Folded maps are `(B, H / b, W / b, b · b · C)`, the row and column within the block before the map.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

WIDEST = 16
"""With more maps than these a convolution is wide enough as it is."""


def blocks(layers: Sequence[tuple[int, int, int]]) -> list[int]:
    """The block by which the maps before each layer are folded, for as many layers as can be.

    `layers` holds the number of maps, the padding and the side of the maps of each convolution
    that a 2 × 2 pooling follows, from the first on.
    """
    for count in range(len(layers), 0, -1):
        sizes = [2**i for i in range(count, 0, -1)]
        fits = [
            maps <= WIDEST and side % block == 0 and (number == 0 or padding % block == 0)
            for number, (block, (maps, padding, side)) in enumerate(
                zip(sizes, layers, strict=False)
            )
        ]
        if all(fits):
            return sizes
    return []


def fold(images: Tensor, padding: int, block: int) -> Tensor:
    """Images `(B, 1, H, W)`, with `padding` on each side, folded: `(B, H' / b, W' / b, b · b)`."""
    down, right = (-(side + 2 * padding) % block for side in images.shape[-2:])
    x = F.pad(images, [padding, padding + right, padding, padding + down]).squeeze(1)
    count, height, width = x.shape
    x = x.reshape(count, height // block, block, width // block, block)
    return x.transpose(2, 3).flatten(3)


def convolve_and_pool(
    folded: Tensor,
    weight: Tensor,
    bias: Tensor,
    padding: int,
    block: int,
    activation: Callable[[Tensor], Tensor],
    pooling: str,
) -> Tensor:
    """Convolution, activation and 2 × 2 pooling of maps that are folded by `block`.

    `folded` is `(B, h, w, b · b · I)`, `weight` `(O, I, k, k)`, `bias` `(O)`, `pooling` "max" or
    "average"; the result is `(B, h', w', (b / 2) · (b / 2) · O)`. For "max" the activation must
    never fall: it then comes after the maximum, where it has less to do.
    """
    kernel = _folded_kernel(weight.to(folded.dtype), block)
    biases = bias.to(folded.dtype).expand(block * block, -1).flatten()
    x = F.conv2d(folded.permute(0, 3, 1, 2), kernel, biases, padding=padding // block)
    count, channels, height, width = x.shape
    # The four pixels of each patch, as a row of four.
    x = x.permute(0, 2, 3, 1).view(count, height * width, 4, channels // 4).permute(0, 3, 1, 2)
    if pooling == "max":
        x = activation(F.max_pool2d(x, (1, 4)))
    else:
        x = F.avg_pool2d(activation(x), (1, 4))
    return x.permute(0, 2, 3, 1).reshape(count, height, width, -1)


def unfolded(folded: Tensor) -> Tensor:
    """Maps that are folded by 1, in PyTorch's order `(B, C, H, W)`."""
    x = folded.permute(0, 3, 1, 2)
    if x.requires_grad:
        # What comes back is in that order, too, which slows down the pooling's backward.
        x.register_hook(lambda grad: grad.contiguous(memory_format=torch.channels_last))
    return x


def _folded_kernel(weight: Tensor, block: int) -> Tensor:
    """`(O, I, k, k)` → `(b · b · O, b · b · I, n, n)`, outputs by their place in the patch."""
    outputs, inputs, side, _ = weight.shape
    places = _places(side, block, weight.dtype, weight.device)
    kernel = (weight.reshape(outputs * inputs, -1) @ places).view(
        outputs, inputs, block * block, -1
    )
    size = _blocks_across(side, block)
    kernel = kernel.permute(2, 0, 3, 1).reshape(block * block * outputs, size, size, -1)
    return kernel.permute(0, 3, 1, 2)


def _blocks_across(side: int, block: int) -> int:
    """Side, in blocks, of the window that the outputs of one block look at."""
    return -(-(side + block - 1) // block)


@lru_cache
@torch.inference_mode(mode=False)  # what is kept may be first asked for without gradients
def _places(side: int, block: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """1 where a tap of a kernel goes, else 0: `(k · k, b · b · n · n · b · b)`."""
    size, half = _blocks_across(side, block), block // 2
    # Row and column alike: for each tap, pixel of a patch, patch of the block, the tap's place.
    line = torch.zeros(side, 2, half, size * block)
    for tap, pixel, patch in product(range(side), range(2), range(half)):
        line[tap, pixel, patch, 2 * patch + pixel + tap] = 1
    line = line.view(side, 2, half, size, block)
    places = torch.einsum("ypabc,xqdef->yxpqadbecf", line, line)
    return places.reshape(side * side, -1).to(device, dtype)
