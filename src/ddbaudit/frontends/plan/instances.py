"""Resource instances of plan JSON: the changes that a plan lists, and the objects of a state.

Source: https://developer.hashicorp.com/terraform/internals/json-format (change and values representation).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Position, StructuredFile
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.plan.addresses import Address, parse_address
from ddbaudit.frontends.plan.elements import (
    KIND,
    MOST_VALUES_OF_OTHERS,
    Fields,
    is_other,
    items,
    kind,
    malformed,
    path,
    read_element,
    strings,
    text,
)
from ddbaudit.frontends.plan.msgpack_values import MOST_VALUES, UNKNOWN, Path, TooManyError, label
from ddbaudit.frontends.plan.plan_values import NOTHING, JsonValueReader, marks_of, merged
from ddbaudit.frontends.plan.problems import Problem
from ddbaudit.frontends.plan.scanner import Scanner
from ddbaudit.ir.instance import Mode
from ddbaudit.ir.plan import KEPT_ALWAYS, Change, keeps_all
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Unknown, Value

_CHANGE = frozenset({"address", "mode", "type", "name", "deposed", "action_reason", "previous_address"})
_OBJECT = frozenset({"address", "mode", "type", "name", "deposed_key"})
_TREES = frozenset({"after", "after_unknown", "after_sensitive", "before", "before_sensitive"})
_REST = frozenset({"actions", "replace_paths"})


@dataclass(slots=True)
class InstanceReader:
    """Makes the changes of one file. `budget` is the number of values that may still be made, `others` how many of them
    for other providers; beyond these their resources are unknown as a whole, and not read."""

    file: StructuredFile
    budget: list[int] = field(default_factory=lambda: [MOST_VALUES])
    others: int = MOST_VALUES_OF_OTHERS
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def changes(self, scanner: Scanner) -> Iterator[Change]:
        """The elements of `resource_changes`. Left out are the removal of data sources, which only a state holds, and
        what is neither a resource nor a data source."""
        for _ in scanner.array():
            change = self.change(scanner)
            if change is not None and not (change.mode == "data" and change.actions == ("delete",)):
                yield change

    def change(self, scanner: Scanner) -> Change | None:
        position = scanner.here()
        fields = read_element(scanner, _CHANGE, {"change": self._read_change}, KIND)
        address = _address(scanner, fields)
        if address is None:
            return None
        raw = fields.get("change")
        if not isinstance(raw, dict):
            raise malformed(scanner, "change is missing or no object")
        actions = strings(scanner, raw.get("actions"), "actions")
        if not actions:
            raise malformed(scanner, "actions are missing")
        given = fields["address"]
        previous = text(scanner, fields, "previous_address", "")
        tree = merged(raw.get("after", NOTHING), raw.get("after_unknown"))
        after = self._value(scanner, given, address, tree, raw.get("after_sensitive"), position)
        before = after
        if actions != ("no-op",) or not _is_same(raw):
            before = self._value(scanner, given, address, raw.get("before"), raw.get("before_sensitive"), position)
        return Change(
            given,
            address.module,
            address.mode,
            address.type,
            address.name,
            address.key,
            actions,
            before,
            after,
            self.file.place(given, position),
            text(scanner, fields, "action_reason", ""),
            _paths(scanner, raw.get("replace_paths")),
            previous if previous not in ("", given) else None,
            text(scanner, fields, "deposed", "") or None,
        )

    def objects(self, scanner: Scanner, wanted: frozenset[Mode]) -> Iterator[Change | None]:
        """The resources in a values representation; None for each that is of no wanted mode."""
        for key in scanner.object():
            if key == "root_module":
                yield from self._module(scanner, wanted)

    def _module(self, scanner: Scanner, wanted: frozenset[Mode]) -> Iterator[Change | None]:
        for key in scanner.object():
            if key == "resources":
                for _ in scanner.array():
                    yield self._object(scanner, wanted)
            elif key == "child_modules":
                for _ in scanner.array():
                    yield from self._module(scanner, wanted)

    def _object(self, scanner: Scanner, wanted: frozenset[Mode]) -> Change | None:
        def read(inner: Scanner, fields: Fields) -> Any:
            return self._read_tree(inner, fields) if kind(inner, fields)[0] in wanted else None

        position = scanner.here()
        fields = read_element(scanner, _OBJECT, {"values": read, "sensitive_values": read}, KIND)
        address = _address(scanner, fields)
        if address is None or address.mode not in wanted:
            return None
        given = fields["address"]
        value = self._value(scanner, given, address, fields.get("values"), fields.get("sensitive_values"), position)
        return Change(
            given,
            address.module,
            address.mode,
            address.type,
            address.name,
            address.key,
            ("read",) if address.mode == "data" else ("no-op",),
            Absent() if address.mode == "data" else value,
            value,
            self.file.place(given, position),
            deposed=text(scanner, fields, "deposed_key", "") or None,
        )

    def _read_change(self, scanner: Scanner, fields: Fields) -> dict[str, Any] | None:
        """A change representation, its values as far as they are kept."""
        if not scanner.is_object():
            return None
        found = {}
        for key in scanner.object():
            if key in _TREES:
                found[key] = self._read_tree(scanner, fields)
            elif key in _REST:
                found[key] = scanner.value()
        return found

    def _read_tree(self, scanner: Scanner, fields: Fields) -> Any:
        """A value, or a tree beside one, as far as it is kept."""
        mode, type_ = kind(scanner, fields)
        if not scanner.is_object():
            return scanner.value()
        if not keeps_all(type_, mode or "managed"):
            return {key: scanner.value() for key in scanner.object() if key in KEPT_ALWAYS}
        if self.others <= 0 and is_other(mode, type_):
            scanner.skip()
            return UNKNOWN
        return scanner.value()

    def _value(
        self, scanner: Scanner, given: str, address: Address, raw: Any, sensitive: Any, position: Position
    ) -> Value:
        if raw is None or raw is NOTHING:
            return Absent()
        other = is_other(address.mode, address.type)
        if raw is UNKNOWN and other and self.others <= 0:
            place = self.file.place(given, position)
            return Unknown(DYNAMIC, Cause("limit", "the plan holds too many values of other providers", place))
        if not isinstance(raw, dict):
            raise malformed(scanner, f"what {safe_text(given)} is before or after the change is no object")
        before = self.budget[0]
        reader = JsonValueReader(lambda way: self.file.place(label(given, way), position), self.budget)
        kept = None if keeps_all(address.type, address.mode) else KEPT_ALWAYS
        try:
            value = reader.resource(raw, resource_schema(address.mode, address.type), kept, marks_of(sensitive))
        except TooManyError as error:
            raise scanner.error(Problem.LIMIT, str(error)) from None
        self.others -= before - self.budget[0] if other else 0
        if reader.misfits:
            self._misfit(given, reader.misfits, position)
        return value

    def _misfit(self, given: str, paths: Iterable[Path], position: Position) -> None:
        names = ", ".join(sorted(label(given, way) for way in paths)[:3])
        detail = f"{safe_text(names)}: the value has another type than the schema of the provider at hand says"
        help = "report it with the version of the provider; its types have changed"
        place = self.file.place(given, position)
        self.diagnostics.append(
            Diagnostic("PLAN016", Level.ERROR, "Value of another schema", detail, place, None, help)
        )


def _is_same(raw: dict[str, Any]) -> bool:
    """Whether the values before and after are the same, as for nearly all of a large plan; one then serves for both."""
    pairs = (("before", "after"), ("before_sensitive", "after_sensitive"))
    return not raw.get("after_unknown") and all(raw.get(one) == raw.get(other) for one, other in pairs)


def _paths(scanner: Scanner, raw: Any) -> tuple[tuple[str | int, ...], ...]:
    return tuple(sorted((path(scanner, steps) for steps in items(scanner, raw, "replace_paths")), key=str))


def _address(scanner: Scanner, fields: Fields) -> Address | None:
    """The parts of an element's address; None for what is neither a resource nor a data source. PlanError when it
    contradicts the fields beside it."""
    given = text(scanner, fields, "address")
    (mode, type_), name = kind(scanner, fields), text(scanner, fields, "name")
    if mode is None:
        return None
    address = parse_address(given)
    if address is None or (address.mode, address.type, address.name) != (mode, type_, name):
        raise malformed(scanner, "the address does not belong to the mode, type and name")
    return address
