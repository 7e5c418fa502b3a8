"""Whom a reference means: a resource of the configuration by its symbol, by its name, or by the name that ends an ARN.

What is taken for granted: names are those of one account, so that an ARN's account is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Part, Symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Atoms, literal, same
from ddbaudit.model.reading import text_attr

T = TypeVar("T")

# The argument of a data source that gives the name of what it stands for.
_DATA_NAMES: Final[Mapping[str, str]] = {
    "aws_iam_group": "group_name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_iam_user": "user_name",
    "aws_lambda_function": "function_name",
}


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """Something that references may mean, with the resource's address and name."""

    address: str
    name: Attr
    item: T

    @property
    def parts(self) -> tuple[Part, ...]:
        """The name; its symbol when the provider makes it up."""
        return self.name.parts or (Symbol(self.address, ("name",)),)


class Directory(Generic[T]):
    """All that a kind of reference may mean. `separator` stands before the name at the end of an ARN: `/` for IAM, `:`
    for a function, whose ARN may go on with a version or alias."""

    def __init__(
        self, entries: Iterable[Entry[T]], sources: Mapping[str, ResourceInstance], separator: str = "/"
    ) -> None:
        self._entries = tuple(entries)
        self._by_address = {entry.address: entry for entry in self._entries}
        self._by_name: dict[str, list[Entry[T]]] = {}
        for entry in self._entries:
            if entry.name.text is not None:
                self._by_name.setdefault(entry.name.text, []).append(entry)
        # A name that the provider makes up is none that is written.
        self._unclear = [entry for entry in self._entries if entry.name.is_unknown]
        self._sources = sources
        self._separator = separator

    def find(self, reference: Attr) -> tuple[tuple[T, Verdict], ...]:
        """What the reference certainly means (PASS), or what it may mean (UNKNOWN)."""
        parts = reference.parts
        entry = self._by_address.get(parts[0].address) if parts and isinstance(parts[0], Symbol) else None
        if entry is not None and _ends_or_is_qualified(parts[1:]):
            return ((entry.item, Verdict.PASS),)
        name = self._name(parts)
        found = list(self._named(name)) if name else []
        certain = [match for match in found if match[1] is Verdict.PASS]
        return tuple(certain or found)

    def _named(self, name: tuple[Part, ...]) -> Iterator[tuple[T, Verdict]]:
        text = name[0] if len(name) == 1 and isinstance(name[0], str) else None
        if text is not None:
            yield from ((entry.item, Verdict.PASS) for entry in self._by_name.get(text, ()))
        wanted = literal(name)
        for entry in self._unclear if text is not None else self._entries:
            verdict = same(wanted, _atoms(entry))
            if verdict is not Verdict.FAIL:
                yield entry.item, verdict

    def _name(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """The name in a reference: that of a data source, the end of an ARN, or the reference itself."""
        if len(parts) == 1 and isinstance(parts[0], Symbol):
            source = self._sources.get(parts[0].address)
            return source_name(source) or parts if source is not None else parts
        first = parts[0] if parts else ""
        if not (isinstance(first, str) and first.startswith("arn:")):
            return parts
        return last_segment(parts) if self._separator == "/" else _function_name(parts)


def _ends_or_is_qualified(rest: tuple[Part, ...]) -> bool:
    """Whether a symbol is all there is, or a function's ARN to which a version or alias is added."""
    return not rest or (isinstance(rest[0], str) and rest[0].startswith(":"))


def _atoms(entry: Entry[T]) -> Atoms:
    return literal(entry.parts)


def source_name(source: ResourceInstance) -> tuple[Part, ...]:
    """The name of what a data source stands for; empty when it is not named."""
    argument = _DATA_NAMES.get(source.type)
    return text_attr(source.body, argument).parts if argument is not None else ()


def sources_of(estate: Estate) -> dict[str, ResourceInstance]:
    """The data sources that stand for something by its name, by address."""
    return {r.address: r for r in estate.resources if r.mode == "data" and r.type in _DATA_NAMES}


def last_segment(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """What stands behind the last slash that is written; everything when there is none."""
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        if isinstance(part, str) and "/" in part:
            rest = part[part.rindex("/") + 1 :]
            return (*((rest,) if rest else ()), *parts[at + 1 :])
    return parts


def _function_name(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The name in `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`."""
    marker = ":function:"
    for at, part in enumerate(parts):
        if isinstance(part, str) and marker in part:
            rest = part[part.index(marker) + len(marker) :]
            return _until_colon((*((rest,) if rest else ()), *parts[at + 1 :]))
    return parts


def _until_colon(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and ":" in part:
            before = part.partition(":")[0]
            return (*found, before) if before else tuple(found)
        found.append(part)
    return tuple(found)
