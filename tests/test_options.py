import argparse
from dataclasses import dataclass
from typing import Any

import pytest

from lenet.errors import SketchpadError
from lenet.options import add_options, check, option

KINDS = {"small": 1, "large": 2}


@dataclass(frozen=True)
class Settings:
    kind: str = option("small", "its kind", choices=KINDS)
    size: int = option(3, "its size", low=1, high=2000)
    rate: float = option(0.5, "its speed", flag="speed", low=0.25, high=1.0)
    fast: bool = option(True, "hurry")
    names: tuple[str, ...] = option((), "a name; repeat for more")
    plain: str = option("", "anything")
    inner: int = 7

    def __post_init__(self) -> None:
        check(self)


def parsed(arguments: str, *exclude: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    add_options(parser, Settings, exclude)
    return vars(parser.parse_args(arguments.split()))


def test_parsing_returns_only_the_options_that_were_passed() -> None:
    assert parsed("") == {}
    assert parsed("--size 5 --speed 0.75 --no-fast --names a --names b --kind large") == {
        "size": 5, "rate": 0.75, "fast": False, "names": ["a", "b"], "kind": "large",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments", ["--size many", "--unknown", "--inner 3", "--rate 1", "--fast 1"]
)
def test_usage_errors_are_reported(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(arguments)
    assert "error:" in capsys.readouterr().err


def test_excluded_fields_are_not_options() -> None:
    with pytest.raises(SystemExit):
        parsed("--size 5", "size")


def test_help_names_defaults_and_choices(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "--kind {small,large} its kind (default: small)",
        "--size SIZE its size (default: 3)",
        "--speed SPEED its speed (default: 0.5)",
        "--fast, --no-fast",
        "--plain PLAIN anything",
    ):
        assert words in shown
    assert "anything (default" not in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": 0}, "--size must be between 1 and 2,000, got 0."),
        ({"size": 2001}, "--size must be between 1 and 2,000, got 2001."),
        ({"rate": 1.5}, "--speed must be between 0.25 and 1, got 1.5."),
        ({"rate": float("nan")}, "--speed must be between 0.25 and 1, got nan."),
        ({"kind": "huge"}, "--kind must be small or large, got huge."),
    ],
)
def test_an_invalid_value_is_reported_with_its_limits(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SketchpadError) as error:
        Settings(**changes)
    assert str(error.value) == sentence


def test_values_at_the_limits_and_new_choices_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(size=1, rate=1.0) != Settings(size=2000, rate=0.25)
    monkeypatch.setitem(KINDS, "huge", 3)
    assert Settings(kind="huge").kind == "huge"
