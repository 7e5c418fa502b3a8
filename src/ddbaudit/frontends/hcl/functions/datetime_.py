"""Functions on dates and times.

Source: go-cty, function/stdlib/datetime.go, Terraform's lang/funcs/datetime.go, and Go's package time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ddbaudit.frontends.hcl.functions.plain import plain
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError
from ddbaudit.ir.types import NUMBER, STRING
from ddbaudit.ir.value import Cause, Unknown, Value, string

_SECOND = 10**9
_DAY = 86_400 * _SECOND
_STRICT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_LENIENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])([01]\d|2[0-4]):([0-5]\d|60))", re.ASCII
)
_FOUR_CENTURIES = 146_097
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Moment:
    """Nanoseconds of local time since the day before the year 1, and the offset of local time from UTC in minutes."""

    local: int
    offset: int

    @property
    def instant(self) -> int:
        return self.local - self.offset * 60 * _SECOND

    @property
    def clock(self) -> tuple[int, int, int]:
        seconds = self.local % _DAY // _SECOND
        return seconds // 3600, seconds // 60 % 60, seconds % 60

    @property
    def calendar(self) -> tuple[int, int, int, int]:
        """Year, month, day and weekday (Monday is 0), in any year: calendars repeat every 400 years."""
        cycles, rest = divmod(self.local // _DAY, _FOUR_CENTURIES)
        same = date.fromordinal(rest + _FOUR_CENTURIES)
        return same.year + 400 * (cycles - 1), same.month, same.day, same.weekday()

    def zone(self, colon: str) -> str:
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}{colon}{minutes:02d}"


def _parse(text: str, syntax: re.Pattern[str], argument: int) -> Moment:
    match = syntax.fullmatch(text)
    if match is None:
        raise FunctionError(f'"{text}" is not a valid RFC3339 timestamp', argument)
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    if hour > 23 or minute > 59 or second > 59:
        raise FunctionError(f'"{text}" is not a valid RFC3339 timestamp: time out of range', argument)
    try:
        days = date(year % 400 + 400, month, day).toordinal() + (year // 400 - 1) * _FOUR_CENTURIES
    except ValueError:
        raise FunctionError(f'"{text}" is not a valid RFC3339 timestamp: there is no such day', argument) from None
    fraction = int((match[7] or "")[:9].ljust(9, "0"))
    offset = int(f"{match[8]}1") * (int(match[9]) * 60 + int(match[10])) if match[8] else 0
    return Moment(days * _DAY + (hour * 3600 + minute * 60 + second) * _SECOND + fraction, offset)


# --- formatdate ----------------------------------------------------------------------------------------------------

_PIECE = re.compile(r"''|'(?:[^']|'')*'?|([a-zA-Z])\1*|[^'a-zA-Z]+", re.DOTALL)


def _half_day(moment: Moment) -> str:
    return "PM" if moment.clock[0] >= 12 else "AM"


def _utc(moment: Moment, name: str, colon: str) -> str:
    return moment.zone(colon) if moment.offset else name


_VERBS: Mapping[str, Callable[[Moment], str]] = {
    "YY": lambda m: f"{m.calendar[0] % 100:02d}",
    "YYYY": lambda m: f"{m.calendar[0]:04d}",
    "M": lambda m: str(m.calendar[1]),
    "MM": lambda m: f"{m.calendar[1]:02d}",
    "MMM": lambda m: _MONTHS[m.calendar[1] - 1][:3],
    "MMMM": lambda m: _MONTHS[m.calendar[1] - 1],
    "D": lambda m: str(m.calendar[2]),
    "DD": lambda m: f"{m.calendar[2]:02d}",
    "EEE": lambda m: _WEEKDAYS[m.calendar[3]][:3],
    "EEEE": lambda m: _WEEKDAYS[m.calendar[3]],
    "h": lambda m: str(m.clock[0]),
    "hh": lambda m: f"{m.clock[0]:02d}",
    "H": lambda m: str(m.clock[0] % 12 or 12),
    "HH": lambda m: f"{m.clock[0] % 12 or 12:02d}",
    "AA": _half_day,
    "aa": lambda m: _half_day(m).lower(),
    "m": lambda m: str(m.clock[1]),
    "mm": lambda m: f"{m.clock[1]:02d}",
    "s": lambda m: str(m.clock[2]),
    "ss": lambda m: f"{m.clock[2]:02d}",
    "Z": lambda m: _utc(m, "Z", ":"),
    "ZZZ": lambda m: _utc(m, "UTC", ""),
    "ZZZZ": lambda m: m.zone(""),
    "ZZZZZ": lambda m: m.zone(":"),
}


def _formatdate(layout: str, timestamp: str) -> str:
    moment = _parse(timestamp, _STRICT, 1)
    return "".join(_written(match[0], moment) for match in _PIECE.finditer(layout))


def _written(piece: str, moment: Moment) -> str:
    if piece[0] == "'":
        return _literal(piece)
    if not (piece[0].isascii() and piece[0].isalpha()):
        return piece
    verb = _VERBS.get(piece)
    if verb is None:
        raise FunctionError(f'invalid date format verb "{piece}"', 0)
    return verb(moment)


def _literal(piece: str) -> str:
    if piece == "''":
        return "'"
    if len(piece) == 1 or piece[-1] != "'":
        raise FunctionError("unterminated literal '", 0)
    return piece[1:-1].replace("''", "'")


# --- timeadd and timecmp -------------------------------------------------------------------------------------------

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_STEP = re.compile(r"(\d*)(?:\.(\d*))?([^\d.]+)", re.ASCII)
_LIMIT = 2**63


def _duration(text: str) -> int:
    """Go's ParseDuration, in nanoseconds."""
    bad = FunctionError(f'invalid duration "{text}"', 1)
    negative = text.startswith("-")
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    total = end = 0
    while (step := _STEP.match(rest, end)) is not None:
        whole, fraction, unit = step[1].lstrip("0"), step[2] or "", _UNITS.get(step[3])
        if unit is None or not (step[1] or fraction) or len(whole) > 20:
            raise bad
        total += int(whole or "0") * unit + _fraction(fraction, unit)
        if total > _LIMIT:
            raise bad
        end = step.end()
    if end < len(rest) or not rest or (total == _LIMIT and not negative):
        raise bad
    return -total if negative else total


def _fraction(digits: str, unit: int) -> int:
    value, scale = 0, 1.0
    for digit in digits:
        if value > (_LIMIT - 1) // 10 or value * 10 + int(digit) > _LIMIT:
            break
        value = value * 10 + int(digit)
        scale *= 10
    return int(float(value) * (float(unit) / scale))


def _timeadd(timestamp: str, duration: str) -> str:
    moment = _parse(timestamp, _STRICT, 0)
    moved = Moment(moment.local + _duration(duration), moment.offset)
    year, month, day, _ = moved.calendar
    hour, minute, second = moved.clock
    shown = f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{day:02d}"
    return f"{shown}T{hour:02d}:{minute:02d}:{second:02d}{_utc(moved, 'Z', ':')}"


def _timecmp(first: str, second: str) -> int:
    a, b = _parse(first, _LENIENT, 0).instant, _parse(second, _LENIENT, 1).instant
    return (a > b) - (a < b)


# --- the present ---------------------------------------------------------------------------------------------------


def _now(name: str) -> Function:
    def impl(context: Context, args: list[Value]) -> Value:
        return Unknown(STRING, Cause("impure", f"{name}() depends on when Terraform runs"), not_null=True)

    return Function(name, (), impl, STRING)


def _plan_timestamp(context: Context, args: list[Value]) -> Value:
    if context.plan_timestamp:
        return string(context.plan_timestamp)
    return Unknown(STRING, Cause("impure", "plantimestamp() depends on when Terraform runs"), not_null=True)


FUNCTIONS: tuple[Function, ...] = (
    plain("formatdate", "format time", _formatdate),
    Function("plantimestamp", (), _plan_timestamp, STRING),
    plain("timeadd", "timestamp duration", _timeadd),
    plain("timecmp", "timestamp_a timestamp_b", _timecmp, NUMBER),
    _now("timestamp"),
)
