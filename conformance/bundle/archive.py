"""The file of a bundle: a ZIP archive without compression, whose bytes follow from what is in it and from nothing else.

What is read is hostile until it has been checked: only such an archive as `packed` makes is taken, byte for byte.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

MOST_BYTES: Final = 64 * 1024 * 1024
"""How large a bundle may be: a run of 150 requests takes one or two megabytes."""
MOST_FILES: Final = 32
DAWN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it: the first that the format knows."""

_END: Final = struct.Struct("<4s4H2LH")
_END_MARK: Final = b"PK\x05\x06"
_ZIP64_MARK: Final = b"PK\x06\x07"
_UNIX: Final = 3
_IS_ENCRYPTED: Final = 0x1


class BundleError(Exception):
    """A file is no bundle, or a folder cannot be made one; the text says what is wrong, where, and what to do."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """Make the archive of these files, in the order of their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DAWN)
            entry.create_system, entry.external_attr = _UNIX, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return made.getvalue()


def unpacked(path: Path, allowed: Collection[str]) -> dict[str, bytes]:
    """Read the files of an archive, none of which may have another name than those allowed.

    Raises:
        BundleError: it is not such an archive as `packed` makes.
        OSError: it cannot be read.

    """
    content = _content(path)
    try:
        _check_end(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse(_strange(entries, allowed))
            files = {entry.filename: archive.read(entry) for entry in entries}
        # times, order, comments, and what stands between the files: all of it follows from the files
        _refuse(
            ["it has bytes that belong to no file in it, or was packed by another program"] * (packed(files) != content)
        )
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, RuntimeError) as error:
        raise BundleError(f"{path}: is no bundle, or a damaged one ({error}); ask for it again") from None
    except BundleError as error:
        raise BundleError(f"{path}: is no bundle: {error}; make one with `logout-conformance bundle`") from None
    return files


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BundleError(f"{path}: is no bundle: it is larger than {MOST_BYTES // 1024 // 1024} MiB")
    return content


def _check_end(content: bytes) -> None:
    """Look at the archive's own table before anything else does: a library reads as many entries as it claims."""
    at = len(content) - _END.size
    if not content.startswith(b"PK"):
        raise BundleError("it is no ZIP archive")
    if at < 0 or content[at : at + 4] != _END_MARK:
        raise BundleError("its end is missing, or something stands behind it: it was cut short or changed on the way")
    _, disk, first, here, count, size, begin, comment = _END.unpack(content[at:])
    if count > MOST_FILES or here != count:
        raise BundleError(f"it claims to have {count} files, and a bundle has at most {MOST_FILES}")
    if (disk, first, comment) != (0, 0, 0) or begin + size != at or content[at - 20 : at - 16] == _ZIP64_MARK:
        raise BundleError("its table of contents is not where it should be")


def _strange(entries: Collection[zipfile.ZipInfo], allowed: Collection[str]) -> Iterator[str]:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if name in seen:
            yield f"{name!r} is in it twice"
        elif "\\" in name or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or ":" in name:
            yield f"{name!r} leads out of the folder that it would be unpacked into"
        elif name not in allowed:
            yield f"{name!r} is no file of a bundle"
        elif stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
            yield f"{name!r} is no file but a link or a folder"
        elif entry.flag_bits & _IS_ENCRYPTED:
            yield f"{name!r} is encrypted"
        elif entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            yield f"{name!r} is compressed, and nothing in a bundle is"
        seen.add(name)


def _refuse(reasons: Collection[str] | Iterator[str]) -> None:
    found = list(reasons)
    if found:
        raise BundleError("; ".join(found))
