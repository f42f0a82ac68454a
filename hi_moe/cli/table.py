"""Rows of text in columns, for stdout: no colours and no frames, so that `grep` and `awk` can read them."""

from collections.abc import Sequence

from rich.cells import cell_len


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> str:
    """The rows in columns as wide as their widest cell, two spaces apart; the last column is not padded."""
    lines = [*([tuple(head)] if head else []), *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )
