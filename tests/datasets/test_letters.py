import numpy as np

from lenet.datasets.letters import alphabet, handwritten_letters


def test_the_alphabet_has_many_letters_of_one_size() -> None:
    letters = alphabet()
    assert len(letters) > 800
    for letter in letters:
        points = np.concatenate(letter.strokes)
        assert points.min() == 0
        assert points.max() == 1


def test_digits_and_lookalikes_are_excluded_unless_requested() -> None:
    assert len(alphabet(with_digits=True)) > len(alphabet()) + 300
    straight = [letter for letter in alphabet() if len(letter.strokes) == 1]
    for letter in straight:
        along, across = np.linalg.svd(letter.strokes[0] - letter.strokes[0].mean(0))[1]
        assert across > 0.2 * along  # not a plain line, which may be a one


def test_every_letter_is_written_differently() -> None:
    written = handwritten_letters(50, np.random.default_rng(0))
    assert len({np.concatenate(glyph).tobytes() for glyph in written}) == 50
    again = handwritten_letters(50, np.random.default_rng(0))
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(written, again, strict=True))
