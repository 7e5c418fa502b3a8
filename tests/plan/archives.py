"""Binary plans made by hand: protobuf fields, msgpack values, and the archive around them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import msgspec

MANIFEST = b'[{"Key": "", "Dir": "."}]'
STATE = b'{"version": 4, "resources": []}'
UNKNOWN = msgspec.msgpack.Ext(0, b"\0")


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def field(number: int, value: int | str | bytes) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def encoded(value: Any) -> bytes:
    """A DynamicValue."""
    return field(1, msgspec.msgpack.encode(value))


def typed(type_: Any, value: Any) -> bytes:
    """A DynamicValue of dynamic type."""
    return encoded([json.dumps(type_).encode(), value])


def change(address: str, action: int, *values: Any, more: bytes = b"", inner: bytes = b"") -> bytes:
    """A ResourceInstanceChange as a field of a plan; `more` are further fields of it, `inner` of its Change."""
    content = field(1, action) + b"".join(field(2, encoded(value)) for value in values) + inner
    return field(3, (field(13, address) if address else b"") + field(9, content) + more)


def plan(*fields: bytes, version: int = 3, terraform: str = "1.11.4") -> bytes:
    backend = field(1, "local") + field(2, encoded({})) + field(3, "blue")
    return field(1, version) + field(14, terraform) + field(13, backend) + b"".join(fields)


def archive(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {part.filename: found.read(part) for part in found.infolist()}


def tfplan(*fields: bytes, parts: Mapping[str, bytes] | None = None, **settings: Any) -> bytes:
    """A whole binary plan; `parts` replaces or adds parts of the archive."""
    given = {"tfplan": plan(*fields, **settings), "tfstate": STATE, "tfconfig/modules.json": MANIFEST}
    return archive({**given, "tfconfig/m-/main.tf": b"", **(parts or {})})
