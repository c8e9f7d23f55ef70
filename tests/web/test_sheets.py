"""The browser decodes sheets of test images exactly."""

import base64
import hashlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from lenet.datasets.datasets import DATASETS, DatasetDescription
from lenet.page.examples import ASSETS, MANY, read_sheet
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

DECODE = """
const { bytes, base64 } = await import("/core/bytes.js");
const { greyLevels } = await import("/core/png.js");
const { width, height, levels } = await greyLevels(bytes(argument).buffer);
return [width, height, base64(levels)];
"""


def packed(image: Image.Image, **options: bool) -> str:
    file = BytesIO()
    image.save(file, "PNG", **options)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("kind", ["flat", "gradient", "noise", "edges"])
def test_pictures_are_decoded_exactly(run: Run, kind: str) -> None:
    y, x = np.mgrid[:57, :41]
    random = np.random.default_rng(3)
    values = {
        "flat": x * 0 + 200,
        "gradient": 3 * x + 2 * y,
        "noise": random.integers(0, 256, x.shape),
        "edges": 128 + 100 * np.sin(x / 5) * np.cos(y / 7) + random.integers(-9, 9, x.shape),
    }[kind].astype(np.uint8)
    width, height, levels = run(DECODE, packed(Image.fromarray(values), optimize=True))
    assert (width, height) == (41, 57)
    assert base64.b64decode(levels) == values.tobytes()


def test_a_coloured_picture_is_an_error(run: Run) -> None:
    found = run(
        f"try {{ {DECODE} }} catch (error) {{ return error.message; }}",
        packed(Image.new("RGB", (3, 3), "red")),
    )
    assert found == "This picture is not grey."


@pytest.mark.parametrize("source", DATASETS.values(), ids=list(DATASETS))
def test_a_sheet_is_a_test_set(run: Run, source: DatasetDescription) -> None:
    file = ASSETS / source.test_sheet
    found = run(
        """
        const { bytes } = await import("/core/bytes.js");
        const { testSet } = await import("/core/test-set.js");
        let requests = 0;
        const files = { bytes: async () => { requests++; return bytes(argument).buffer; } };
        const [set, again] = [await testSet(files, "a.png"), await testSet(files, "a.png")];
        const hash = await crypto.subtle.digest("SHA-256", set.levels);
        return [[...new Uint8Array(hash)], set.truths, set === again, requests];
        """,
        base64.b64encode(file.read_bytes()).decode(),
    )
    levels = np.rint(read_sheet(file).images * 255).astype(np.uint8)
    assert bytes(found[0]) == hashlib.sha256(levels.tobytes()).digest()
    assert found[1] == [n // MANY for n in range(MANY * len(source.labels))]
    assert found[2:] == [True, 1]
