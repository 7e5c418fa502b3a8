"""Code frames: a source line with its number and a marker under the span."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.reporters.style import Line, clean, width_of, wrap

TAB = "    "
MAX_LINE = 160


def location(span: Span) -> str:
    """`file:line:column` of the span's start, or `file:attribute path` in a plan; safe to print."""
    return clean(str(span))


def gutter_width(*spans: Span) -> int:
    return max((len(str(span.begin.line)) for span in spans), default=1)


def frame(span: Span, label: str, *, gutter: int, primary: bool, width: int | None) -> Iterator[Line]:
    """The line on which the span starts, with a marker to its end or the line's end, and the label behind it."""
    if not span.source.text:
        return
    style = "primary" if primary else "secondary"
    begin, finish = span.begin, span.finish
    text = span.source.quoted(begin.line)
    start = min(begin.column - 1, len(text))
    end = finish.column - 1 if finish.line == begin.line else len(text.rstrip())
    end = min(max(end, start + 1), max(len(text), start + 1))
    before, marked, after = _show(text[:start]), _show(text[start:end]), _show(text[end:])
    room = (width or MAX_LINE) - gutter - 4
    before, marked, after = _crop(before, marked, after, max(room, 24))
    marks = ("^" if primary else "-") * max(width_of(marked), 1)
    yield [(" " * gutter + " |", "gutter")]
    yield [(f"{begin.line:>{gutter}} | ", "gutter"), (before + marked + after, "")]
    more = f" (to line {finish.line})" if finish.line > begin.line else ""
    yield from _marker(" " * width_of(before), marks + more, clean(label), style, gutter, width)


def note(text: str, style: str, gutter: int, width: int | None, mark: str = " = ") -> Iterator[Line]:
    """A line below the frames."""
    yield from wrap([(" " * gutter + mark, "gutter"), (text, style)], width, gutter + 3)


def _marker(indent: str, marks: str, label: str, style: str, gutter: int, width: int | None) -> Iterator[Line]:
    """The marks with the label behind them; where there is no room, the label stands in lines of its own below."""
    bar = (" " * gutter + " | ", "gutter")
    room = None if width is None else width - gutter - 3
    if not label or room is None or len(indent) + len(marks) + 1 + width_of(label) <= room:
        yield [bar, (f"{indent}{marks} {label}".rstrip(), style)]
        return
    yield [bar, (indent + marks, style)]
    if len(indent) + width_of(label) > room:
        indent = indent[: max(room - max(width_of(label), 24), 0)]
    for line in wrap([(indent, ""), (label, style)], room, len(indent)):
        yield [bar, *line]


def _show(text: str) -> str:
    return clean(text.replace("\t", TAB))


def _crop(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """Keeps the marked part in view on lines that are too long."""
    if width_of(before) + width_of(marked) + width_of(after) <= room:
        return before, marked, after
    if width_of(before) > room // 2:
        before = "…" + before[-(room // 2) :]
    if width_of(before) + width_of(marked) > room:
        marked = marked[: max(room - width_of(before) - 1, 1)] + "…"
        return before, marked, ""
    rest = room - width_of(before) - width_of(marked)
    return before, marked, after if width_of(after) <= rest else after[: max(rest - 1, 0)] + "…"
