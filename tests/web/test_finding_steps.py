"""The steps from a picture to ink in the browser against Python's, the reference."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet.drawing import (
    components,
    contrast,
    finding,
    foreign,
    grouping,
    ruling,
    sheet,
    stroke_width,
)
from lenet.drawing.components import Components
from lenet.drawing.contrast import Whole
from lenet.drawing.ink import ink_on_pad
from lenet.drawing.preprocessing import levels
from tests.support.digits import DIGITS
from tests.web.conftest import Run
from tests.web.test_finding import IMPORTS, Packed, made_picture, packed, packed_levels

pytestmark = pytest.mark.browser


STEPS = ("ballpoint", "lined", "squared", "desk", "small", "transparent", "two inks", "noisy")


def planes(working: Whole) -> list[Packed]:
    """The channels of a working picture `(h, w, C)`."""
    return [packed(plane) for plane in np.moveaxis(working, 2, 0)]


@pytest.mark.parametrize("kind", STEPS)
def test_every_contrast_is_the_same(shared_run: Run, kind: str) -> None:
    picture = made_picture(kind)
    working = contrast.working_picture(contrast.colours(contrast.bounded(picture)))
    ways = contrast.contrasts(working)
    answer = shared_run(
        IMPORTS
        + """
        const channels = contrast.colours(contrast.bounded(levels(argument.picture)));
        const working = contrast.workingPicture(channels);
        const ways = contrast.contrasts(working);
        const compare = ({ plane, noise }, [expected, expectedNoise]) =>
          [difference(plane, whole(expected)), noise - expectedNoise];
        return {
          planes: working.map((plane, i) => difference(plane, whole(argument.planes[i]))),
          changes: difference(contrast.changes(working), whole(argument.changes)),
          names: Object.keys(ways),
          ways: Object.values(ways).map((way, i) => compare(way, argument.ways[i])),
          unruled: Object.values(ways).map((way, i) =>
            compare(ruling.withoutRules(way), argument.unruled[i])),
        };
        """,
        {
            "picture": packed_levels(picture),
            "planes": planes(working),
            "changes": packed(contrast.changes(working)),
            "ways": [(packed(way.plane), way.noise) for way in ways.values()],
            "unruled": [
                (packed(unruled.plane), unruled.noise)
                for unruled in map(ruling.without_rules, ways.values())
            ],
        },
    )
    assert answer == {
        "planes": [0] * working.shape[2],
        "changes": 0,
        "names": list(ways),
        "ways": [[0, 0]] * len(ways),
        "unruled": [[0, 0]] * len(ways),
    }


@pytest.mark.parametrize("kind", ["desk", "cluttered desk", "cut sheet", "hard shadow", "lined"])
def test_the_same_sheet_is_found(shared_run: Run, kind: str) -> None:
    picture = made_picture(kind)
    inside = sheet.sheet(contrast.working_picture(contrast.colours(contrast.bounded(picture))))
    answer = shared_run(
        IMPORTS
        + """
        const channels = contrast.colours(contrast.bounded(levels(argument.picture)));
        const inside = sheets.sheet(contrast.workingPicture(channels));
        if (!inside || !argument.inside) return inside === argument.inside;
        return difference(inside, whole(argument.inside)) === 0;
        """,
        {
            "picture": packed_levels(picture),
            "inside": None if inside is None else packed(inside.astype(np.int16)),
        },
    )
    assert answer is True


def random_plane(random: np.random.Generator, height: int, width: int, below: int = 1000) -> Whole:
    return random.integers(0, below, (height, width)).astype(np.int16)


def test_extremes_are_the_same(shared_run: Run) -> None:
    random = np.random.default_rng(1)
    for height, width in ((1, 1), (1, 30), (30, 1), (7, 5), (41, 60)):
        plane = random_plane(random, height, width, contrast.WHITE + 1)
        negative = contrast.WHITE - plane
        radii = (1, 2, 3, 5, 10, 33, 80)
        functions = (contrast.running_maximum, contrast.dilation, contrast.ranges)
        answer = shared_run(
            IMPORTS
            + """
            const { close, load, partOf, roomFor, ...extremes } = await import("/core/extremes.js");
            const plane = whole(argument.plane);
            const closed = argument.radii.map((radius) => {
              const pairs = roomFor(plane, radius);
              load(pairs, plane, contrast.WHITE);
              close(pairs, radius, contrast.WHITE);
              return [0, 1].map((which) =>
                ({ ...plane, data: plane.data.map((_, i) => partOf(pairs.data[i], which)) }));
            });
            return [
              ...["runningMaximum", "dilation", "ranges"].map((name, i) =>
                argument.radii.map((radius, n) =>
                  difference(extremes[name](plane, radius), whole(argument.expected[i][n])))),
              ...[0, 1].map((which) => closed.map((both, n) =>
                difference(both[which], whole(argument.closed[which][n])))),
            ];
            """,
            {
                "plane": packed(plane),
                "radii": radii,
                "expected": [
                    [packed(function(plane, radius)) for radius in radii] for function in functions
                ],
                "closed": [
                    [packed(contrast.closing(one, radius)) for radius in radii]
                    for one in (plane, negative)
                ],
            },
        )
        assert answer == [[0] * len(radii)] * 5, (height, width)


def test_extremes_of_the_lowest_and_highest_values_are_the_same(shared_run: Run) -> None:
    plane = np.random.default_rng(2).choice([0, 8191], (9, 14), p=[0.8, 0.2]).astype(np.int16)
    expected = [contrast.dilation(plane, 1), contrast.ranges(plane, 1)]
    answer = shared_run(
        IMPORTS
        + """
        const extremes = await import("/core/extremes.js");
        return ["dilation", "ranges"].map((name, i) =>
          difference(extremes[name](whole(argument.plane), 1), whole(argument.expected[i])));
        """,
        {"plane": packed(plane), "expected": [packed(one) for one in expected]},
    )
    assert answer == [0, 0]


def test_quantiles_are_the_same(shared_run: Run) -> None:
    plane = random_plane(np.random.default_rng(1), 41, 60) - np.int16(500)
    shares = (0, 0.05, 0.25, 0.5, 0.9, 1)
    answer = shared_run(
        IMPORTS
        + """
        const { data } = whole(argument.plane);
        return argument.shares.map((share) => contrast.quantile(data, share));
        """,
        {"plane": packed(plane), "shares": shares},
    )
    assert answer == [contrast.quantile(plane, share) for share in shares]


def test_reduced_pictures_are_the_same(shared_run: Run) -> None:
    random = np.random.default_rng(2)
    for height, width, factor in ((30, 40, 1), (31, 45, 2), (100, 7, 7), (64, 64, 5)):
        picture = random.integers(0, 256, (height, width, 4), np.uint8)
        answer = shared_run(
            IMPORTS
            + """
            const reduced = contrast.reduced(levels(argument.picture), argument.factor);
            return difference(reduced, levels(argument.expected));
            """,
            {
                "picture": packed(picture),
                "factor": factor,
                "expected": packed(contrast.reduced(picture, factor)),
            },
        )
        assert answer == 0, (height, width, factor)


def measures(parts: Components) -> dict[str, Any]:
    """Everything that is known of components, as lists."""
    chosen = grouping.digit(parts)
    return {
        **{name: getattr(parts.runs, name).tolist() for name in ("row", "start", "stop")},
        **{name: getattr(parts, name).tolist() for name in MEASURES},
        "chosen": chosen.chosen.tolist(),
        "box": list(chosen.box),
        "rest": [chosen.digits, chosen.clear, chosen.share],
    }


MEASURES = ("owner", "top", "left", "bottom", "right", "area", "mass", "contact")


def test_components_are_the_same(shared_run: Run) -> None:
    random = np.random.default_rng(3)
    for height, width in ((1, 1), (1, 40), (40, 1), (12, 9), (60, 80), (33, 200)):
        plane = random_plane(random, height, width)
        # Sparse specks, labyrinths, and everything but specks.
        thresholds = [t for t in (950, 800, 600, 500, 400, 200, 20) if (plane > t).any()]
        answers = shared_run(
            IMPORTS
            + """
            return argument.thresholds.map((threshold) => {
              const parts = components.components(whole(argument.plane), threshold);
              const { chosen, box, ...rest } = grouping.digit(parts);
              const lists = argument.measures.map((name) =>
                [name, Array.from(parts[name], (value) => value.length ? [...value] : value)]);
              return {
                ...Object.fromEntries(Object.entries(parts.runs).map(([k, v]) => [k, [...v]])),
                ...Object.fromEntries(lists),
                chosen,
                box: [box.top, box.left, box.bottom, box.right],
                rest: [rest.digits, rest.clear, rest.share],
              };
            });
            """,
            {"plane": packed(plane), "thresholds": thresholds, "measures": MEASURES},
        )
        for threshold, answer in zip(thresholds, answers, strict=True):
            assert answer == measures(components.components(plane, threshold)), (height, threshold)


def canvases() -> list[NDArray[np.float32]]:
    """Digits drawn with thin and thick pens, in 256 levels."""
    widths = (0.02, 0.05, 0.1, 0.2, 0.35)
    return [
        levels(ink_on_pad(DIGITS[digit], side, width))
        for digit in "0258"
        for side in (60, 131)
        for width in widths
    ]


def test_stroke_widths_are_the_same(shared_run: Run) -> None:
    radii = (0.5, 1, 2.3, 6.7)
    for ink in canvases():
        canvas = np.rint(ink * 255).astype(np.int16)
        answer = shared_run(
            IMPORTS
            + """
            const canvas = whole(argument.canvas);
            const mask = { ...canvas, data: Uint8Array.from(canvas.data, (value) => value > 99) };
            const usual = strokeWidth.withUsualStrokes(ink(argument.ink));
            return [
              strokeWidth.strokeWidth(canvas),
              strokeWidth.maskWidth(mask),
              argument.radii.map((radius, i) =>
                difference(strokeWidth.dilated(canvas, radius), whole(argument.dilated[i]))),
              difference(usual, ink(argument.usual)),
            ];
            """,
            {
                "ink": packed(ink),
                "canvas": packed(canvas),
                "radii": radii,
                "dilated": [packed(stroke_width.dilated(canvas, radius)) for radius in radii],
                "usual": packed(stroke_width.with_usual_strokes(ink)),
            },
        )
        width, mask_width, dilated, usual = answer
        assert width == pytest.approx(stroke_width.stroke_width(canvas), rel=1e-12)
        assert mask_width == stroke_width.mask_width(canvas > 99)
        assert dilated == [0] * len(radii)
        assert usual == 0


def test_constants_are_the_same(shared_run: Run) -> None:
    found = shared_run(
        IMPORTS
        + """
        const modules = [
          contrast, ruling, components, foreign, grouping, sheets, strokeWidth, finding,
        ];
        const constants = modules.flatMap((module) => Object.entries(module));
        return Object.fromEntries(constants.filter(([name]) => name === name.toUpperCase()));
        """
    )
    expected = {
        name: list(value) if isinstance(value, tuple) else value
        for module in (
            contrast,
            ruling,
            components,
            foreign,
            grouping,
            sheet,
            stroke_width,
            finding,
        )
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float | tuple) and name != "BOX"  # ink.py's
    }
    assert found == expected
