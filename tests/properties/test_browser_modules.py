"""The page's own modules: whatever they receive, they answer or reject it with a sentence."""

import base64
import json
import struct
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from lenet import LeNet, SketchpadError
from lenet.network.folder import CONFIG, WEIGHTS
from tests.properties.hostile import HUGE, JSON, changed, damaged
from tests.properties.test_checkpoints import (
    CONFIGS,
    DATA,
    HEADER,
    SMALL_TEXT,
    text_of,
    with_header,
)
from tests.properties.test_checkpoints import FILES as WEIGHT_FILES
from tests.properties.test_pictures import FILES as PICTURE_FILES
from tests.properties.watch import MAX_SECONDS, check_sentence, tally_of
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

TIMED = """
let answer;
const start = performance.now();
try {
  answer = { value: await (async () => { %s })() ?? null };
} catch (error) {
  answer = { name: error?.name ?? "thrown", message: String(error?.stack ?? error) };
  if (answer.name === "SketchpadError") answer.message = error.message;
}
return { ...answer, seconds: (performance.now() - start) / 1000 };
"""


TRIES = 5
"""How often a slow case is timed: browsers don't report the time of computing alone, and a busy
machine may interrupt it."""


def attempt(run: Run, kind: str, body: str, case: Any) -> Any:
    """What the body of a function returns for `argument`; None if it rejects it with a sentence."""
    found = run(TIMED % body, case)
    for _ in range(TRIES - 1):
        if found["seconds"] > MAX_SECONDS:
            found = min(found, run(TIMED % body, case), key=lambda answer: answer["seconds"])
    is_rejected = found.get("name") == "SketchpadError"
    tally_of(f"browser: {kind}").count(case, found["seconds"], is_rejected)
    if "name" in found:
        assert is_rejected, found["message"]
        check_sentence(found["message"])
    assert found["seconds"] <= MAX_SECONDS, found["seconds"]
    return found.get("value")


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


# ------------------------------------------------------------------ addresses

VALID = [
    "v=1&language=ru&network=mnist-relu&strokes=AXAHBwcH&unit=C3.4.2.0&muted=C1.0.3,output.9",
    "v=1&image=3.2&before=1&kernels=1&view=compare&open=film-strip,muting&show=pad,C1&big=1",
    "v=1&strokesA=AXAHBwcH&imageB=0.0&networkA=mnist-classic&same=1&unit=F6.83.0.0",
    "v=1&muted=__proto__.1,constructor.0,toString.3&unit=__proto__.0.0.0&network=__proto__",
]
NAMES = [
    *("v", "language", "network", "networkA", "networkB", "same", "unit", "muted", "before"),
    *("kernels", "view", "open", "show", "big", "__proto__"),
    *(f"{name}{side}" for name in ("input", "image", "strokes") for side in ("", "A", "B")),
]
PARTS = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,", max_size=12),
    st.text("ABCabc019-_", max_size=60),
    st.from_regex(r"(C1|S2|C3|F6|output|input|__proto__)(\.[0-9]{1,7}){0,5}", fullmatch=True),
)


@st.composite
def codes(draw: DrawFn) -> str:
    """The part of an address behind `#`."""
    kind = draw(st.sampled_from(["text", "damaged", "named"]))
    if kind == "text":
        return draw(st.text(st.characters(codec="utf-8"), max_size=60))
    if kind == "damaged":
        return draw(damaged([code.encode() for code in VALID])).decode("latin-1")
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), PARTS), max_size=6))
    escape = draw(st.sampled_from([lambda text: text, lambda text: quote(text, safe=",")]))
    return "&".join(["v=1", *(f"{name}={escape(value)}" for name, value in pairs)])


DECODE = """
const { decode, encode } = await import("/core/lesson.js");
const { changesFor } = await import("/core/lesson-state.js");
const { knownLanguage } = await import("/core/texts.js");
const { inkFromSketch } = await import("/core/ink.js");
const lesson = decode(argument.code);
const code = encode(lesson);
knownLanguage(lesson.language === null ? [] : [lesson.language]);
const predictor = { config: argument.config };
const network = { name: "one", predictor, testImages: [["zero"], []] };
const { isMissing, input, changes } = changesFor(lesson, network, [null, network]);
if (input) inkFromSketch({ ...input, picture: null });
return { same: encode(decode(code)) === code, isMissing, muted: changes.edits };
"""
LENET5 = json.loads(json.dumps(CONFIGS[3]))


@given(codes())
@example("v=1&strokes=" + "_" * 1_000_000)
@example("v=1&strokes=" + "oJwBcHBw" * 20_000)
@example("v=1&muted=" + ",".join(f"C1.{n}" for n in range(100_000)))
@example("v=1&" + "&" * 1_000_000)
@example("v=1&unit=" + "1." * 500_000)
def test_any_lesson(shared_run: Run, code: str) -> None:
    found = attempt(shared_run, "lessons", DECODE, {"code": code, "config": LENET5})
    assert found is None or found["same"], "a lesson survives its code"


STROKES = """
const { decodeStrokes, encodeStrokes } = await import("/core/stroke-code.js");
const { MAX_POINTS } = await import("/core/ink.js");
const strokes = decodeStrokes(argument);
if (!strokes) return { valid: true };
const again = decodeStrokes(encodeStrokes(strokes));
const points = strokes.flat();
return {
  valid: points.length <= MAX_POINTS && points.flat().every((n) => Math.abs(n) <= 100),
  same: JSON.stringify(again) === JSON.stringify(strokes),
};
"""
STROKE_CODES = st.one_of(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", max_size=200),
    st.text(max_size=30),
    st.lists(st.integers(0, 255), max_size=90).map(
        lambda numbers: base64.urlsafe_b64encode(bytes(numbers)).decode().rstrip("=")
    ),
)


@given(STROKE_CODES)
def test_any_stroke_code(shared_run: Run, code: str) -> None:
    found = attempt(shared_run, "stroke codes", STROKES, code)
    assert found["valid"]
    assert found.get("same", True)


# ------------------------------------------------------------------ checkpoints

READ = """
const { bytes } = await import("/core/bytes.js");
const { readCheckpoint } = await import("/core/checkpoint.js");
const { Predictor } = await import("/core/reading.js");
const { readingJson } = await import("/core/reading-json.js");
const { NO_EDITS } = await import("/core/edits.js");
const { THREE } = await import("/core/first-sketch.js");
const checkpoint = readCheckpoint(argument.config, bytes(argument.weights).buffer);
if (!checkpoint.config.convolutions.length) return { accepted: true };
const predictor = new Predictor(checkpoint);
const prediction = predictor.readSketch(THREE);
const reading = { network: { name: "one" }, sketch: THREE, prediction };
const { probabilities, evidence } = readingJson(reading, NO_EDITS);
const numbers = [...Object.values(probabilities), evidence];
return { accepted: true, finite: numbers.every(Number.isFinite) };
"""


def same_in_both(run: Run, kind: str, config: bytes, weights: bytes) -> None:
    """The browser accepts the files if and only if Python does."""
    text = config.decode("utf-8", "replace")
    found = attempt(run, kind, READ, {"config": text, "weights": base64_of(weights)})
    assert found is None or found.get("finite", True)
    try:
        LeNet.from_files({CONFIG: text.encode("utf-8", "replace"), WEIGHTS: weights})
        accepted = True
    except SketchpadError:
        accepted = False
    assert (found is not None) == accepted, f"accepted by Python: {accepted}"


def has_fraction_that_is_whole(value: Any) -> bool:
    """Whether there is a number such as 20.0, which JavaScript can't tell from 20."""
    if isinstance(value, dict | list):
        return any(
            map(has_fraction_that_is_whole, value.values() if isinstance(value, dict) else value)
        )
    return isinstance(value, float) and value.is_integer()


@given(changed(CONFIGS) | JSON)
@example({"convolutions": [{"channels": 4096, "kernel": 1}] * 100})
@example({"convolutions": [], "dense": [4096] * 40})
@example({"temperature": 1e-320, "mean": 1e300, "std": HUGE})
@example({"labels": ["x" * 100_000] * 10, "activation": "y" * 100_000})
@example({"activation": "__proto__", "pooling": "constructor"})
@example(json.loads(SMALL_TEXT))
def test_any_configuration(shared_run: Run, value: Any) -> None:
    if has_fraction_that_is_whole(value):
        return
    same_in_both(shared_run, "configurations", text_of(value), WEIGHT_FILES[0])


@given(changed([HEADER]) | JSON)
@example({f"t{n}": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]} for n in range(3_000)})
@example({"t": {"dtype": "F32", "shape": [2**52] * 10_000, "data_offsets": [0, 4]}})
@example({"__proto__": HEADER})
@example({**HEADER, "__metadata__": []})
@example({**HEADER, "__metadata__": {"format": 1}})
def test_any_header(shared_run: Run, header: Any) -> None:
    if has_fraction_that_is_whole(header):
        return
    same_in_both(shared_run, "headers", SMALL_TEXT, with_header(header, DATA))


@given(damaged(WEIGHT_FILES))
@example(b"\xff" * 8)
@example(WEIGHT_FILES[0].replace(b"format", b"\x80ormat"))
@example(struct.pack("<Q", 900_000) + b"[" * 900_000)
def test_damaged_weights(shared_run: Run, content: bytes) -> None:
    same_in_both(shared_run, "weights", SMALL_TEXT, content)


# ------------------------------------------------------------------ pictures

FIND = """
const { bytes } = await import("/core/bytes.js");
const { find, silhouette } = await import("/core/finding.js");
const { networkInput } = await import("/core/preprocessing.js");
const { height, width, data, digits } = argument;
const picture = { height, width, data: new Uint8ClampedArray(bytes(data).buffer) };
const { ink, count, frames } = (digits ? find : silhouette)(picture);
const input = count === 1 ? networkInput(ink) : ink;
const isInk = (plane) => plane.data.every((value) => value >= 0 && value <= 1);
return { valid: isInk(ink) && isInk(input), count, frames: frames.length };
"""


@st.composite
def pixels(draw: DrawFn) -> dict[str, Any]:
    """A picture of noise, of few colours, or of large spots."""
    side = st.sampled_from([1, 2, 5, 28, 61, 150])
    height, width = draw(side), draw(side)
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    levels = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    kind = draw(st.sampled_from(["noise", "few", "spots", "clear"]))
    if kind == "few":
        levels = levels // 200 * 200
    elif kind == "spots":
        levels = np.kron(levels[::7, ::7], np.ones((7, 7, 1), np.uint8))[:height, :width]
    levels[..., 3] = draw(st.sampled_from([0, 1, 255])) if kind != "clear" else levels[..., 3]
    data = base64_of(np.ascontiguousarray(levels).tobytes())
    return {"height": height, "width": width, "data": data, "digits": draw(st.booleans())}


@given(pixels())
def test_any_pixels(shared_run: Run, picture: dict[str, Any]) -> None:
    found = attempt(shared_run, "pixels", FIND, picture)
    assert found["valid"]


OPEN = """
const { openPicture } = await import("/core/opening.js");
const { bytes } = await import("/core/bytes.js");
const { drive } = await import("/core/tasks.js");
const task = openPicture({ file: new Blob([bytes(argument)]), digits: true });
const signal = new AbortController().signal;
const { outcome } = await drive(task, { slice: 20, onProgress: () => {}, signal });
return outcome;
"""


@given(damaged(PICTURE_FILES))
def test_damaged_pictures(shared_run: Run, content: bytes) -> None:
    found = attempt(shared_run, "pictures", OPEN, base64_of(content))
    assert found in {"damaged", "several", "found", "nothing", "blank"}


# ------------------------------------------------------------------ drawings

DRAW = """
const ink = await import("/core/ink.js");
const { Drawing } = await import("/core/sketch.js");
const { strokesThatAddInk } = await import("/core/adding.js");
const { networkInput, walkSketch } = await import("/core/preprocessing.js");
const drawing = new Drawing(ink.MAX_POINTS);
for (const [first, ...rest] of argument) {
  drawing.begin(first);
  drawing.extend(rest);
  drawing.end();
}
const { sketch } = drawing;
strokesThatAddInk(sketch.strokes);
const input = networkInput(ink.inkFromSketch(sketch));
const frames = Object.values(walkSketch(sketch)).concat(input);
return frames.every(({ data }) => data.every((value) => value >= 0 && value <= 1));
"""
COORDINATES = st.one_of(st.floats(-0.5, 1.5), st.floats(-1e9, 1e9), st.sampled_from([0, 0.5, 1]))


@given(st.lists(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=9), max_size=6))
def test_any_drawing(shared_run: Run, strokes: Any) -> None:
    assert attempt(shared_run, "strokes", DRAW, strokes)
