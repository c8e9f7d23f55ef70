"""Distort a batch of images as handwriting varies."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Distortion:
    """How far images may be distorted; each amount is uniform within ± the value."""

    rotation: float = 7.5
    """degrees"""
    scale: float = 0.075
    """share of the size, for each axis separately"""
    shear: float = 0.075
    """horizontal pixels per vertical pixel"""
    shift: float = 1.1
    """pixels"""
    elastic: float = 0.5
    """root mean square of the smooth displacement field, pixels"""
    flip: float = 0.0
    """share of the images that are mirrored"""


NODE_SPACING = 4
"""Pixels between the nodes of the elastic field."""


def distort(
    images: Tensor,
    generator: torch.Generator,
    amount: Distortion = Distortion(),
    part: slice = slice(None),
) -> Tensor:
    """Distort each of the images `(B, 1, H, W)` in [0, 1] differently, with a single resampling.

    Returns the images selected by `part`. Each is distorted in the same way whatever `part` is.

    An affine map and a smooth displacement field after Simard, Steinkraus and Platt, "Best
    practices for convolutional neural networks", ICDAR 2003; cubic interpolation of a random grid
    with 4 pixels between nodes replaces their Gaussian blur of σ = 4.
    The generator is on the CPU, so a seed gives the same result on every device.
    """
    count, _, height, width = images.shape

    def uniform(limit: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * limit

    angle = uniform(math.radians(amount.rotation))
    cos, sin, shear = angle.cos(), angle.sin(), uniform(amount.shear)
    scale_x, scale_y = 1 + uniform(amount.scale), 1 + uniform(amount.scale)
    if amount.flip:
        scale_x = torch.where(torch.rand(count, generator=generator) < amount.flip, -1, 1) * scale_x
    # grid_sample's coordinates run from -1 to 1 across the image.
    shift_x, shift_y = uniform(2 * amount.shift / width), uniform(2 * amount.shift / height)
    rows = (
        (cos * scale_x, (cos * shear - sin) * scale_x, shift_x),
        (sin * scale_y, (sin * shear + cos) * scale_y, shift_y),
    )
    affine = torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
    basis = _basis(height, width, images.device)
    nodes = torch.randn(count, 2, len(basis) - 3, generator=generator)
    # The displacement is a sum of fixed fields: one matrix product for the whole batch.
    coefficients = torch.cat([affine, nodes * (2 * amount.elastic / width)], dim=2)
    coordinates = coefficients[part].to(images.device) @ basis
    grid = coordinates.view(-1, 2, height, width).permute(0, 2, 3, 1)
    return F.grid_sample(images[part], grid, align_corners=False)


@lru_cache
def _basis(height: int, width: int, device: torch.device) -> Tensor:
    """The basis fields of the displacement, `(3 + nodes, height · width)`.

    First x, y and 1 for the affine map, then one cubic bump per node. The bumps are scaled so that
    nodes of variance 1 give a field of mean square 1.
    """
    down, right = height // NODE_SPACING + 1, width // NODE_SPACING + 1
    pictures = torch.eye(down * right).view(-1, 1, down, right)
    bumps = F.interpolate(pictures, (height, width), mode="bicubic", align_corners=True).flatten(1)
    affine = F.affine_grid(torch.eye(2, 3)[None], [1, 1, height, width], align_corners=False)
    x, y = affine.view(-1, 2).T
    bumps = bumps / bumps.square().sum(0).mean().sqrt()
    return torch.cat([torch.stack([x, y, torch.ones_like(x)]), bumps]).to(device)
