"""Problem intake: a statement, a file or a stream becomes `Problem`s with the public tests it shows."""

from hierarchy.intake.describe import describe
from hierarchy.intake.files import MAX_BYTES, read_bytes, read_file
from hierarchy.intake.statement import read_statement

__all__ = ["MAX_BYTES", "describe", "read_bytes", "read_file", "read_statement"]
