"""bundle.json: what is in a bundle, which kit and law made it, and a digest of each file."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from conformance.bundle.archive import BundleError
from conformance.record.record import TargetInfo, Verdict  # noqa: TC001  (pydantic reads annotations)
from conformance.record.stored import Count, Moment, Part, RecordError, Text, checked, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.record.record import Record

MANIFEST: Final = "bundle.json"
SCHEMA_VERSION: Final = 1
ADVICE: Final = "make the bundle again"


class File(Part):
    """A file of a bundle."""

    name: Text
    size: Count
    """In bytes."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(Part):
    """What a bundle claims, and what it is made of: bundle.json."""

    schema_version: Literal[1] = SCHEMA_VERSION
    kit_version: Text
    spec_version: Text
    verdict: Verdict
    finished_at: Moment
    target: TargetInfo
    """The server that was certified; no value of a header is in it."""
    note: Text = ""
    """What whoever made the bundle says about it."""
    files: tuple[File, ...]


def manifest_of(record: Record, files: Mapping[str, bytes], note: str) -> Manifest:
    """Describe a record and the files of its bundle."""
    return Manifest(
        kit_version=record.kit_version,
        spec_version=record.spec_version,
        verdict=record.verdict,
        finished_at=record.finished_at,
        target=record.target,
        note=note,
        files=tuple(
            File(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())
            for name, content in sorted(files.items())
        ),
    )


def written(manifest: Manifest) -> bytes:
    """Give a manifest as it stands in a bundle: these are the bytes that a signature covers."""
    return (json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


def read(content: bytes) -> Manifest:
    """Read a manifest; raises BundleError where it is none, or one of a newer kit."""
    try:
        members = decoded(content, MANIFEST, ADVICE)
        version = members.get("schema_version") if isinstance(members, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise BundleError(f"its schema_version is {version}; upgrade logout-conformance to verify it")
        return checked(Manifest, members, MANIFEST, ADVICE)
    except RecordError as error:
        raise BundleError(str(error)) from None


def differences(manifest: Manifest, record: Record, files: Mapping[str, bytes]) -> Iterator[str]:
    """Say where the files are not those that the manifest names, and where it claims something else than the record."""
    wanted = manifest_of(record, files, manifest.note)
    listed, found = ({file.name: file for file in each.files} for each in (manifest, wanted))
    for name in sorted({*listed, *found}):
        if name not in found:
            yield f"{name} is missing, although {MANIFEST} names it"
        elif name not in listed:
            yield f"{name} is there, although {MANIFEST} does not name it"
        elif listed[name] != found[name]:
            yield f"{name} was changed: its SHA-256 is not the one in {MANIFEST}"
    for name in ("kit_version", "spec_version", "verdict", "finished_at", "target"):
        if getattr(manifest, name) != getattr(wanted, name):
            yield f"{MANIFEST} claims another {name} than results.json"
