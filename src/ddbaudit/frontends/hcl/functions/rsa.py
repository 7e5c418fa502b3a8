"""RSA decryption as `rsadecrypt` does it: PKCS #1 v1.5 (RFC 8017, 7.2.2) with a key in PEM.

Keys in PKCS #1 (`RSA PRIVATE KEY`) and PKCS #8 (`PRIVATE KEY`) are read here; for OpenSSH's own and for encrypted ones
the answer is left open. Source: Terraform's lang/funcs/crypto.go, which hands the key to golang.org/x/crypto/ssh.
Unlike there the plaintext is marked sensitive: it must not reach a report.
"""

from __future__ import annotations

import base64
import binascii
import re

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\s(.*?)-----END \1-----", re.DOTALL)
_RSA_OID = bytes.fromhex("2a864886f70d010101")
_INTEGER, _OCTETS, _OID, _SEQUENCE = 0x02, 0x04, 0x06, 0x30


class RsaError(Exception):
    """The key or the ciphertext is not valid."""


class UnreadableKeyError(Exception):
    """A kind of key that is not read here: no statement about its validity."""


def decrypt(ciphertext: bytes, pem: str) -> bytes:
    """The plaintext; RsaError when key and ciphertext do not go together."""
    modulus, exponent = private_key(pem)
    size = (modulus.bit_length() + 7) // 8
    if len(ciphertext) > size or int.from_bytes(ciphertext) >= modulus or size < 11:
        raise RsaError("the ciphertext does not fit the key")
    block = pow(int.from_bytes(ciphertext), exponent, modulus).to_bytes(size)
    end = block.find(b"\0", 2)
    if block[:2] != b"\0\x02" or end < 10:
        raise RsaError("the decryption fails")
    return block[end + 1 :]


def private_key(pem: str) -> tuple[int, int]:
    """Modulus and private exponent of a PEM key."""
    found = _PEM.search(pem)
    if found is None:
        raise RsaError("no key found")
    kind, body = found.groups()
    if kind not in ("RSA PRIVATE KEY", "PRIVATE KEY") or "ENCRYPTED" in body:
        raise UnreadableKeyError(f"a key of the kind {kind} is not read")
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
        sequence = _Der(_Der(der).take(_SEQUENCE))
        return _pkcs1(sequence) if kind.startswith("RSA") else _pkcs8(sequence)
    except (binascii.Error, IndexError) as error:
        raise RsaError("the key is malformed") from error


def _pkcs1(sequence: _Der) -> tuple[int, int]:
    """RSAPrivateKey: version, modulus, publicExponent, privateExponent, … (RFC 8017, A.1.2)."""
    _, modulus, _, exponent = (int.from_bytes(sequence.take(_INTEGER), signed=True) for _ in range(4))
    if modulus <= 0 or exponent <= 0:
        raise RsaError("the key is malformed")
    return modulus, exponent


def _pkcs8(sequence: _Der) -> tuple[int, int]:
    """PrivateKeyInfo: version, algorithm, the key as an octet string (RFC 5208)."""
    sequence.take(_INTEGER)
    if _Der(sequence.take(_SEQUENCE)).take(_OID) != _RSA_OID:
        raise RsaError("the key is not an RSA key")
    return _pkcs1(_Der(_Der(sequence.take(_OCTETS)).take(_SEQUENCE)))


class _Der:
    """Reads the elements of a DER value in order."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, tag: int) -> bytes:
        """The content of the next element, which must have this tag."""
        if self.data[self.at] != tag:
            raise RsaError("the key is malformed")
        length = self.data[self.at + 1]
        begin = self.at + 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(self.data[begin : begin + count])
            begin += count
        if begin + length > len(self.data):
            raise RsaError("the key is malformed")
        self.at = begin + length
        return self.data[begin : self.at]
