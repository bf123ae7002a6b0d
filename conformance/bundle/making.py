"""Makes a bundle of a report folder: of its record, and of the reports that this kit renders of it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from conformance.bundle import manifest, signature
from conformance.bundle.archive import MOST_BYTES, BundleError, packed
from conformance.record import record as records
from conformance.record.record import EXCHANGES, RESULTS
from conformance.record.stored import RecordError, bytes_of
from conformance.report import files_of, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.record.record import ExchangeLine, Record

RECORD: Final = (RESULTS, EXCHANGES)
FILES: Final = frozenset({*RECORD, *files_of(), manifest.MANIFEST, signature.SIGNATURE})
"""Every name that a file of a bundle may have."""


def bundle(folder: Path, formats: Iterable[str], *, note: str = "", key_file: Path | None = None) -> bytes:
    """Make the bundle of a run; nothing but the two files of its record is read from its folder.

    Raises:
        BundleError: the run was interrupted and there is no note, a file of the record is a link, or it is too large.
        RecordError: the folder holds no record that can be read.
        MissingLibraryError: it is to be signed, and the package for that is missing.
        OSError: a file cannot be read.

    """
    content = {name: _content(folder / name) for name in RECORD}
    content[EXCHANGES] = content[EXCHANGES][: content[EXCHANGES].rfind(b"\n") + 1]  # a killed run leaves half a line
    record, _, reports = read(content, formats, folder)
    if record.interrupted and not note:
        raise BundleError(f"{folder}: its run was interrupted; run it again, or say with --note why it is handed on")
    files = content | reports
    about = manifest.written(manifest.manifest_of(record, files, note))
    files[manifest.MANIFEST] = about
    if key_file:
        files[signature.SIGNATURE] = signature.sign(about, key_file)
    made = packed(files)
    if len(made) > MOST_BYTES:
        raise BundleError(f"{folder}: its bundle would be larger than {MOST_BYTES // 1024 // 1024} MiB")
    return made


def read(
    content: Mapping[str, bytes], formats: Iterable[str], where: Path
) -> tuple[Record, list[ExchangeLine], dict[str, bytes]]:
    """Read a record and every exchange of it, and render its reports; raises RecordError where it is damaged."""
    with TemporaryDirectory(prefix="logout-conformance-") as name:
        aside = Path(name)
        for file in RECORD:
            (aside / file).write_bytes(content[file])
        try:
            record, lines = records.read(aside), list(records.read_exchanges(aside))
            paths = render(aside, formats)
        except RecordError as error:
            raise RecordError(f"{error}".replace(f"{aside}", f"{where}")) from None
        return record, lines, {path.name: path.read_bytes() for path in paths}


def _content(path: Path) -> bytes:
    if path.is_symlink() or path.is_dir():
        raise BundleError(f"{path}: is a link or a folder, and a bundle takes neither")
    content = bytes_of(path)
    if len(content) > MOST_BYTES:
        raise BundleError(f"{path}: is larger than the {MOST_BYTES // 1024 // 1024} MiB that a bundle may have")
    return content
