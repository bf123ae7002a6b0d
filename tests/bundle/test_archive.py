"""A file that is no bundle is refused in one sentence, before anything of it is believed."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.bundle.archive import MOST_BYTES, BundleError, packed, unpacked

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = ("a.json", "b.json")
GOOD = packed({"b.json": b"two", "a.json": b"one"})


def archive(*entries: tuple[str, bytes], mode: int = stat.S_IFREG, how: int = zipfile.ZIP_STORED) -> bytes:
    """Make an archive as another program may."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as file:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = (mode | 0o644) << 16, how
            file.writestr(entry, content)
    return made.getvalue()


def encrypted() -> bytes:
    """Set the flag of an encrypted file in both places where it stands."""
    content = bytearray(archive(("a.json", b"one")))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def with_count(count: int) -> bytes:
    return GOOD[:-14] + struct.pack("<2H", count, count) + GOOD[-10:]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "it is no ZIP archive"),
        (b"{}", "it is no ZIP archive"),
        (b"PK", "its end is missing"),
        (GOOD[:-5], "its end is missing"),
        (GOOD + b"more", "its end is missing"),
        (b"PK" + GOOD, "its table of contents is not where it should be"),
        (with_count(65535), "it claims to have 65535 files"),
        (archive(*((f"{number}", b"") for number in range(40))), "it claims to have 40 files"),
        (archive(("../a.json", b"")), "'../a.json' leads out of the folder"),
        (archive(("/etc/passwd", b"")), "'/etc/passwd' leads out of the folder"),
        (archive(("C:a.json", b"")), "'C:a.json' leads out of the folder"),
        (archive(("a\\..\\b.json", b"")), "leads out of the folder"),
        (archive(("c.json", b"")), "'c.json' is no file of a bundle"),
        (archive(("a.json", b"/etc/passwd"), mode=stat.S_IFLNK), "'a.json' is no file but a link"),
        (archive(("a.json", b"0" * 10**6), how=zipfile.ZIP_DEFLATED), "'a.json' is compressed"),
        (encrypted(), "'a.json' is encrypted"),
        (archive(("b.json", b""), ("a.json", b"")), "was packed by another program"),
        (GOOD.replace(b"one", b"six"), "Bad CRC-32 for file 'a.json'"),
    ],
)
def test_what_is_refused(content: bytes, named: str, tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    path.write_bytes(content)
    with pytest.raises(BundleError) as refused:
        unpacked(path, ALLOWED)
    assert str(refused.value).startswith(f"{path}: is no bundle")
    assert named in str(refused.value)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "made.zip").write_bytes(archive(("a.json", b"one"), ("a.json", b"two")))
    with pytest.raises(BundleError, match=r"'a\.json' is in it twice"):
        unpacked(tmp_path / "made.zip", ALLOWED)


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(BundleError, match="it is larger than 64 MiB"):
        unpacked(path, ALLOWED)


def test_the_same_files_give_the_same_bytes_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    path.write_bytes(GOOD)
    assert packed({"a.json": b"one", "b.json": b"two"}) == GOOD
    assert unpacked(path, ALLOWED) == {"a.json": b"one", "b.json": b"two"}


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed_and_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    content = bytearray(GOOD)
    content[place] ^= change
    path = tmp_path_factory.getbasetemp() / "changed.zip"
    path.write_bytes(content)
    with pytest.raises(BundleError):
        unpacked(path, ALLOWED)
