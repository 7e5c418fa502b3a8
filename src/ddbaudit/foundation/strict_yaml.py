"""YAML as data: a strict reader for packs, policies and documents.

What it refuses, it refuses before anything is built of it: more than 1 MiB, more than 64 levels, anchors, aliases,
tags, directives, a second document, a key twice or one that is no string. Scalars follow YAML 1.2's core schema, so
that `on`, `no`, `12:30` and `2024-01-01` are text; a number that readers take differently (`017`) must be quoted.
Every node knows its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, Union

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import safe_text

if TYPE_CHECKING:
    import yaml

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 40

YamlData: TypeAlias = Union[str, int, float, bool, tuple["Yaml", ...], Mapping[str, "Yaml"], None]  # noqa: UP007


@dataclass(frozen=True, slots=True)
class Yaml:
    """A node: a scalar, a tuple of nodes or a mapping of nodes, with its place. `keys` are the places of a mapping's
    keys."""

    data: YamlData
    span: Span
    keys: Mapping[str, Span] = field(default_factory=dict)

    def plain(self) -> object:
        """The data without places, as lists and dicts. Nesting is limited by the reader."""
        if isinstance(self.data, tuple):
            return [node.plain() for node in self.data]
        if isinstance(self.data, Mapping):
            return {key: node.plain() for key, node in self.data.items()}
        return self.data

    @property
    def kind(self) -> str:
        """The type for messages: `text`, `a number`, `true or false`, `nothing`, `a list`, `a mapping`."""
        match self.data:
            case None:
                return "nothing"
            case bool():
                return "true or false"
            case str():
                return "text"
            case int() | float():
                return "a number"
            case tuple():
                return "a list"
            case _:
                return "a mapping"


def refuse(place: Span, message: str, help: str = "") -> NoReturn:
    """A UsageError that starts with the place."""
    raise UsageError(f"{safe_text(str(place))}: {message}", help=help)


def read_yaml(text: str, path: str) -> Yaml:
    """The one document of a YAML text; UsageError with place and reason for anything out of the ordinary."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UsageError(f"{safe_text(path)}: larger than {MAX_BYTES // 1024} KiB")
    return _Builder(SourceFile(path, text.removeprefix("\ufeff"))).build()


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("items", "key", "keys", "mapping", "start")

    def __init__(self, start: int, *, mapping: bool) -> None:
        self.start = start
        self.mapping = mapping
        self.items: list[Yaml] = []
        self.keys: dict[str, tuple[Span, Yaml | None]] = {}
        self.key: str | None = None

    def close(self, source: SourceFile, end: int) -> Yaml:
        span = source.span(self.start, max(end, self.start))
        if not self.mapping:
            return Yaml(tuple(self.items), span)
        values = {key: node for key, (_, node) in self.keys.items() if node is not None}
        return Yaml(values, span, {key: place for key, (place, _) in self.keys.items()})


class _Builder:
    """Makes nodes of PyYAML's parse events, without recursion and without its composer or constructor."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._stack: list[_Open] = []
        self._root: Yaml | None = None

    def build(self) -> Yaml:
        for event in self._events():
            self._take(event)
        if self._root is None:
            raise UsageError(f"{safe_text(self._source.path)}: the file is empty")
        return self._root

    def _events(self) -> Iterator[yaml.Event]:
        import yaml

        try:
            yield from yaml.parse(self._source.text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = mark.index if mark is not None else 0
            refuse(self._source.span(at, at), f"not valid YAML: {safe_text(error.problem or error.context or '')}")
        except yaml.YAMLError as error:
            at = getattr(error, "position", 0)
            refuse(self._source.span(at, at), f"not valid YAML: {safe_text(getattr(error, 'reason', '') or '')}")

    def _take(self, event: yaml.Event) -> None:
        import yaml

        span = self._span(event)
        match event:
            case yaml.DocumentStartEvent():
                if self._root is not None:
                    refuse(span, "only one YAML document is allowed in a file")
                if event.version or event.tags:
                    refuse(span, "YAML directives are not allowed")
            case yaml.AliasEvent():
                refuse(span, "YAML aliases are not allowed")
            case yaml.ScalarEvent():
                self._check_plain_node(event, span)
                self._add(Yaml(_scalar(event.value, event.style, span), span))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._check_plain_node(event, span)
                self._open(span, mapping=isinstance(event, yaml.MappingStartEvent))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._add(self._stack.pop().close(self._source, span.start))

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        return self._source.span(start.index if start else 0, end.index if end else 0)

    @staticmethod
    def _check_plain_node(event: yaml.NodeEvent, span: Span) -> None:
        if event.anchor:
            refuse(span, "YAML anchors are not allowed")
        tag = getattr(event, "tag", None)
        if tag:
            refuse(span, f"YAML tags are not allowed: {safe_text(tag)}")

    def _open(self, span: Span, *, mapping: bool) -> None:
        if len(self._stack) >= MAX_DEPTH:
            refuse(span, f"nested deeper than {MAX_DEPTH} levels")
        top = self._stack[-1] if self._stack else None
        if top is not None and top.mapping and top.key is None:
            refuse(span, "a key must be text")
        self._stack.append(_Open(span.start, mapping=mapping))

    def _add(self, node: Yaml) -> None:
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if not top.mapping:
            top.items.append(node)
        elif top.key is not None:
            top.keys[top.key] = (top.keys[top.key][0], node)
            top.key = None
        else:
            self._add_key(top, node)

    @staticmethod
    def _add_key(top: _Open, node: Yaml) -> None:
        if not isinstance(node.data, str):
            refuse(node.span, f"a key must be text, not {node.kind}", "write it in quotes")
        if node.data in top.keys:
            first = top.keys[node.data][0].begin.line
            refuse(node.span, f'the key "{safe_text(node.data)}" stands twice; first in line {first}')
        top.keys[node.data] = (node.span, None)
        top.key = node.data


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def _scalar(text: str, style: str | None, span: Span) -> str | int | float | bool | None:
    """YAML 1.2 core schema; quoted and block scalars are text."""
    if style is not None:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] in "+-.0123456789":
        return _number(text, span)
    return text


def _number(text: str, span: Span) -> str | int | float:
    quote = "write it in quotes if it is meant as text"
    if _NOT_FINITE.fullmatch(text):
        refuse(span, f"{text} is not a finite number", quote)
    if not (_FLOAT.fullmatch(text) or _RADIX.fullmatch(text)):
        return text
    if len(text) > MAX_DIGITS:
        refuse(span, f"a number of more than {MAX_DIGITS} characters", quote)
    if _INT.fullmatch(text):
        if len(text.lstrip("+-")) > 1 and text.lstrip("+-")[0] == "0":
            refuse(span, f"the number {text} starts with a zero, which readers of YAML take differently", quote)
        return int(text)
    if _RADIX.fullmatch(text):
        return int(text, 0)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        refuse(span, f"the number {text} is too large", quote)
    return value
