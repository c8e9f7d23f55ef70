"""The ten digits as pen strokes in pad coordinates from 0 to 1, drawn for these tests."""

import math
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from lenet.datasets.augmentation import distort
from lenet.datasets.datasets import Dataset, Split
from lenet.drawing.ink import ink_from_strokes, ink_on_pad
from lenet.drawing.preprocessing import network_input

Points = list[tuple[float, float]]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Points:
    """An elliptical arc, in degrees clockwise from the right, with a point every 6 degrees."""
    count = max(2, round(abs(end - start) / 6))
    angles = [math.radians(start + (end - start) * i / count) for i in range(count + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def line(*corners: tuple[float, float]) -> Points:
    """Straight lines through the corners, twelve points per segment."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        points += [(x0 + (x1 - x0) * i / 12, y0 + (y1 - y0) * i / 12) for i in range(1, 13)]
    return points


DIGITS: dict[str, list[Points]] = {
    "0": [arc(0.5, 0.5, 0.19, 0.3, -90, 275)],
    "1": [line((0.53, 0.2), (0.49, 0.8))],
    "2": [arc(0.48, 0.37, 0.17, 0.16, -170, 40) + line((0.6, 0.48), (0.32, 0.78), (0.7, 0.76))],
    "3": [arc(0.48, 0.34, 0.17, 0.15, -155, 85) + arc(0.48, 0.65, 0.2, 0.17, -85, 150)],
    "4": [line((0.42, 0.2), (0.32, 0.52), (0.7, 0.5)), line((0.62, 0.22), (0.58, 0.82))],
    "5": [line((0.66, 0.2), (0.4, 0.22), (0.37, 0.46)) + arc(0.47, 0.61, 0.18, 0.17, -110, 140)],
    "6": [line((0.6, 0.18), (0.42, 0.4)) + arc(0.49, 0.63, 0.16, 0.16, -160, 190)],
    "7": [line((0.3, 0.24), (0.68, 0.22), (0.46, 0.8))],
    "8": [
        arc(0.5, 0.35, 0.14, 0.14, -60, -270) + arc(0.5, 0.65, 0.17, 0.16, -90, 200)
        + line((0.35, 0.58), (0.58, 0.24))
    ],
    "9": [arc(0.5, 0.36, 0.15, 0.15, -10, -350) + line((0.65, 0.36), (0.62, 0.8))],
}  # fmt: skip


def grey(strokes: list[Points]) -> NDArray[np.uint8]:
    """A picture `(280, 280)` of the strokes, white on black."""
    return (ink_on_pad(strokes, 280, pen=None) * 255).astype(np.uint8)


def synthetic_split(count: int, seed: int) -> Split:
    """`count` digits drawn from the strokes above and distorted."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [network_input(ink_from_strokes(strokes)) for strokes in DIGITS.values()]
    labels = torch.randint(10, (count,), generator=generator)
    images = distort(torch.from_numpy(np.stack(drawn))[labels, None], generator)
    return Split((images.clamp(0, 1) * 255).to(torch.uint8), labels)


def synthetic_dataset(training: int = 1500) -> Dataset:
    """A small data set that a network learns within a few seconds."""
    return Dataset(synthetic_split(training, 1), synthetic_split(200, 2), synthetic_split(200, 3))
