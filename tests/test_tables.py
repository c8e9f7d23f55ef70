import io
import sys

import pytest

from lenet.tables import as_text, new_table, print_table


def test_a_piped_table_is_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    table = new_table("kernel", "accuracy", "")
    table.add_row("3", "98.00%", "")
    table.add_row("12", "7%", "[bold]unchanged[/bold] " + 60 * "long ")
    print_table(table)
    shown = capsys.readouterr().out
    assert shown == as_text(table) + "\n"
    assert shown.splitlines()[:2] == ["kernel  accuracy", "3       98.00%"]
    assert len(shown.splitlines()) == 3
    assert "7%        [bold]unchanged[/bold] long" in shown


def test_a_terminal_shows_a_bold_header(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    table = new_table("kernel")
    table.add_row("3")
    print_table(table)
    assert "\x1b[1mkernel" in terminal.getvalue()
