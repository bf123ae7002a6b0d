"""A signature says who hands a bundle on, and each of the four things that can be said of it is said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from conformance.bundle.archive import BundleError, packed, unpacked
from conformance.bundle.making import FILES, bundle
from conformance.bundle.manifest import MANIFEST
from conformance.bundle.signature import SIGNATURE, MissingLibraryError, Standing, sign, signer, trusted_keys
from tests.commands import in_process

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bundle.tampering import Kept

ABOUT = b"{}"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with two private keys, and the public one of the first."""
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "trusted").mkdir()
    for name in ("acme", "other"):
        key = ed25519.Ed25519PrivateKey.generate()
        (tmp_path / f"{name}.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
        public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / ("trusted" if name == "acme" else "") / f"{name}.pem").write_bytes(public)
    return tmp_path


def test_who_signed_is_said(keys: Path) -> None:
    trusted = trusted_keys(keys / "trusted")
    acme, other = (sign(ABOUT, keys / f"{name}.key") for name in ("acme", "other"))
    assert signer(ABOUT, None, trusted).standing is Standing.ABSENT
    assert signer(ABOUT, acme, trusted).words.startswith("signed by acme.pem (key SHA256:")
    assert signer(ABOUT, acme, trusted_keys(keys / "trusted" / "acme.pem")).standing is Standing.TRUSTED
    assert signer(ABOUT, other, trusted).words.startswith("signed by an unknown key (key SHA256:")
    assert signer(b"{ }", acme, trusted).words.endswith(f"did not sign this {MANIFEST}")
    with pytest.raises(BundleError, match=f"{SIGNATURE} is no signature"):
        signer(ABOUT, b"{}", trusted)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_named(content: bytes, keys: Path) -> None:
    path = keys / "none.pem"
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"none\.pem: holds no private key in PEM"):
        sign(ABOUT, path)
    with pytest.raises(BundleError, match=r"none\.pem: holds no public key in PEM"):
        trusted_keys(path)


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    monkeypatch.delitem(sys.modules, "conformance.bundle.keys", raising=False)
    monkeypatch.delattr("conformance.bundle.keys", raising=False)
    with pytest.raises(MissingLibraryError, match=r"pip install 'logout-conformance\[sign\]'"):
        sign(ABOUT, tmp_path / "key.pem")
    signature = b'{"public_key": "AAAA", "signature": "AAAA"}'
    assert signer(ABOUT, signature, {}).standing is Standing.UNCHECKED


def test_the_commands_sign_and_ask_for_a_trusted_key(few: Kept, keys: Path) -> None:
    folder = str(few.folder)
    assert in_process("bundle", folder, "--out", "a.zip", "--format", "", "--sign", "acme.key", folder=keys).code == 0
    ended = in_process("verify", "a.zip", "--trusted-keys", "trusted", folder=keys)
    assert (ended.code, ended.output.splitlines()[0]) == (0, "confirmed: inconclusive (a part of the cases)")
    assert ended.output.splitlines()[2].startswith("signed by acme.pem (key SHA256:")
    assert in_process("verify", "a.zip", "--trusted-keys", "other.pem", folder=keys).code == 3
    swapped = unpacked(keys / "a.zip", FILES) | {SIGNATURE: sign(b"another", keys / "acme.key")}
    (keys / "b.zip").write_bytes(packed(swapped))
    ended = in_process("verify", "b.zip", "--trusted-keys", "trusted", folder=keys)
    assert (ended.code, ended.output.splitlines()[2][:13]) == (1, "bad signature")
    refused = in_process("verify", "a.zip", "--trusted-keys", "none.pem", folder=keys)
    assert (refused.code, refused.complaints) == (2, "logout-conformance: none.pem: No such file or directory\n")


def test_a_signature_changes_nothing_else(few: Kept, keys: Path) -> None:
    plain = bundle(few.folder, ())
    signed = bundle(few.folder, (), key_file=keys / "acme.key")
    (keys / "plain.zip").write_bytes(plain)
    (keys / "signed.zip").write_bytes(signed)
    files = unpacked(keys / "signed.zip", FILES)
    files.pop(SIGNATURE)
    assert packed(files) == plain == bundle(few.folder, ())
