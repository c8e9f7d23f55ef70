"""Compute the same network in fewer, wider steps, for training; the model is not aware of it.

LeNet's maps have many pixels and few channels, which leaves a processor's vector units mostly idle.
Folding by a block b turns b × b neighbouring pixels into channels (the inverse of the rearrangement
in Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel
convolutional neural network", CVPR 2016, section 3.2). A convolution of folded maps computes b × b
neighbouring outputs in one step: its kernel contains the original kernel at b × b offsets, and the
four pixels of each pooling patch are four groups of its channels. The pooled output is folded by
b / 2, ready for the next layer.

Folded maps are `(B, H / b, W / b, b · b · C)`. In the last dimension, the row and column within the
block come before the map.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import islice, product, takewhile

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet.network.config import LeNetConfig
from lenet.network.model import LeNet
from lenet.network.parts import ACTIVATIONS, POOLINGS

WIDEST = 16
"""A convolution with more maps than these is wide enough without folding."""


class FoldedLeNet(nn.Module):
    """The logits of `model`, with its first layers computed on folded maps if possible.

    `blocks` lists the block size before each folded layer; it is empty if no layer can be folded.
    """

    def __init__(self, model: LeNet) -> None:
        super().__init__()
        self.model = model
        self.blocks = foldable_blocks(model.config)

    def forward(self, images: Tensor) -> Tensor:
        """Images `(B, 1, 28, 28)` in [0, 1] → logits `(B, labels)`.

        If the images have a lower precision than the weights, the folded layers use it.
        """
        model = self.model
        x = model.normalise(images)
        if self.blocks:
            x = self._folded_layers(x)
        rest = zip(model.convolutions, model.poolings, strict=True)
        for convolution, pooling in islice(rest, len(self.blocks), None):
            x = pooling(model.activation(convolution(x)))
        return model.dense(x.flatten(1))

    def _folded_layers(self, x: Tensor) -> Tensor:
        """The first `len(blocks)` layers: `(B, 1, H, W)` → `(B, maps, h, w)`."""
        config = self.model.config
        first, *later = config.convolutions[: len(self.blocks)]
        x = fold(x, first.padding, self.blocks[0])
        # The folded image already contains the first layer's padding.
        paddings = [0, *(c.padding for c in later)]
        for number, (padding, block) in enumerate(zip(paddings, self.blocks, strict=True)):
            weight, bias = self.model.convolutions[number].parameters()
            x = convolve_and_pool(x, weight, bias, padding, block, self._activate_and_pool)
        return unfolded(x).to(weight.dtype)

    def _activate_and_pool(self, patches: Tensor) -> Tensor:
        """Patches `(B, C, n, 4)` → `(B, C, n, 1)`."""
        config, activation = self.model.config, self.model.activation
        pooling = POOLINGS[config.pooling]
        assert pooling.folded
        if pooling.selects and ACTIVATIONS[config.activation].monotone:
            return activation(pooling.folded(patches))
        return pooling.folded(activation(patches))


def foldable_blocks(config: LeNetConfig) -> list[int]:
    """The block size before each layer of `config`, for as many layers as possible."""
    if POOLINGS[config.pooling].folded is None:
        return []
    foldable = takewhile(
        lambda pair: pair[0].pooled and pair[0].connections is None,
        zip(config.convolutions, config.map_sizes(), strict=True),
    )
    return blocks([(c.channels, c.padding, size.convolved) for c, size in foldable])


def blocks(layers: Sequence[tuple[int, int, int]]) -> list[int]:
    """The block size before each layer, for as many layers as possible.

    `layers` lists the number of maps, the padding and the side of the maps of each pooled
    convolution, starting with the first.
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
    """Pad images `(B, 1, H, W)` on each side and fold them: `(B, H' / b, W' / b, b · b)`."""
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
    activate_and_pool: Callable[[Tensor], Tensor],
) -> Tensor:
    """Convolution, activation and 2 × 2 pooling of maps folded by `block`.

    `folded` is `(B, h, w, b · b · I)`, `weight` `(O, I, k, k)`, `bias` `(O)`; `activate_and_pool`
    receives each patch as a row, `(B, C, n, 4)` → `(B, C, n, 1)`. The result is
    `(B, h', w', (b / 2) · (b / 2) · O)`.
    """
    kernel = _folded_kernel(weight.to(folded.dtype), block)
    biases = bias.to(folded.dtype).expand(block * block, -1).flatten()
    x = F.conv2d(folded.permute(0, 3, 1, 2), kernel, biases, padding=padding // block)
    count, channels, height, width = x.shape
    # The four pixels of each patch, as a row of four.
    x = x.permute(0, 2, 3, 1).view(count, height * width, 4, channels // 4).permute(0, 3, 1, 2)
    return activate_and_pool(x).permute(0, 2, 3, 1).reshape(count, height, width, -1)


def unfolded(folded: Tensor) -> Tensor:
    """Maps folded by 1, in PyTorch's order `(B, C, H, W)`."""
    x = folded.permute(0, 3, 1, 2)
    if x.requires_grad:
        # The gradient arrives in the same order, which would slow down the pooling's backward pass.
        x.register_hook(lambda grad: grad.contiguous(memory_format=torch.channels_last))
    return x


def _folded_kernel(weight: Tensor, block: int) -> Tensor:
    """`(O, I, k, k)` → `(b · b · O, b · b · I, n, n)`, outputs by their position in the patch."""
    outputs, inputs, side, _ = weight.shape
    positions = _tap_positions(side, block, weight.dtype, weight.device)
    kernel = (weight.reshape(outputs * inputs, -1) @ positions).view(
        outputs, inputs, block * block, -1
    )
    size = _blocks_across(side, block)
    kernel = kernel.permute(2, 0, 3, 1).reshape(block * block * outputs, size, size, -1)
    return kernel.permute(0, 3, 1, 2)


def _blocks_across(side: int, block: int) -> int:
    """Side, in blocks, of the window that the outputs of one block depend on."""
    return -(-(side + block - 1) // block)


@lru_cache
@torch.inference_mode(
    mode=False
)  # the first call may run without gradients, and the result is cached
def _tap_positions(side: int, block: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """1 at the position of each kernel tap, else 0: `(k · k, b · b · n · n · b · b)`."""
    size, half = _blocks_across(side, block), block // 2
    # The same along rows and columns: the position of each tap for each pixel of each patch.
    line = torch.zeros(side, 2, half, size * block)
    for tap, pixel, patch in product(range(side), range(2), range(half)):
        line[tap, pixel, patch, 2 * patch + pixel + tap] = 1
    line = line.view(side, 2, half, size, block)
    positions = torch.einsum("ypabc,xqdef->yxpqadbecf", line, line)
    return positions.reshape(side * side, -1).to(device, dtype)
