"""The protobuf wire format, as far as a plan file uses it: messages to their fields by number.

Source: https://protobuf.dev/programming-guides/encoding/ . Only the wire format is read here; which field means what,
and that fields nobody asks for are skipped, is the caller's business. Every length is checked against what is there.
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class ProtobufError(ValueError):
    """The bytes are no message, or a field has another wire type than its meaning asks for."""


class Message:
    """One message. A field that is absent has the empty value of its kind, as in proto3; of a field that is not
    repeated the last one counts."""

    __slots__ = ("_fields",)

    def __init__(self, data: memoryview) -> None:
        self._fields: dict[int, list[int | memoryview]] = {}
        for number, value in _fields(data):
            self._fields.setdefault(number, []).append(value)

    def has(self, number: int) -> bool:
        return number in self._fields

    def integer(self, number: int) -> int:
        """A uint64, enum or bool."""
        value = self._last(number)
        if isinstance(value, memoryview):
            raise ProtobufError(f"field {number} is no number")
        return value or 0

    def data(self, number: int) -> bytes:
        value = self._last(number)
        if isinstance(value, int):
            raise ProtobufError(f"field {number} is no sequence of bytes")
        return bytes(value) if value is not None else b""

    def text(self, number: int) -> str:
        return _text(self.data(number), number)

    def texts(self, number: int) -> list[str]:
        return [_text(bytes(value), number) for value in self._repeated(number)]

    def message(self, number: int) -> Message | None:
        """The message in a field; None when the field is absent. Two of one are refused: readers would merge them."""
        found = self.messages(number)
        if len(found) > 1:
            raise ProtobufError(f"field {number} is there {len(found)} times")
        return found[0] if found else None

    def messages(self, number: int) -> list[Message]:
        return [Message(value) for value in self._repeated(number)]

    def _last(self, number: int) -> int | memoryview | None:
        found = self._fields.get(number)
        return found[-1] if found else None

    def _repeated(self, number: int) -> Iterator[memoryview]:
        for value in self._fields.get(number, ()):
            if isinstance(value, int):
                raise ProtobufError(f"field {number} is no sequence of bytes")
            yield value


def _text(data: bytes, number: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ProtobufError(f"field {number} is no UTF-8 text") from None


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise ProtobufError("a field has the number 0")
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ProtobufError(f"field {number} has the wire type {kind}")
        if length > end - at:
            raise ProtobufError(f"field {number} ends behind the message")
        yield number, data[at : at + length]
        at += length


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    result = 0
    for index in range(_LONGEST_VARINT):
        if at + index >= len(data):
            raise ProtobufError("the message ends inside a number")
        byte = data[at + index]
        result |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return result & 0xFFFF_FFFF_FFFF_FFFF, at + index + 1
    raise ProtobufError("a number is too long")
