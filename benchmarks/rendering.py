"""What synthetic pictures are painted with: pens, paper, light, lenses and cameras.

A plane is `(H, W)`, a colour picture `(H, W, 3)`; both are float32 in [0, 1] unless a function says
otherwise. Random choices come from a NumPy generator, so a seed always makes the same picture.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Plane = NDArray[np.float32]
Colours = NDArray[np.float32]
Points = NDArray[np.float64]
Shape = tuple[int, int]
Random = np.random.Generator


# ------------------------------------------------------------------ pens


def pen_path(stroke: Points, step: float) -> Points:
    """Points along `stroke` that are at most `step` apart, `(N, 2)`."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(1, math.ceil(float(along[-1]) / step)) + 1
    at = np.linspace(0, float(along[-1]), count)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], 1)


def draw_pen(
    strokes: Sequence[Points],
    width: float,
    shape: Shape,
    random: Random,
    wobble: float = 0.0,
    nib: float | None = None,
) -> Plane:
    """Coverage of a pen that is `width` pixels wide; strokes are [x, y] in pixels.

    The width varies by the share `wobble` along a stroke. A broad nib at the angle `nib` is a
    quarter as thick as it is wide.
    """
    height, across = shape
    fine = 4 if max(shape) < 200 else 3 if max(shape) < 500 else 2
    image = Image.new("L", (across * fine, height * fine))
    pencil = ImageDraw.Draw(image)
    for stroke in strokes:
        path = pen_path(stroke * fine, max(0.5, width * fine / 8))
        knots = random.uniform(1 - wobble, 1 + wobble, max(2, len(path) // 40 + 2))
        factors = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(knots)), knots)
        for (x, y), factor in zip(path, factors, strict=True):
            radius = max(width * fine * factor / 2, 0.5)
            if nib is None:
                pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
            else:
                pencil.polygon(_nib(x, y, radius, nib), fill=255)
    return _plane(image.resize((across, height), Image.Resampling.BOX))


def _nib(x: float, y: float, radius: float, angle: float) -> list[tuple[float, float]]:
    """The corners of a broad nib."""
    along = radius * np.array([math.cos(angle), math.sin(angle)])
    thick = np.maximum(radius / 4, 0.5) * np.array([-math.sin(angle), math.cos(angle)])
    offsets = (along + thick, along - thick, -along - thick, thick - along)
    return [(x + float(dx), y + float(dy)) for dx, dy in offsets]


def _plane(image: Image.Image) -> Plane:
    """A grey picture's levels as shares of white."""
    return np.asarray(image, np.float32) / np.float32(255)


# ------------------------------------------------------------------ paper


def texture(shape: Shape, random: Random, grain: float, stretch: float = 1.0) -> Plane:
    """Noise of mean 0 and deviation 1 with blotches of `grain` pixels, `stretch` times as wide."""
    rows, columns = max(2, int(shape[0] / grain) + 2), max(2, int(shape[1] / grain / stretch) + 2)
    coarse = torch.from_numpy(random.normal(size=(1, 1, rows, columns)).astype(np.float32))
    noise = F.interpolate(coarse, shape, mode="bicubic", align_corners=False)[0, 0].numpy()
    return (noise - noise.mean()) / (noise.std() + 1e-6)


def _coordinates(shape: Shape) -> tuple[Plane, Plane]:
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    return y, x


def parallel_lines(
    shape: Shape, pitch: float, width: float, angle: float, phase: float, dotted: bool = False
) -> Plane:
    """Coverage of lines `pitch` pixels apart; `angle` 0 is horizontal."""
    y, x = _coordinates(shape)
    across = math.cos(angle) * y - math.sin(angle) * x + phase
    distance = np.abs((across + pitch / 2) % pitch - pitch / 2)
    if dotted:
        along = math.sin(angle) * y + math.cos(angle) * x + phase
        distance = np.hypot(distance, (along + pitch / 2) % pitch - pitch / 2)
    return np.clip(width / 2 + 0.5 - distance, 0, min(1, width)).astype(np.float32)


def single_line(shape: Shape, offset: float, width: float, angle: float) -> Plane:
    """Coverage of one vertical line `offset` pixels from the left, turned by `angle`."""
    y, x = _coordinates(shape)
    distance = np.abs(math.cos(angle) * (x - offset) + math.sin(angle) * (y - shape[0] / 2))
    return np.clip(width / 2 + 0.5 - distance, 0, min(1, width)).astype(np.float32)


def crease(shape: Shape, random: Random) -> Plane:
    """Light on folded paper, around 1: each side of a fold is lit differently, the fold is dark."""
    y, x = _coordinates(shape)
    angle = random.uniform(0, math.pi)
    side = (x - shape[1] * random.uniform(0.2, 0.8)) * math.cos(angle)
    side = side + (y - shape[0] * random.uniform(0.2, 0.8)) * math.sin(angle)
    softness = max(shape) * random.uniform(0.003, 0.02)
    step = np.tanh(side / softness) * random.uniform(0.01, 0.06)
    fold = np.exp(-((side / softness) ** 2)) * random.uniform(-0.12, 0.08)
    return (1 + step + fold).astype(np.float32)


def wood(shape: Shape, random: Random, colour: NDArray[np.float64]) -> Colours:
    """A table top of boards with grain."""
    y = _coordinates(shape)[0]
    grain = texture(shape, random, max(1.0, max(shape) / 150), stretch=12)
    boards = np.floor(y / (shape[0] * random.uniform(0.3, 0.9))) % 2
    shade = 1 + 0.06 * grain + 0.08 * boards
    return (shade[..., None] * colour).astype(np.float32)


# ------------------------------------------------------------------ light


def falling_light(shape: Shape, random: Random, depth: float) -> Plane:
    """Light that falls from 1 to 1 − `depth` across the picture or towards its edges."""
    y, x = _coordinates(shape)
    angle = random.uniform(0, 2 * math.pi)
    t = math.cos(angle) * x / shape[1] + math.sin(angle) * y / shape[0]
    if random.random() < 0.3:
        centre = random.uniform(0.3, 0.7, 2)
        t = np.hypot(x / shape[1] - centre[0], y / shape[0] - centre[1]) ** 2
    t = (t - t.min()) / max(float(np.ptp(t)), 1e-6)
    return 1 - depth * t


def vignette(shape: Shape, depth: float) -> Plane:
    """A lens that loses `depth` of the light in the corners."""
    y, x = _coordinates(shape)
    radius = np.hypot(x / shape[1] - 0.5, y / shape[0] - 0.5) / math.hypot(0.5, 0.5)
    return (1 - depth * radius**2).astype(np.float32)


def shadow(shape: Shape, random: Random, depth: float, soft: float) -> Plane:
    """A shadow that takes `depth` of the light; its edge is `soft` of the longer side wide.

    It is a half plane, the round shadow of a head or a hand, or that of a phone with its arm.
    """
    y, x = _coordinates(shape)
    height, width = shape
    angle = random.uniform(0, 2 * math.pi)
    x, y = x - width * random.uniform(0.3, 0.7), y - height * random.uniform(0.3, 0.7)
    turned = math.cos(angle) * x + math.sin(angle) * y, math.cos(angle) * y - math.sin(angle) * x
    form = random.choice(["half plane", "round", "phone"])
    if form == "half plane":
        distance = turned[0]
    elif form == "round":
        centre = max(shape) * random.uniform(0.4, 0.7)
        distance = np.hypot(turned[0] - centre, turned[1]) - centre
    else:
        half = min(shape) * random.uniform(0.15, 0.3)
        distance = np.maximum(np.abs(turned[1]) - half, turned[0] - min(shape) * 0.2)
    edge = np.clip(distance / max(soft * max(shape) / 4, 0.3), -30, 30)
    return (1 - depth / (1 + np.exp(edge))).astype(np.float32)


def glare(shape: Shape, random: Random, strength: float) -> Plane:
    """Light of a lamp reflected by a glossy surface, to be added."""
    y, x = _coordinates(shape)
    centre = random.uniform(0, 1, 2) * shape
    radius = np.hypot(y - centre[0], x - centre[1]) / (max(shape) * random.uniform(0.08, 0.25))
    return (strength * np.exp(-(radius**2))).astype(np.float32)


# ------------------------------------------------------------------ lenses and cameras


def pixel_grid(shape: Shape, random: Random, depth: float) -> Plane:
    """The lines between a screen's pixels as a camera sees them, around 1: moiré."""
    y, x = _coordinates(shape)
    grid = np.ones(shape, np.float32)
    for axis in (y + random.normal(0, 0.05) * x, x + random.normal(0, 0.05) * y):
        # Pixels of the camera that are nearly as large as the screen's see slow waves.
        pitch = random.uniform(2.02, 2.6)
        grid *= 1 - depth * (1 + np.cos(2 * np.pi * axis / pitch)).astype(np.float32) / 2
        grid *= 1 - depth * np.cos(2 * np.pi * axis / (pitch * random.uniform(4, 30)))
    return grid.astype(np.float32)


def _tensor(colours: Colours) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(colours, np.float32)).permute(2, 0, 1)[None]


def _array(tensor: torch.Tensor) -> Colours:
    return tensor[0].permute(1, 2, 0).contiguous().numpy()


def blur(colours: Colours, sigma: float) -> Colours:
    """Gaussian blur of `sigma` pixels."""
    if sigma < 0.2:
        return colours
    radius = math.ceil(3 * sigma)
    offsets = torch.arange(-radius, radius + 1, dtype=torch.float32)
    kernel = torch.exp(-(offsets**2) / (2 * sigma**2))
    return _convolve(colours, kernel / kernel.sum())


def _convolve(colours: Colours, kernel: torch.Tensor) -> Colours:
    """`colours` convolved with `kernel` `(n,)` along both axes, edges repeated."""
    planes = _tensor(colours).permute(1, 0, 2, 3)
    n = len(kernel) // 2
    planes = F.conv2d(F.pad(planes, (n, n, 0, 0), mode="replicate"), kernel[None, None, None])
    planes = F.conv2d(F.pad(planes, (0, 0, n, n), mode="replicate"), kernel[None, None, :, None])
    return _array(planes.permute(1, 0, 2, 3))


def shake(colours: Colours, random: Random, length: float) -> Colours:
    """The blur of a camera that moves by `length` pixels along a straight line."""
    size = 2 * math.ceil(length / 2) + 1
    image = Image.new("L", (8 * size, 8 * size))
    angle = random.uniform(0, math.pi)
    dx, dy = 4 * length * math.cos(angle), 4 * length * math.sin(angle)
    ends = [(4 * size - dx, 4 * size - dy), (4 * size + dx, 4 * size + dy)]
    ImageDraw.Draw(image).line(ends, fill=255, width=8)
    kernel = torch.from_numpy(_plane(image.resize((size, size), Image.Resampling.BOX)))
    planes = F.pad(_tensor(colours).permute(1, 0, 2, 3), (size // 2,) * 4, mode="replicate")
    moved = F.conv2d(planes, (kernel / kernel.sum())[None, None])
    return _array(moved.permute(1, 0, 2, 3))


def sensor_noise(colours: Colours, random: Random, deviation: float, grey: bool) -> Colours:
    """Noise of `deviation` at white that dark pixels have less of, as a camera's."""
    channels = 1 if grey else 3
    noise = random.normal(0, deviation, (*colours.shape[:2], channels)).astype(np.float32)
    return colours + noise * np.sqrt(0.3 + 0.7 * np.clip(colours, 0, 1))


def warp(picture: Colours, corners: Points, shape: Shape) -> tuple[Colours, Plane]:
    """`picture` with its corners at `corners` of a picture of `shape`, and where it is.

    `corners` `(4, 2)` are [x, y] of the upper left, upper right, lower right and lower left.
    """
    height, width = picture.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    matrix = homography(corners, source)
    y, x = _coordinates(shape)
    target = np.stack([x + 0.5, y + 0.5, np.ones(shape, np.float32)], 2) @ matrix.T
    position = target[..., :2] / target[..., 2:]
    inside = np.all((position > 0) & (position < (width, height)), axis=2)
    grid = torch.from_numpy((2 * position / (width, height) - 1).astype(np.float32))[None]
    warped = F.grid_sample(_tensor(picture), grid, "bilinear", "border", align_corners=False)
    return _array(warped), inside.astype(np.float32)


def homography(source: Points, target: Points) -> NDArray[np.float64]:
    """The matrix `(3, 3)` that takes the four points of `source` to those of `target`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(values)), 1).reshape(3, 3)


def resized(colours: Colours, longer: int) -> Colours:
    """`colours` with `longer` pixels along the longer side."""
    height, width = colours.shape[:2]
    scale = longer / max(height, width)
    return _interpolate(colours, (max(1, round(height * scale)), max(1, round(width * scale))))


def _interpolate(colours: Colours, shape: Shape) -> Colours:
    way = "area" if shape[0] < colours.shape[0] else "bicubic"
    return _array(F.interpolate(_tensor(colours), shape, mode=way))


def scanned(colours: Colours, random: Random) -> Colours:
    """What a scanning app makes of a photograph: black and white by a local threshold."""
    grey = colours.mean(2, keepdims=True)
    around = _interpolate(blur(resized(grey, 64), 6), grey.shape[:2])
    limit = around * random.uniform(0.8, 0.9)
    soft = random.uniform(0.01, 0.08)
    white = 1 / (1 + np.exp(np.clip((limit - grey) / soft, -30, 30)))
    return np.repeat(white, 3, 2).astype(np.float32)
