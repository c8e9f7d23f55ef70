"""Numbers as the microscope writes them."""

import pytest

from tests.web.conftest import Run

pytestmark = pytest.mark.browser


def test_numbers_of_cells_are_short(run: Run) -> None:
    numbers = [0, 1, -1, 0.004, -0.004, 0.834, -0.834, 0.996, 2.82, -2.82, 9.96, -13.94, 104.2]
    shown = run(
        """
        const { shortNumber } = await import("/core/format.js");
        return argument.map(shortNumber);
        """,
        numbers,
    )
    assert shown == [
        "0",
        "1",
        "−1",
        "0",
        "0",
        ".83",
        "−.83",
        "1.0",
        "2.8",
        "−2.8",
        "10",
        "−14",
        "104",
    ]


def test_numbers_of_sentences_have_three_decimals(run: Run) -> None:
    shown = run(
        """
        const { decimal } = await import("/core/format.js");
        return argument.map(decimal);
        """,
        [0, -0.0004, -1.8071, 12.5],
    )
    assert shown == ["0", "0", "−1.807", "12.500"]
