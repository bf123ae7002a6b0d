"""Who vouches for a bundle: an Ed25519 signature of bundle.json. It says who made the claim, not that it is true."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from conformance.bundle.archive import BundleError
from conformance.bundle.manifest import MANIFEST
from conformance.record.stored import Part, RecordError, Text, checked, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SIGNATURE: Final = "bundle.sig.json"


class MissingLibraryError(Exception):
    """The package that signs is not installed; the text says what to install."""


class Signed(Part):
    """The signature of a bundle: bundle.sig.json."""

    algorithm: Text = "Ed25519"
    public_key: Text
    """The 32 bytes of the key, as Base64."""
    signature: Text
    """The 64 bytes of the signature of bundle.json, as Base64."""


class Standing(Enum):
    """What can be said of a signature."""

    ABSENT = "unsigned"
    UNCHECKED = "signed, and not checked"
    BAD = "bad signature"
    UNKNOWN = "signed by an unknown key"
    TRUSTED = "signed by a trusted key"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a bundle, as far as that is known, and the words for it."""

    standing: Standing
    words: str


def sign(manifest: bytes, key_file: Path) -> bytes:
    """Sign a manifest with the private key of a PEM file.

    Raises:
        BundleError: the file holds no such key.
        MissingLibraryError: the package that signs is not installed.
        OSError: the file cannot be read.

    """
    with _needing_library():
        from conformance.bundle import keys  # noqa: PLC0415
    public, signature = keys.signed(manifest, key_file)
    made = Signed(public_key=_as_base64(public), signature=_as_base64(signature))
    return f"{made.model_dump_json(indent=1)}\n".encode()


def trusted_keys(path: Path) -> dict[bytes, str]:
    """Read the public key of a PEM file, or those of every *.pem in a folder; gives their names by their bytes.

    Raises as `sign` does.
    """
    with _needing_library():
        from conformance.bundle import keys  # noqa: PLC0415
    files = sorted(path.glob("*.pem")) if path.is_dir() else [path]
    if not files:
        raise BundleError(f"{path}: holds no *.pem; {keys.MAKE_PUBLIC}")
    return {keys.public(file): file.name for file in files}


def signer(manifest: bytes, signature: bytes | None, trusted: Mapping[bytes, str]) -> Signer:
    """Say who signed a manifest; raises BundleError where the signature is no such file."""
    if signature is None:
        return Signer(Standing.ABSENT, "unsigned: nobody vouches for it")
    public, made = _parts(signature)
    name = f"key SHA256:{hashlib.sha256(public).hexdigest()}"
    try:
        with _needing_library():
            from conformance.bundle import keys  # noqa: PLC0415
    except MissingLibraryError as error:
        return Signer(Standing.UNCHECKED, f"signed, and not checked: {error}")
    if not keys.holds(public, made, manifest):
        return Signer(Standing.BAD, f"bad signature: the {name} did not sign this {MANIFEST}")
    if public in trusted:
        return Signer(Standing.TRUSTED, f"signed by {trusted[public]} ({name})")
    return Signer(Standing.UNKNOWN, f"signed by an unknown key ({name})")


def _parts(signature: bytes) -> tuple[bytes, bytes]:
    try:
        signed = checked(Signed, decoded(signature, SIGNATURE), SIGNATURE)
        return (
            base64.b64decode(signed.public_key, validate=True),
            base64.b64decode(signed.signature, validate=True),
        )
    except (RecordError, ValueError):
        raise BundleError(f"{SIGNATURE} is no signature; ask for the bundle again") from None


@contextlib.contextmanager
def _needing_library() -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise MissingLibraryError(
            "signatures need the package cryptography: pip install 'logout-conformance[sign]'"
        ) from None


def _as_base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
