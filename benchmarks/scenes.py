"""Scenes of handwritten digits: paper, what lies around it, light and camera.

`render(scene, digits, random)` makes the picture of a `Scene`. Lengths are shares of the picture's
shorter side unless a field says otherwise.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from benchmarks import rendering
from benchmarks.rendering import Colours, Plane, Points, Random, Shape

Colour = tuple[float, float, float]

INKS: dict[str, Colour] = {
    "black": (0.07, 0.07, 0.08),
    "blue": (0.13, 0.2, 0.55),
    "red": (0.75, 0.12, 0.15),
    "green": (0.1, 0.45, 0.2),
    "grey": (0.38, 0.38, 0.4),
    "orange": (0.95, 0.5, 0.1),
    "light green": (0.6, 0.85, 0.6),
    "sky": (0.35, 0.65, 0.95),
    "violet": (0.45, 0.2, 0.6),
    "pink": (0.95, 0.45, 0.7),
}
DARK = ("black", "blue", "red", "green")
SKIN: tuple[Colour, ...] = ((0.85, 0.65, 0.55), (0.7, 0.5, 0.38), (0.45, 0.3, 0.22))


def choose_ink(random: Random, names: Sequence[str]) -> Colour:
    return INKS[str(random.choice(list(names)))]


@dataclass(frozen=True)
class Rules:
    """Printed lines on paper."""

    pitch: float
    width: float
    angle: float
    dark: float
    """how much of the paper's light the lines take"""
    colour: Colour
    form: str = "lined"
    """lined, squared or dotted"""
    margin: bool = False


@dataclass(frozen=True)
class Scene:
    """How a picture is made."""

    side: int = 500
    """shorter side in pixels while drawing"""
    ratio: float = 1.0
    """width / height"""
    final: int = 0
    """longer side of the finished picture in pixels; 0 leaves it as drawn"""

    digits: int = 1
    size: float = 0.6
    """the longer side of a digit"""
    pen: float = 0.06
    """stroke width as a share of the longer side of the digit"""
    wander: float = 0.7
    """how far from the middle the digit may be, as a share of the free room"""
    wobble: float = 0.15
    nib: float | None = None
    grain: float = 0.0
    """how much of the ink the paper's grain takes"""
    skips: float = 0.0
    """how often a ball skips"""
    ink: Colour = INKS["black"]
    strength: float = 1.0
    second: Colour | None = None

    paper: Colour = (1.0, 1.0, 1.0)
    texture: float = 0.0
    creases: int = 0
    rules: Rules | None = None
    holes: bool = False
    """punched along the left edge, as in a spiral notebook"""
    fibres: float = 0.0
    """how much darker or lighter than the paper its fibres are"""
    words: float = 0.0
    """width of the bands at the top and bottom of the paper in which words are printed"""
    box: float = 0.0
    """side of a printed box in the middle, between others"""
    through: float = 0.0
    """how dark the writing on the other side of the paper shows through"""

    frame: tuple[float, float, float] | None = None
    """width, distance from the edge, level"""
    tile: str = ""
    """"light" on a dark page, "dark" on a light page"""
    border: float = 0.0
    """width of the dark bands that a scanner leaves along some edges"""
    desk: str = ""
    """what the sheet lies on: "wood", "plain", "white", "cluttered"; "" without one"""
    cut: bool = False
    """the picture's edges cut the sheet"""
    tilt: float = 0.0
    """perspective: how far the corners move"""
    objects: tuple[str, ...] = ()
    """"finger" and "pen" come in from the edge"""

    light: float = 0.0
    vignette: float = 0.0
    cast: float = 0.0
    shadow: float = 0.0
    soft: float = 0.2
    glare: float = 0.0
    exposure: float = 1.0

    blur: float = 0.0
    shake: float = 0.0
    grid: float = 0.0
    """how much darker the lines between the pixels of a photographed screen are"""
    noise: float = 0.0
    grey: bool = False
    jpeg: int | None = None
    output: str = "photograph"
    """photograph, negative, transparent, scan or levels (0 to 16)"""


def render(scene: Scene, digits: Sequence[list[Points]], random: Random) -> Image.Image:
    """The picture of `scene` with the first `scene.digits` of `digits`."""
    height, width = _shape(scene)
    colours, alpha = paint_sheet(scene, digits, (height, width), random)
    if scene.output == "transparent":
        return _finish_transparent(scene, alpha)
    colours = arrange(scene, colours, random)
    colours = illuminate(scene, colours, random)
    return photograph(scene, colours, random)


def _shape(scene: Scene) -> Shape:
    ratio = scene.ratio * max(1.0, 0.75 * scene.digits)
    if ratio >= 1:
        return scene.side, round(scene.side * ratio)
    return round(scene.side / ratio), scene.side


def place(
    strokes: Sequence[Points], size: float, room: Shape, wander: float, random: Random
) -> list[Points]:
    """`strokes` in pixels, slightly turned and slanted, within `room` (height, width)."""
    points = np.concatenate(strokes)
    turn, slant = random.normal(0, 0.08), random.normal(0, 0.08)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = matrix @ np.array([[1, slant], [0, 1]])
    turned = [(s - points.mean(0)) @ matrix.T for s in strokes]
    points = np.concatenate(turned)
    low, high = points.min(0), points.max(0)
    scale = size / max(float((high - low).max()), 1e-6)
    free = np.maximum(np.array(room[::-1]) - (high - low) * scale, 0)
    corner = free * (0.5 + wander * random.uniform(-0.5, 0.5, 2))
    return [(s - low) * scale + corner for s in turned]


def paint_sheet(
    scene: Scene, digits: Sequence[list[Points]], shape: Shape, random: Random
) -> tuple[Colours, Plane]:
    """The sheet `(H, W, 3)`, evenly lit, and where its ink is `(H, W)`.

    It shows the first of `digits`; the last are on the other side.
    """
    height, width = shape
    short = min(shape)
    size = scene.size * short
    pen = max(scene.pen * size, 1.0)
    margin = pen / 2 + 1
    paper = paint_paper(scene, shape, random)
    if scene.through:
        paper = _show_through(paper, digits[-2:], scene.through, random)
    cover = np.zeros(shape, np.float32)
    ink = np.broadcast_to(np.asarray(scene.ink, np.float32), (*shape, 3)).copy()
    slot = width / max(scene.digits, 1)
    for n, strokes in enumerate(digits[: scene.digits]):
        room = (round(height - 2 * margin), round(slot - 2 * margin))
        size_here = min(size, max(room)) - 2 * margin * (size > min(room))
        placed = place(strokes, size_here, room, scene.wander, random)
        placed = [s + margin + (n * slot, 0) for s in placed]
        drawn = rendering.draw_pen(placed, pen, shape, random, scene.wobble, scene.nib)
        cover = np.maximum(cover, drawn)
        if scene.second is not None:
            _change_ink(ink, placed, scene.second, random)
    if scene.grain:
        grain = rendering.texture(shape, random, max(1.0, pen * 0.25))
        cover = cover * np.clip(1 - scene.grain + scene.grain * grain, 0, 1)
    if scene.skips:
        cover = cover * np.clip(rendering.texture(shape, random, pen * 2) + 2.5 - scene.skips, 0, 1)
    alpha = (cover * scene.strength)[..., None]
    return paper * (1 - alpha) + ink * alpha, cover


def _show_through(
    paper: Colours, digits: Sequence[list[Points]], dark: float, random: Random
) -> Colours:
    """The paper with digits on its other side: mirrored, blurred and pale."""
    shape = paper.shape[:2]
    size = 0.3 * min(shape)
    for strokes in digits:
        placed = place(strokes, size, shape, 1.0, random)
        back = rendering.draw_pen(placed, 0.06 * size, shape, random)[:, ::-1, None]
        paper = paper * (1 - dark * rendering.blur(back, 0.01 * size))
    return paper


def _change_ink(ink: Colours, strokes: list[Points], second: Colour, random: Random) -> None:
    """Below or to the right of a point within the digit, the ink is `second`."""
    points = np.concatenate(strokes)
    point = points.min(0) + np.ptp(points, axis=0) * random.uniform(0.35, 0.65, 2)
    y, x = np.mgrid[: ink.shape[0], : ink.shape[1]]
    ink[y > point[1] if random.random() < 0.6 else x > point[0]] = second


def paint_paper(scene: Scene, shape: Shape, random: Random) -> Colours:
    """Paper with its texture, creases, printed lines and margin, evenly lit."""
    short = min(shape)
    paper = np.broadcast_to(np.asarray(scene.paper, np.float32), (*shape, 3)).copy()
    if scene.texture:
        fine = rendering.texture(shape, random, max(1.0, short * 0.004))
        coarse = rendering.texture(shape, random, max(1.0, short * 0.03))
        paper *= (1 + scene.texture * (0.6 * fine + 0.4 * coarse))[..., None]
    for _ in range(scene.creases):
        paper *= rendering.crease(shape, random)[..., None]
    if scene.fibres:
        paper = _with_fibres(paper, scene.fibres, random)
    if scene.words:
        paper = _printed(paper, scene, random)
    if scene.rules:
        paper = _print_rules(paper, scene.rules, random)
    return _punched(paper, random) if scene.holes else paper


def _with_fibres(paper: Colours, depth: float, random: Random) -> Colours:
    """Paper with short fibres, some darker and some lighter than itself."""
    shape, short = paper.shape[:2], min(paper.shape[:2])
    shade = np.ones(shape, np.float32)
    for sign in (-1, 1):
        starts = random.uniform(0, 1, (60, 2)) * shape[::-1]
        turns = random.normal(0, 0.015 * short, (60, 2))
        fibres = [
            np.stack([start, start + turn]) for start, turn in zip(starts, turns, strict=True)
        ]
        shade += sign * depth * rendering.draw_pen(fibres, max(1.0, 0.003 * short), shape, random)
    return paper * shade[..., None]


def _printed(paper: Colours, scene: Scene, random: Random) -> Colours:
    """Paper with lines of words at its top and bottom, and a row of boxes across its middle."""
    shape, short = paper.shape[:2], min(paper.shape[:2])
    lines = _box_outlines(shape, scene.box * short) if scene.box else []
    word = max(scene.words * short / random.uniform(3, 6), 4.0)
    words = []
    for top in np.arange(0, scene.words * short, 1.6 * word):
        for middle in (top + word, shape[0] - top - word):
            words += _letters(middle, word, shape[1], random)
    thin, thick = (max(1.0, share * short) for share in (0.004, 0.12 * word / short))
    print_ = rendering.draw_pen(lines, thin, shape, random)
    print_ = np.maximum(print_, rendering.draw_pen(words, thick, shape, random))
    return paper * (1 - random.uniform(0.4, 0.9) * print_[..., None])


def _box_outlines(shape: Shape, side: float) -> list[Points]:
    """Squares next to each other, one in the middle."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * side / 2
    middle = np.array(shape[::-1]) / 2
    return [corners + middle + (n * 1.15 * side, 0) for n in (-1, 0, 1)]


def _letters(middle: float, height: float, width: int, random: Random) -> list[Points]:
    """A line of strokes like letters, with gaps between words."""
    letters, x = [], height
    while x < width - height:
        if random.random() < 0.8:
            corners = random.uniform(-0.4, 0.4, (4, 2)) * height
            letters.append(corners * (0.8, 1) + (x, middle))
        x += 0.8 * height
    return letters


def _punched(paper: Colours, random: Random) -> Colours:
    """Paper with a column of holes along its left edge, through which something dark shows."""
    short = min(paper.shape[:2])
    pitch, radius = short * random.uniform(0.05, 0.1), short * random.uniform(0.008, 0.015)
    y, x = np.mgrid[: paper.shape[0], : paper.shape[1]].astype(np.float32)
    down = (y + random.uniform(0, pitch)) % pitch - pitch / 2
    distance = np.hypot(down, x - short * random.uniform(0.03, 0.06))
    holes = np.clip(radius - distance, 0, 1)[..., None]
    return paper * (1 - holes * random.uniform(0.4, 0.9))


def _print_rules(paper: Colours, rules: Rules, random: Random) -> Colours:
    shape, short = paper.shape[:2], min(paper.shape[:2])
    pitch, width = rules.pitch * short, max(rules.width * short, 0.8)
    dotted = rules.form == "dotted"
    phases = random.uniform(0, pitch, 2)
    lines = rendering.parallel_lines(shape, pitch, width, rules.angle, phases[0], dotted)
    if rules.form == "squared":
        turned = rendering.parallel_lines(shape, pitch, width, rules.angle + math.pi / 2, phases[1])
        lines = np.maximum(lines, turned)
    colour = np.asarray(rules.colour, np.float32)
    paper = paper * (1 - rules.dark * lines[..., None] * colour)
    if rules.margin:
        offset = shape[1] * random.uniform(0.05, 0.15)
        line = rendering.single_line(shape, offset, width, rules.angle)
        paper = paper * (1 - line[..., None] * np.array([0.1, 0.5, 0.5], np.float32))
    return paper


def arrange(scene: Scene, sheet: Colours, random: Random) -> Colours:
    """The sheet with its frame, on its tile or desk, and with what comes in from the edge."""
    if scene.frame:
        sheet = _draw_frame(sheet, scene.frame)
    if scene.tile:
        sheet = _lay_tile(sheet, scene.tile, random)
    if scene.border:
        sheet = _with_bands(sheet, scene.border, random)
    if scene.desk:
        sheet = _lay_on_desk(sheet, scene, random)
    elif scene.tilt:
        sheet = _tilted(sheet, scene.tilt, random)
    for thing in scene.objects:
        sheet = _lay_object(sheet, thing, random)
    return sheet


def _draw_frame(sheet: Colours, frame: tuple[float, float, float]) -> Colours:
    height, width = sheet.shape[:2]
    short = min(height, width)
    thick, away = max(1, round(frame[0] * short)), round(frame[1] * short)
    inner = away + thick
    framed = sheet.copy()
    framed[away : height - away, away : width - away] = frame[2]
    framed[inner : height - inner, inner : width - inner] = sheet[
        inner : height - inner, inner : width - inner
    ]
    return framed


def _lay_tile(sheet: Colours, tile: str, random: Random) -> Colours:
    """The sheet as a tile on a page of the opposite lightness."""
    short = min(sheet.shape[:2])
    top, bottom, left, right = (round(m * short) for m in random.uniform(0.08, 0.25, 4))
    level = random.uniform(0, 0.2)
    shape = sheet.shape[0] + top + bottom, sheet.shape[1] + left + right, 3
    page = np.full(shape, level, np.float32)
    page[top : top + sheet.shape[0], left : left + sheet.shape[1]] = sheet
    return page if tile == "light" else 1 - page


def _with_bands(sheet: Colours, widest: float, random: Random) -> Colours:
    """The sheet with dark, slightly slanting bands along one to four edges."""
    y, x = np.mgrid[: sheet.shape[0], : sheet.shape[1]].astype(np.float32)
    distances = [x, sheet.shape[1] - x, y, sheet.shape[0] - y]
    level, short = random.uniform(0.02, 0.3), min(sheet.shape[:2])
    for edge in random.choice(4, int(random.integers(1, 5)), replace=False):
        along = (y if edge < 2 else x) / short
        limit = short * random.uniform(0.3, 1) * widest * (1 + random.uniform(-0.5, 0.5) * along)
        band = np.clip(limit - distances[edge], 0, 1)[..., None]
        sheet = sheet * (1 - band) + level * band
    return sheet


def _corners(shape: Shape, jitter: float, random: Random) -> Points:
    """The corners of a picture, each moved by up to `jitter` of the shorter side."""
    height, width = shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    return corners + random.uniform(-jitter, jitter, (4, 2)) * min(shape)


def _turned(corners: Points, angle: float) -> Points:
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return (corners - corners.mean(0)) @ matrix.T + corners.mean(0)


def _tilted(sheet: Colours, tilt: float, random: Random) -> Colours:
    """A sheet seen at an angle that fills the picture."""
    shape = sheet.shape[:2]
    moved = _corners(shape, tilt, random)
    outwards = (moved - moved.mean(0)) * (1 + tilt) + moved.mean(0)
    return rendering.warp(sheet, outwards, shape)[0]


def _lay_on_desk(sheet: Colours, scene: Scene, random: Random) -> Colours:
    """The sheet, turned and seen at an angle, on a desk; its edges may lie outside the picture."""
    height, width = sheet.shape[:2]
    short = min(height, width)
    around = random.uniform(0.03, 0.3, 4) * short
    if scene.cut:
        around[random.choice(4, int(random.integers(1, 4)), replace=False)] *= -0.5
    top, bottom, left, right = around
    shape = round(height + top + bottom), round(width + left + right)
    corners = _turned(_corners((height, width), scene.tilt / 2, random), random.normal(0, 0.05))
    corners += np.array([left, top])
    warped, inside = rendering.warp(sheet, corners, shape)
    on = inside[..., None]
    near = rendering.blur(on, short * random.uniform(0.004, 0.02))
    shade = 1 - np.float32(random.uniform(0.1, 0.5)) * near
    around = _desk(scene.desk, shape, random) * shade
    return (warped * on + around * (1 - on)).astype(np.float32)


def _desk(form: str, shape: Shape, random: Random) -> Colours:
    if form == "wood":
        brown = np.array([0.5, 0.36, 0.24]) * random.uniform(0.5, 1.5)
        return rendering.wood(shape, random, brown)
    if form == "cluttered":
        return _clutter(shape, random)
    level = random.uniform(0.7, 0.95) if form == "white" else random.uniform(0.05, 0.5)
    colour = np.clip(level + random.normal(0, 0.05, 3), 0.02, 1).astype(np.float32)
    rough = rendering.texture(shape, random, max(1.0, min(shape) * 0.01))
    return (1 + random.uniform(0.01, 0.06) * rough[..., None]) * colour


def _clutter(shape: Shape, random: Random) -> Colours:
    """Things of all colours next to and on top of each other: books, pens, cables."""
    picture = rendering.wood(shape, random, random.uniform(0.1, 0.8, 3))
    short = min(shape)
    for _ in range(int(random.integers(8, 20))):
        ends = random.uniform(0, 1, (2, 2)) * shape[::-1]
        ends[1] = ends[0] + (ends[1] - ends[0]) * random.uniform(0.1, 0.8)
        width = short * float(random.choice([0.01, 0.03, 0.15, 0.3]))
        cover = rendering.draw_pen([ends], width, shape, random)[..., None]
        picture = picture * (1 - cover) + random.uniform(0, 1, 3).astype(np.float32) * cover
    return picture


def _lay_object(sheet: Colours, thing: str, random: Random) -> Colours:
    """A finger or a pen that comes in from an edge of the picture and casts a soft shadow."""
    height, width = sheet.shape[:2]
    short = min(height, width)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = random.uniform(0, 2 * math.pi)
    direction = np.array([math.cos(angle), math.sin(angle)])
    reach = (np.abs(direction) * (width, height)).sum() / 2
    tip = np.array([width, height]) / 2 + direction * reach * random.uniform(0.72, 0.9)
    along = (x - tip[0]) * direction[0] + (y - tip[1]) * direction[1]
    across = (y - tip[1]) * direction[0] - (x - tip[0]) * direction[1]
    widths = (0.05, 0.09) if thing == "finger" else (0.01, 0.025)
    half = short * random.uniform(*widths)
    distance = np.hypot(np.minimum(along - half, 0), across) - half
    cover = np.clip(0.5 - distance / 2, 0, 1)[..., None]
    shade = 1 - 0.3 / (1 + np.exp(np.clip(distance / (0.02 * short), -30, 30)))[..., None]
    if thing == "finger":
        colour = np.asarray(SKIN[int(random.integers(len(SKIN)))], np.float32)
    else:
        colour = np.asarray(choose_ink(random, ["black", "blue", "red", "grey"]), np.float32)
    round_side = 1 - 0.35 * np.clip(np.abs(across) / half, 0, 1) ** 2
    return sheet * shade * (1 - cover) + colour * round_side[..., None].astype(np.float32) * cover


def illuminate(scene: Scene, colours: Colours, random: Random) -> Colours:
    """The arrangement under the light of the scene."""
    shape = colours.shape[:2]
    light = np.full(shape, scene.exposure, np.float32)
    if scene.light:
        light = light * rendering.falling_light(shape, random, scene.light)
    if scene.vignette:
        light = light * rendering.vignette(shape, scene.vignette)
    if scene.shadow:
        light = light * rendering.shadow(shape, random, scene.shadow, scene.soft)
    lit = colours * light[..., None]
    if scene.cast:
        lit = lit * (1 + random.uniform(-scene.cast, scene.cast, 3)).astype(np.float32)
    if scene.glare:
        lit = lit + rendering.glare(shape, random, scene.glare)[..., None]
    return lit


def photograph(scene: Scene, colours: Colours, random: Random) -> Image.Image:
    """The picture that a camera, a scanning app or a program saves."""
    side = max(colours.shape[:2])
    colours = rendering.blur(colours, scene.blur * side)
    if scene.shake:
        colours = rendering.shake(colours, random, scene.shake * side)
    if scene.grid:
        colours = colours * rendering.pixel_grid(colours.shape[:2], random, scene.grid)[..., None]
    if scene.final:
        colours = rendering.resized(colours, scene.final)
    if scene.noise:
        colours = rendering.sensor_noise(colours, random, scene.noise, scene.grey)
    if scene.output == "scan":
        colours = rendering.scanned(colours, random)
    elif scene.output in ("negative", "levels"):
        colours = 1 - colours
    colours = np.clip(colours, 0, 1)
    if scene.output == "levels":
        return Image.fromarray((16 * colours.mean(2)).round().astype(np.uint8))
    picture = Image.fromarray((255 * colours).round().astype(np.uint8))
    if scene.grey:
        picture = picture.convert("L")
    return _compressed(picture, scene.jpeg) if scene.jpeg else picture


def _compressed(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


def _finish_transparent(scene: Scene, alpha: Plane) -> Image.Image:
    """The ink on nothing, as a picture with alpha."""
    colour = np.broadcast_to(np.asarray(scene.ink, np.float32), (*alpha.shape, 3))
    channels = np.concatenate([colour, alpha[..., None]], 2)
    return Image.fromarray((255 * channels).round().astype(np.uint8))
