"""Hashes and identifiers. Source: Terraform's lang/funcs/crypto.go and uuid.go, and google/uuid."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from uuid import NAMESPACE_DNS, NAMESPACE_OID, NAMESPACE_URL, NAMESPACE_X500, UUID

from ddbaudit.frontends.hcl.functions.filesystem import read
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError, looking, plain, whole
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError
from ddbaudit.frontends.hcl.functions.rsa import RsaError, UnreadableKeyError, decrypt
from ddbaudit.ir.types import NUMBER, STRING
from ddbaudit.ir.value import Cause, Unknown, Value, string

_NAMESPACES = {"dns": NAMESPACE_DNS, "url": NAMESPACE_URL, "oid": NAMESPACE_OID, "x500": NAMESPACE_X500}
_PLAIN_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_BARE_UUID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
_STRONGEST_BCRYPT = 31
_LONGEST_BCRYPT = 72


def _hex(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def _base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: base64.b64encode(hashlib.new(algorithm, data, usedforsecurity=False).digest()).decode()


def _of_text(name: str, digest: Callable[[bytes], str]) -> Function:
    return plain(name, "str", lambda source: digest(source.encode()))


def _of_file(name: str, digest: Callable[[bytes], str]) -> Function:
    return looking(name, "path", lambda context, path: digest(read(context, path)))


def _bcrypt(source: str, *cost: Decimal) -> Value:
    if len(cost) > 1:
        raise FunctionError("bcrypt() takes no more than two arguments", 2)
    if cost and whole(cost[0]) > _STRONGEST_BCRYPT:
        raise FunctionError("the cost is outside of the allowed range (4 to 31)", 1)
    if len(source.encode()) > _LONGEST_BCRYPT:
        raise FunctionError("bcrypt takes no more than 72 bytes", 0)
    raise NotEvaluatedError("gives another value each time", "impure")


def _rsadecrypt(ciphertext: str, key: str) -> Value:
    try:
        data = base64.b64decode(ciphertext, validate=True)
    except ValueError:
        raise FunctionError("the ciphertext is not valid base64", 0) from None
    try:
        text = decrypt(data, key).decode()
    except UnreadableKeyError as error:
        raise NotEvaluatedError(str(error), "unsupported") from None
    except RsaError as error:
        raise FunctionError(str(error), 1) from None
    except UnicodeDecodeError:
        raise NotEvaluatedError("the plaintext is not valid UTF-8", "unsupported") from None
    return string(unicodedata.normalize("NFC", text)).with_sensitive()


def _uuid(context: Context, args: list[Value]) -> Value:
    return Unknown(STRING, Cause("impure", "uuid: gives another value each time"), not_null=True)


def _uuidv5(namespace: str, name: str) -> str:
    space = _NAMESPACES.get(namespace) or _parse_uuid(namespace)
    digest = hashlib.sha1(space.bytes + name.encode(), usedforsecurity=False).digest()
    return str(UUID(bytes=digest[:16], version=5))


def _parse_uuid(given: str) -> UUID:
    """The forms that google/uuid reads: plain, with `urn:uuid:` before it, in brackets of any kind, bare digits."""
    inner = given
    if len(given) == 45 and given[:9].lower() == "urn:uuid:":
        inner = given[9:]
    elif len(given) == 38:
        inner = given[1:37]
    if (_PLAIN_UUID if len(given) != 32 else _BARE_UUID).fullmatch(inner) is None:
        raise FunctionError('uuidv5() doesn\'t support namespace: it must be "dns", "url", "oid", "x500" or a UUID', 0)
    return UUID(inner)


FUNCTIONS: tuple[Function, ...] = (
    _of_text("base64sha256", _base64("sha256")),
    _of_text("base64sha512", _base64("sha512")),
    plain("bcrypt", "str", _bcrypt, rest=("cost", NUMBER)),
    _of_file("filebase64sha256", _base64("sha256")),
    _of_file("filebase64sha512", _base64("sha512")),
    _of_file("filemd5", _hex("md5")),
    _of_file("filesha1", _hex("sha1")),
    _of_file("filesha256", _hex("sha256")),
    _of_file("filesha512", _hex("sha512")),
    _of_text("md5", _hex("md5")),
    plain("rsadecrypt", "ciphertext privatekey", _rsadecrypt),
    _of_text("sha1", _hex("sha1")),
    _of_text("sha256", _hex("sha256")),
    _of_text("sha512", _hex("sha512")),
    Function("uuid", (), _uuid, STRING),
    plain("uuidv5", "namespace name", _uuidv5),
)
