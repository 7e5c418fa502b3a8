"""`rsadecrypt` against openssl and Terraform's words; the key is made for this test and used nowhere else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ddbaudit.frontends.hcl.files import ModuleFiles
from ddbaudit.frontends.hcl.functions import BUILTINS
from ddbaudit.frontends.hcl.functions.registry import FunctionError, call
from ddbaudit.ir.value import Known, Unknown, Value, string

CONTEXT = ModuleFiles(".", [])
KEYS = Path(__file__).parent / "keys"
CIPHERTEXT = (KEYS / "ciphertext.txt").read_text()


def decrypted(ciphertext: str, key: str) -> Value:
    return call(BUILTINS["rsadecrypt"], [string(ciphertext), string(key)], CONTEXT)


@pytest.mark.parametrize("name", ["pkcs1.txt", "pkcs8.txt"])
def test_what_openssl_encrypted_is_read_and_kept_from_print(name: str) -> None:
    result = decrypted(CIPHERTEXT, (KEYS / name).read_text())
    assert isinstance(result, Known)
    assert result.text == "hello wörld"
    assert result.sensitive


@pytest.mark.parametrize("kind", ["OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
def test_other_kinds_of_keys_leave_it_open(kind: str) -> None:
    result = decrypted(CIPHERTEXT, f"-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n")
    assert isinstance(result, Unknown)
    assert result.cause.kind == "unsupported"


@pytest.mark.parametrize(
    ("ciphertext", "key"),
    [
        ("!!", "pkcs1.txt"),
        ("AAAA", "pkcs1.txt"),
        (base64.b64encode(b"\xff" * 128).decode(), "pkcs1.txt"),
        (base64.b64encode(b"\x01" * 300).decode(), "pkcs8.txt"),
        (CIPHERTEXT, "ciphertext.txt"),
    ],
)
def test_what_does_not_go_together_is_an_error(ciphertext: str, key: str) -> None:
    with pytest.raises(FunctionError):
        decrypted(ciphertext, (KEYS / key).read_text())


@pytest.mark.parametrize("body", ["AAAA", "MAA=", "MIIBCg==", "not base64", "MAMCAQA="])
def test_a_malformed_key_is_an_error(body: str) -> None:
    for kind in ("RSA PRIVATE KEY", "PRIVATE KEY"):
        with pytest.raises(FunctionError):
            decrypted(CIPHERTEXT, f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n")
