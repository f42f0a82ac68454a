"""SHA-256 of files, and a book that remembers it, so that a start need not read a gigabyte again.

A remembered checksum counts only while the file's path, size and modification time are those it was taken at.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

CHUNK_BYTES = 1 << 20


def sha256_file(path: Path, on_bytes: Callable[[int], None] | None = None) -> str:
    """Hex digest of the file; `on_bytes` hears the bytes read so far. Raises OSError."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            if on_bytes is not None:
                on_bytes(done)
    return digest.hexdigest()


class HashBook:
    """Checksums by model name, one small JSON file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, name: str, path: Path) -> str | None:
        """The checksum noted for this very state of the file, or None."""
        try:
            noted = json.loads(self._page(name).read_text(encoding="utf-8"))
            return str(noted.pop("sha256")) if noted == {**_state(path), "sha256": noted["sha256"]} else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def note(self, name: str, path: Path, sha256: str) -> None:
        """Remember; a folder that cannot be written only costs hashing the file again next time."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._page(name).with_suffix(f".{os.getpid()}.tmp")
            fresh.write_text(json.dumps({**_state(path), "sha256": sha256}), encoding="utf-8")
            fresh.replace(self._page(name))

    def sha256(self, name: str, path: Path, on_bytes: Callable[[int], None] | None = None) -> str:
        """The remembered checksum, or else the file is read and the result remembered. Raises OSError."""
        known = self.recall(name, path)
        if known is None:
            known = sha256_file(path, on_bytes)
            self.note(name, path, known)
        return known

    def _page(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.json"


def _state(path: Path) -> dict[str, str | int]:
    stat = path.stat()
    return {"path": str(path.absolute()), "size_bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}
