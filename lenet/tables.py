"""Tables for the terminal."""

from rich.console import Console
from rich.table import Table


def new_table(*columns: str) -> Table:
    """An empty table without rules, so that it stays plain text when piped to a file."""
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.show_header = bool(columns)
    return table


def print_table(table: Table) -> None:
    """Print the table; if the output is not a terminal, without colours or line wrapping."""
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(table)
    else:
        print(as_text(table))


def as_text(table: Table) -> str:
    """The table as plain text, without wrapping."""
    console = Console(
        width=1000, color_system=None, force_terminal=False, markup=False, emoji=False
    )
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
