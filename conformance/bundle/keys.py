"""Ed25519 keys in PEM files, by the package cryptography, which is there with the extra `sign` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from conformance.bundle.archive import BundleError

if TYPE_CHECKING:
    from pathlib import Path

MAKE_KEY: Final = "make one with `openssl genpkey -algorithm ed25519 -out key.pem`"
MAKE_PUBLIC: Final = "make one with `openssl pkey -in key.pem -pubout -out public.pem`"
LARGEST_KEY: Final = 64 * 1024


def signed(content: bytes, key_file: Path) -> tuple[bytes, bytes]:
    """Sign with the private key of a file; gives its public key and the signature.

    Raises:
        BundleError: the file holds no Ed25519 key without a password.
        OSError: it cannot be read.

    """
    try:
        key = load_pem_private_key(_pem(key_file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BundleError(f"{key_file}: holds no private key in PEM without a password; {MAKE_KEY}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BundleError(f"{key_file}: its private key is no Ed25519 key; {MAKE_KEY}")
    return key.public_key().public_bytes_raw(), key.sign(content)


def public(key_file: Path) -> bytes:
    """Give the public key of a file, in bytes; raises as `signed` does."""
    try:
        key = load_pem_public_key(_pem(key_file))
    except (ValueError, UnsupportedAlgorithm):
        raise BundleError(f"{key_file}: holds no public key in PEM; {MAKE_PUBLIC}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BundleError(f"{key_file}: its key is no Ed25519 key; {MAKE_KEY}")
    return key.public_bytes_raw()


def holds(key: bytes, signature: bytes, content: bytes) -> bool:
    """Say whether a public key's owner signed this."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _pem(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_KEY)
