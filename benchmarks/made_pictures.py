"""Synthetic pictures of handwritten digits, as people photograph, scan and draw them.

`make(kind, digits, random)` draws a picture of one of `KINDS`, of `SEVERAL` (more than one digit)
or of `BLANK` (paper without a digit). Every kind of photograph has its own trait and, mildly, what
all photographs have: light that falls, a lens that loses light in the corners, a colour cast,
noise, blur, and JPEG.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.rendering import Points, Random
from benchmarks.scenes import DARK, INKS, Colour, Rules, Scene, choose_ink, render

Digit = tuple[int, list[Points]]
"""A label and the strokes."""
Change = dict[str, Any]


def _phone(random: Random) -> Change:
    """What every photograph has, mildly."""
    level = random.uniform(0.68, 0.97)
    ratio = float(random.choice([1.0, 4 / 3, 3 / 4, 16 / 9, 9 / 16]))
    return {
        "side": int(random.integers(240, 520)),
        "ratio": ratio,
        "size": random.uniform(0.35, 0.8),
        "pen": random.uniform(0.03, 0.09),
        "paper": _tinted(random, level, 0.012),
        "strength": random.uniform(0.75, 1),
        "texture": random.uniform(0, 0.01),
        "light": random.uniform(0, 0.2),
        "vignette": random.uniform(0, 0.2),
        "cast": random.uniform(0, 0.08),
        "blur": random.uniform(0, 0.003),
        "noise": random.uniform(0.003, 0.015),
        "grey": random.random() < 0.2,
        "jpeg": int(random.integers(60, 96)),
    }


def _tinted(random: Random, level: float, deviation: float) -> Colour:
    red, green, blue = np.clip(level + random.normal(0, deviation, 3), 0, 1).tolist()
    return red, green, blue


def _ballpoint(random: Random) -> Change:
    return {
        "pen": random.uniform(0.01, 0.03),
        "ink": choose_ink(random, ["blue", "blue", "black", "red"]),
        "strength": random.uniform(0.65, 1),
        "grain": random.uniform(0.05, 0.25),
        "skips": float(random.choice([0.0, 0.0, 0.3])),
    }


def _pencil(random: Random) -> Change:
    return {
        "pen": random.uniform(0.015, 0.05),
        "ink": INKS["grey"],
        "strength": random.uniform(0.35, 0.8),
        "grain": random.uniform(0.2, 0.5),
    }


def _marker(random: Random) -> Change:
    return {
        "pen": random.uniform(0.07, 0.13),
        "ink": choose_ink(random, DARK),
        "nib": float(random.choice([np.nan, random.uniform(0, math.pi)])),
        "wobble": 0.08,
    }


def _any_pen(random: Random) -> Change:
    pen = random.choice(["ballpoint", "ballpoint", "pencil", "marker", "felt"])
    if pen == "felt":
        return {"ink": choose_ink(random, DARK), "pen": random.uniform(0.03, 0.08)}
    return {"ballpoint": _ballpoint, "pencil": _pencil, "marker": _marker}[str(pen)](random)


PRINTED: tuple[Colour, ...] = ((1, 1, 1), (1, 0.8, 0.5), (0.9, 0.5, 0.3), (0.4, 0.7, 1))
"""What share of red, green and blue printed lines take."""


def _rules(random: Random, form: str) -> Change:
    squared = form != "lined"
    widths = (0.008, 0.014) if form == "dotted" else (0.002, 0.006)
    return {
        "rules": Rules(
            pitch=random.uniform(0.035, 0.1) if squared else random.uniform(0.08, 0.25),
            width=random.uniform(*widths),
            angle=random.normal(0, 0.03),
            dark=random.uniform(0.15, 0.45),
            colour=PRINTED[int(random.integers(len(PRINTED)))],
            form=form,
            margin=form == "lined" and random.random() < 0.3,
        )
    }


def _lined_or_squared(random: Random) -> Change:
    return _rules(random, str(random.choice(["lined", "squared"])))


def _ruled(form: str) -> Callable[[Random], Change]:
    def change(random: Random) -> Change:
        pen = _any_pen(random)
        pen["strength"] = max(pen.get("strength", 1.0), 0.55)
        return _phone(random) | pen | _rules(random, form)

    return change


def _photo(*changes: Callable[[Random], Change]) -> Callable[[Random], Change]:
    """A photograph with the traits of `changes`."""

    def change(random: Random) -> Change:
        traits = _phone(random)
        for more in changes:
            traits |= more(random)
        return traits

    return change


def _screen(random: Random) -> Change:
    """Drawn with a program."""
    return {
        "side": int(random.integers(100, 600)),
        "ratio": random.uniform(0.7, 1.5),
        "size": random.uniform(0.4, 0.85),
        "pen": random.uniform(0.03, 0.1),
        "wobble": 0.0,
        "grey": random.random() < 0.4,
    }


def _drawn(**fixed: Callable[[Random], Any]) -> Callable[[Random], Change]:
    """Drawn with a program, with the traits that the functions in `fixed` choose."""
    return lambda random: _screen(random) | {name: f(random) for name, f in fixed.items()}


def _traits(**fixed: Callable[[Random], Any]) -> Callable[[Random], Change]:
    return lambda random: {name: f(random) for name, f in fixed.items()}


def _between(low: float, high: float) -> Callable[[Random], float]:
    return lambda random: random.uniform(low, high)


def _whole(low: int, high: int) -> Callable[[Random], int]:
    return lambda random: int(random.integers(low, high))


def _always(value: Any) -> Callable[[Random], Any]:
    return lambda random: value


def _thin(random: Random) -> Change:
    screen = _screen(random)
    return screen | {
        "side": int(random.integers(300, 800)),
        "pen": random.uniform(0.006, 0.025) / screen["size"],
        "ink": choose_ink(random, ["black", "black", "blue", "red"]),
    }


def _two_inks(random: Random) -> Change:
    first, second = random.choice(list(INKS), 2, replace=False)
    return _screen(random) | {"ink": INKS[first], "second": INKS[second], "grey": False}


def _colours(random: Random) -> Change:
    while True:
        paper, ink = random.uniform(0, 1, (2, 3))
        if np.abs(paper - ink).max() > 0.3:
            return _screen(random) | {"paper": tuple(paper), "ink": tuple(ink), "grey": False}


def _blackboard(random: Random) -> Change:
    return _phone(random) | {
        "paper": _tinted(random, random.uniform(0.1, 0.25), 0.03),
        "ink": (0.9, 0.9, 0.88),
        "strength": random.uniform(0.6, 0.9),
        "grain": 0.25,
        "texture": 0.02,
        "pen": random.uniform(0.04, 0.1),
    }


def _whiteboard(random: Random) -> Change:
    glare = random.uniform(0.1, 0.35) if random.random() < 0.5 else 0.0
    return _phone(random) | _marker(random) | {"paper": (0.88, 0.89, 0.88), "glare": glare}


def _highlighter(random: Random) -> Change:
    colours = [(1.0, 0.95, 0.2), (1.0, 0.55, 0.7), (0.55, 0.95, 0.45), (1.0, 0.7, 0.25)]
    ink = colours[int(random.integers(4))]
    return {"ink": ink, "pen": random.uniform(0.07, 0.14), "grey": False, "strength": 0.85}


def _few_rules(random: Random) -> Change:
    """A close-up, in which only one or two of the paper's lines are to be seen."""
    change = _lined_or_squared(random)
    change["rules"] = replace(change["rules"], pitch=random.uniform(0.3, 0.7))
    return change | {"size": random.uniform(0.5, 0.8)}


def _notebook(random: Random) -> Change:
    change = _lined_or_squared(random)
    return change | {"holes": True, "wander": 0.4, "size": random.uniform(0.4, 0.6)}


def _slanted_rules(random: Random) -> Change:
    """Ruled paper that is turned, and photographed from the side."""
    change = _lined_or_squared(random)
    change["rules"] = replace(change["rules"], angle=random.normal(0, 0.08))
    return change | {"tilt": random.uniform(0.04, 0.1)}


def _coloured(random: Random) -> Change:
    """Kraft paper, sugar paper, or another coloured sheet."""
    kraft = (0.72, 0.55, 0.38)
    paper = kraft if random.random() < 0.3 else tuple(random.uniform(0.45, 0.95, 3))
    return {"paper": paper, "texture": random.uniform(0.005, 0.03), "grey": False}


def _recycled(random: Random) -> Change:
    """Grey paper with fibres."""
    return {
        "paper": _tinted(random, random.uniform(0.5, 0.75), 0.02),
        "fibres": random.uniform(0.1, 0.3),
        "texture": random.uniform(0.01, 0.02),
    }


def _form(random: Random) -> Change:
    """A digit in a box of a form, next to other boxes and printed words."""
    size = random.uniform(0.25, 0.5)
    return {"size": size, "wander": 0.0, "box": size * random.uniform(1.3, 1.8), "words": 0.05}


def _worksheet(random: Random) -> Change:
    """Lines of print above and below the digit."""
    return {"size": random.uniform(0.35, 0.55), "wander": 0.1, "words": random.uniform(0.1, 0.2)}


def _frame(inside: bool) -> Callable[[Random], Change]:
    def change(random: Random) -> Change:
        away = random.uniform(0.01, 0.07) if inside else 0.0
        frame = random.uniform(0.004, 0.03), away, random.uniform(0, 0.4)
        return _screen(random) | {"frame": frame, "size": random.uniform(0.35, 0.7), "wander": 0.4}

    return change


def _on_desk(random: Random) -> Change:
    return {
        "desk": str(random.choice(["wood", "plain"])),
        "tilt": random.uniform(0.02, 0.12),
        "size": random.uniform(0.3, 0.7),
        "wander": 0.5,
    }


def _note(random: Random) -> Change:
    """A coloured sticky note."""
    colours = [(0.98, 0.92, 0.5), (0.98, 0.7, 0.75), (0.7, 0.9, 0.7), (0.6, 0.8, 0.95)]
    return _on_desk(random) | {"paper": colours[int(random.integers(4))], "grey": False}


def _objects(random: Random) -> Change:
    chosen = [("finger",), ("pen",), ("finger", "finger"), ("finger", "pen")]
    objects = chosen[int(random.choice(4, p=[0.4, 0.3, 0.2, 0.1]))]
    return {"objects": objects, "size": random.uniform(0.35, 0.55), "wander": 0.2}


def _everything(random: Random) -> Change:
    """Several strong traits at once."""
    traits = _phone(random) | _any_pen(random)
    choices: list[tuple[float, Callable[[Random], Change]]] = [
        (0.4, lambda r: _rules(r, str(r.choice(["lined", "squared", "dotted"])))),
        (0.4, _traits(light=_between(0.2, 0.45))),
        (0.4, _traits(shadow=_between(0.2, 0.4), soft=_between(0.03, 0.3))),
        (0.25, _on_desk),
        (0.25, _traits(noise=_between(0.01, 0.035))),
        (0.25, _traits(texture=_between(0.01, 0.025))),
        (0.2, _traits(blur=_between(0.003, 0.008))),
        (0.2, _objects),
        (0.3, _traits(tilt=_between(0.02, 0.1))),
        (0.25, _traits(size=_between(0.2, 0.4))),
    ]
    for probability, change in choices:
        if random.random() < probability:
            traits |= change(random)
    traits["strength"] = max(traits.get("strength", 1.0), 0.55)
    return traits


KINDS: dict[str, Callable[[Random], Change]] = {
    # drawn with a program
    "drawn": _screen,
    "thin": _thin,
    "thick": _drawn(pen=_between(0.13, 0.22)),
    "block": _drawn(pen=_between(0.22, 0.32), size=_between(0.45, 0.75)),
    "tight": _drawn(size=_between(0.94, 1.0), side=_whole(40, 500), pen=_between(0.05, 0.14)),
    "negative": _drawn(output=_always("negative"), pen=_between(0.02, 0.12)),
    "colours": _colours,
    "two inks": _two_inks,
    "transparent": _drawn(
        output=_always("transparent"),
        grey=_always(False),
        ink=lambda r: (1.0, 1.0, 1.0) if r.random() < 0.3 else choose_ink(r, DARK),
    ),
    "thin frame": _frame(inside=False),
    "frame inside": _frame(inside=True),
    "light tile": _drawn(tile=_always("light"), size=_between(0.5, 0.8), wander=_always(0.4)),
    "dark tile": _drawn(tile=_always("dark"), size=_between(0.5, 0.8), wander=_always(0.4)),
    "tiny": _drawn(
        side=_always(160), ratio=_always(1.0), size=_between(0.75, 1.0), pen=_between(0.1, 0.16),
        final=_whole(8, 17), output=lambda r: str(r.choice(["photograph", "negative"])),
    ),
    "16 levels": _drawn(
        side=_always(160), ratio=_always(1.0), size=_between(0.75, 1.0), pen=_between(0.1, 0.16),
        final=lambda r: int(r.choice([8, 8, 16, 28])), output=_always("levels"),
    ),
    "small": _drawn(
        side=_always(250), final=_whole(17, 64), size=_between(0.6, 0.9), pen=_between(0.07, 0.13)
    ),
    # photographs and scans: pens
    "ballpoint": _photo(_ballpoint),
    "pencil": _photo(_pencil),
    "marker": _photo(_marker),
    "highlighter": _photo(_highlighter),
    "blackboard": _blackboard,
    "whiteboard": _whiteboard,
    # paper
    "lined": _ruled("lined"),
    "squared": _ruled("squared"),
    "dotted": _ruled("dotted"),
    "few rules": _photo(_any_pen, _few_rules, _traits(strength=_between(0.7, 1))),
    "notebook": _photo(_any_pen, _notebook, _traits(strength=_between(0.7, 1))),
    "show-through": _photo(
        _any_pen, _traits(through=_between(0.03, 0.09), strength=_between(0.75, 1))
    ),
    "textured": _photo(_any_pen, _traits(
        texture=_between(0.015, 0.045), strength=_between(0.7, 1)
    )),
    "creased": _photo(_any_pen, _traits(creases=_whole(1, 4), strength=_between(0.7, 1))),
    "crumpled": _photo(_any_pen, _traits(creases=_whole(6, 15), strength=_between(0.7, 1))),
    "slanted rules": _photo(_any_pen, _slanted_rules, _traits(strength=_between(0.7, 1))),
    "coloured paper": _photo(_any_pen, _coloured, _traits(
        ink=lambda r: choose_ink(r, ["black", "blue", "black"]), strength=_between(0.75, 1)
    )),
    "recycled paper": _photo(_any_pen, _recycled, _traits(strength=_between(0.7, 1))),
    "form": _photo(_any_pen, _form, _traits(strength=_between(0.7, 1))),
    "worksheet": _photo(_any_pen, _worksheet, _traits(strength=_between(0.7, 1))),
    # light
    "uneven light": _photo(_any_pen, _traits(light=_between(0.3, 0.55))),
    "soft shadow": _photo(_any_pen, _traits(shadow=_between(0.25, 0.5), soft=_between(0.1, 0.4))),
    "hard shadow": _photo(_any_pen, _traits(shadow=_between(0.2, 0.5), soft=_between(0.003, 0.05))),
    "dim": _photo(
        _any_pen,
        _traits(
            exposure=_between(0.25, 0.5), noise=_between(0.01, 0.025), strength=_between(0.8, 1)
        ),
    ),
    # camera
    "noisy": _photo(_traits(noise=_between(0.03, 0.09), pen=_between(0.03, 0.1))),
    "blurred": _photo(_traits(blur=_between(0.006, 0.02), pen=_between(0.03, 0.1))),
    "shaken": _photo(_any_pen, _traits(shake=_between(0.01, 0.03), pen=_between(0.03, 0.1))),
    "jpeg": _photo(_traits(jpeg=_whole(15, 45), pen=_between(0.02, 0.1))),
    "scan": _photo(_any_pen, _traits(output=_always("scan"), strength=_between(0.8, 1))),
    "scan border": _photo(_any_pen, _traits(
        border=_between(0.01, 0.06), vignette=_always(0.0), light=_always(0.0), wander=_always(0.4)
    )),
    "screen": _photo(_any_pen, _traits(grid=_between(0.02, 0.06), strength=_between(0.7, 1))),
    "small photo": _photo(_any_pen, _traits(
        final=_whole(28, 120), pen=_between(0.05, 0.11), size=_between(0.5, 0.85)
    )),
    "large photo": _photo(_any_pen, _traits(
        side=_whole(700, 900), final=_whole(1500, 4001), pen=_between(0.012, 0.08)
    )),
    # arrangement
    "small digit": _photo(_traits(
        side=_whole(600, 900), final=_whole(1000, 2000), size=_between(0.07, 0.2),
        pen=_between(0.05, 0.11), ink=lambda r: choose_ink(r, DARK), wander=_always(0.8),
    )),
    "desk": _photo(_any_pen, _on_desk),
    "white desk": _photo(_any_pen, _on_desk, _traits(desk=_always("white"))),
    "ruled sheet": _photo(_any_pen, _lined_or_squared, _on_desk, _traits(
        strength=_between(0.7, 1)
    )),
    "cut sheet": _photo(
        _any_pen, _on_desk, _traits(cut=_always(True), wander=_always(0.2), size=_between(0.3, 0.6))
    ),
    "sticky note": _photo(_any_pen, _note, _traits(strength=_between(0.75, 1))),
    "cluttered desk": _photo(_any_pen, _on_desk, _traits(
        desk=_always("cluttered"), strength=_between(0.7, 1)
    )),
    "perspective": _photo(_any_pen, _traits(tilt=_between(0.06, 0.15))),
    "finger or pen": _photo(_any_pen, _objects),
    "mixed": _everything,
}  # fmt: skip
"""How to choose the traits of each kind of picture with one digit."""

SEVERAL: dict[str, Callable[[Random], Change]] = {
    "several drawn": _drawn(digits=_whole(2, 4), size=_between(0.4, 0.6)),
    "several photographed": _photo(
        _any_pen, _traits(digits=_whole(2, 4), size=_between(0.3, 0.5), strength=_between(0.75, 1))
    ),
    "several on squared paper": _photo(
        _any_pen,
        _lined_or_squared,
        _traits(digits=_whole(2, 4), size=_between(0.3, 0.5), strength=_between(0.75, 1)),
    ),
}
"""Kinds of pictures with more than one digit."""


def _blank(*changes: Callable[[Random], Change]) -> Callable[[Random], Change]:
    return _photo(*changes, _traits(digits=_always(0)))


BLANK: dict[str, Callable[[Random], Change]] = {
    "blank": _blank(),
    "blank lined": _blank(lambda r: _rules(r, "lined")),
    "blank squared": _blank(lambda r: _rules(r, "squared")),
    "blank textured": _blank(_traits(texture=_between(0.01, 0.045))),
    "blank creased": _blank(_traits(creases=_whole(1, 4))),
    "blank in shadow": _blank(_traits(shadow=_between(0.2, 0.5), soft=_between(0.01, 0.3))),
    "blank noisy": _blank(_traits(noise=_between(0.03, 0.09))),
    "blank on desk": _blank(_on_desk),
    "blank with finger or pen": _blank(_objects),
}
"""Kinds of pictures without a digit."""


def scene(kind: str, random: Random) -> Scene:
    """A scene of a kind of `KINDS`, `SEVERAL` or `BLANK`."""
    traits = (KINDS | SEVERAL | BLANK)[kind](random)
    if traits.get("nib") is not None and math.isnan(traits["nib"]):
        traits["nib"] = None
    return Scene(**traits)


def make(kind: str, digits: Sequence[Digit], random: Random) -> Image.Image:
    """A picture of `kind`, as a program opens it; it takes as many of `digits` as it shows."""
    return render(scene(kind, random), [strokes for _, strokes in digits], random)
