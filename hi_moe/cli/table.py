"""Rows of text in columns, for stdout: no colours and no frames, so that `grep` and `awk` can read them."""

from collections.abc import Sequence

from rich.cells import cell_len

from hi_moe.cli.streams import visible


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> str:
    """The rows in columns as wide as their widest cell, two spaces apart; the last column is not padded.

    Control characters in them are made visible.
    """
    lines = [*([tuple(map(visible, head))] if head else []), *(tuple(map(visible, row)) for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )
