"""`textencodebase64` and `textdecodebase64`.

Go's charsets agree with Python's where they are listed here (all bytes compared with `terraform console`). Others are
not evaluated.
"""

from __future__ import annotations

import base64

from ddbaudit.frontends.hcl.functions.registry import Context, Function, Param
from ddbaudit.frontends.hcl.functions.support import argument_error, decoded_base64, normalized, text
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Known, Unknown, Value

_CODECS: dict[str, str] = {
    "utf-8": "utf-8",
    "utf-16": "utf-16-be",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "us-ascii": "ascii",
    "latin1": "iso8859-1",
    "macintosh": "mac_roman",
    "koi8-r": "koi8-r",
    "ibm037": "cp037",
    "ibm00858": "cp858",
    "ibm01140": "cp1140",
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (*range(1, 11), *range(13, 17))},
    **{f"windows-{n}": f"cp{n}" for n in (874, 1250, 1251, 1252, 1253, 1254, 1256, 1257, 1258)},
    **{f"ibm{n}": f"cp{n}" for n in (437, 850, 852, 855, 860, 862, 863, 865, 866)},
}
_WITH_CONTROLS = ("iso8859-1", "iso8859-9")
"""Go's other ISO tables leave the C1 controls undefined."""


def _codec(value: Value) -> str | None:
    assert isinstance(value, Known)
    if not value.text:
        message = '"" is not a supported IANA encoding name or alias in this Terraform version'
        raise argument_error("encoding", 1, message)
    return _CODECS.get(value.text.lower())


def _unsupported(value: Value) -> Unknown:
    assert isinstance(value, Known)
    return Unknown(STRING, Cause("unsupported", f"the encoding {value.text} is not evaluated"), not_null=True)


def _lacks(codec: str, content: str) -> bool:
    without = codec.startswith("iso8859-") and codec not in _WITH_CONTROLS
    return without and any("\x80" <= char <= "\x9f" for char in content)


def _encode(context: Context, args: list[Value]) -> Value:
    codec = _codec(args[1])
    if codec is None:
        return _unsupported(args[1])
    source, name = args[0], args[1]
    assert isinstance(source, Known)
    assert isinstance(name, Known)
    try:
        if _lacks(codec, source.text):
            raise ValueError  # noqa: TRY301
        raw = source.text.encode(codec)
    except ValueError:
        message = f"the given string contains characters that cannot be represented in {name.text}"
        raise argument_error("string", 0, message) from None
    if name.text.lower() == "utf-16":
        raw = b"\xfe\xff" + raw
    return text(base64.b64encode(raw).decode())


def _decode(context: Context, args: list[Value]) -> Value:
    codec = _codec(args[1])
    if codec is None:
        return _unsupported(args[1])
    source, name = args[0], args[1]
    assert isinstance(source, Known)
    assert isinstance(name, Known)
    raw = decoded_base64(source.text)
    if raw is None:
        raise argument_error("source", 0, "the given value has an invalid base64 symbol")
    if name.text.lower() == "utf-16" and raw[:2] in (b"\xfe\xff", b"\xff\xfe"):
        codec = "utf-16-be" if raw[0] == 0xFE else "utf-16-le"
        raw = raw[2:]
    try:
        content = raw.decode(codec)
        if "\ufffd" in content or _lacks(codec, content):
            raise ValueError  # noqa: TRY301
    except ValueError:
        message = f"the given string contains symbols that are not defined for {name.text}"
        raise argument_error("source", 0, message) from None
    return text(normalized(content))


FUNCTIONS: tuple[Function, ...] = (
    Function("textdecodebase64", (Param("source", STRING), Param("encoding", STRING)), _decode, STRING),
    Function("textencodebase64", (Param("string", STRING), Param("encoding", STRING)), _encode, STRING),
)
