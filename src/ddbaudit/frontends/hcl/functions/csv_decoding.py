"""`csvdecode`, with the rules of Go's encoding/csv."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import normalized
from ddbaudit.ir.types import DYNAMIC, STRING, object_of
from ddbaudit.ir.value import Known, Value, list_value, object_value, string


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records and the lines they begin on; empty lines do not count."""
    lines = _lines(text)
    number = 0
    while number < len(lines):
        start = number
        if lines[number] == "\n":
            number += 1
            continue
        fields, number = _record(lines, number)
        yield start + 1, fields


def _lines(text: str) -> list[str]:
    """The lines with their ends, `\\r\\n` as `\\n`."""
    lines = text.split("\n")
    ended = [line.removesuffix("\r") + "\n" for line in lines[:-1]]
    # At the end of input, Go drops a lone carriage return too.
    return [*ended, lines[-1].removesuffix("\r")] if lines[-1] else ended


def _record(lines: list[str], number: int) -> tuple[list[str], int]:
    fields: list[str] = []
    line = lines[number]
    while True:
        if not line.startswith('"'):
            field, comma, line = line.partition(",")
            if not comma:
                field = field.removesuffix("\n")
            if '"' in field:
                raise _error(number, 'bare " in non-quoted field')
            fields.append(field)
        else:
            field, line, number = _quoted(lines, number, line[1:])
            fields.append(field)
            comma = line[:1] if line[:1] == "," else ""
            line = line[1:]
        if not comma:
            return fields, number + 1


def _quoted(lines: list[str], number: int, line: str) -> tuple[str, str, int]:
    """The rest of a quoted field, what follows it on its last line, and that line's number."""
    parts: list[str] = []
    while True:
        text, quote, rest = line.partition('"')
        parts.append(text)
        if quote and rest.startswith('"'):
            parts.append('"')
            line = rest[1:]
        elif quote and (not rest or rest[0] in ",\n"):
            return "".join(parts), rest, number
        elif quote or number + 1 >= len(lines):
            raise _error(number, 'extraneous or missing " in quoted-field')
        else:
            number += 1
            line = lines[number]


def _error(number: int, problem: str) -> FunctionError:
    return FunctionError(f"CSV parse error on line {number + 1}: {problem}")


def decode(text: str) -> Value:
    """A list of objects, one for each row below the header."""
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        raise FunctionError("missing header line")
    names = [normalized(name) for name in header[1]]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise FunctionError(f'duplicate column name "{name}"')
    objects: list[Value] = []
    for number, fields in rows:
        if len(fields) != len(names):
            raise _error(number - 1, "wrong number of fields")
        objects.append(object_value({k: string(normalized(v)) for k, v in zip(names, fields, strict=True)}))
    return list_value(object_of(dict.fromkeys(names, STRING)), tuple(objects))


def _csvdecode(context: Context, args: list[Value]) -> Value:
    assert isinstance(args[0], Known)
    return decode(args[0].text)


FUNCTIONS: tuple[Function, ...] = (Function("csvdecode", (Param("str", STRING),), _csvdecode, DYNAMIC),)
