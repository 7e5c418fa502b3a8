"""What a plan does to tables: which are destroyed or replaced and why, which indexes are rebuilt, what is switched off.

Source of the reasons: https://developer.hashicorp.com/terraform/internals/json-format#change-representation . That a
changed index is deleted and created again: UpdateTable changes nothing of an index but its throughput,
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import Evaluation, ResourceInstance
from ddbaudit.ir.types import BOOL
from ddbaudit.ir.value import Absent, Known, Unknown, Value, is_wholly_known
from ddbaudit.model.attr import Attr

if TYPE_CHECKING:
    from ddbaudit.ir.plan import Change

Fate = Literal["stays", "destroyed", "replaced"]
_TABLE = "aws_dynamodb_table"
_INDEX_IDENTITY = ("hash_key", "range_key", "projection_type", "non_key_attributes")
_REASONS: Mapping[str, str] = {
    "delete_because_no_resource_config": "its resource block is gone",
    "delete_because_no_module": "the module call that held it is gone",
    "delete_because_wrong_repetition": "count or for_each was added to or taken from its block",
    "delete_because_count_index": "count is lower now",
    "delete_because_each_key": "its key is no longer in for_each",
    "delete_because_no_move_target": "a moved block leads to a resource that is not there",
    "replace_because_tainted": "it is marked as tainted",
    "replace_by_request": "-replace asks for it",
    "replace_by_triggers": "replace_triggered_by asks for it",
}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A global secondary index that is deleted and created again; `changed` names the arguments that differ."""

    name: str
    changed: tuple[str, ...]
    place: Span


@dataclass(frozen=True, slots=True)
class Forced:
    """An attribute that forces the replacement, as it was and as it will be."""

    name: str
    before: Attr
    after: Attr


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a plan does to one table. `place` is the header of its block, or its place in the plan when there is no
    block any more."""

    change: Change
    instance: ResourceInstance | None

    @property
    def address(self) -> str:
        return self.change.address

    @property
    def place(self) -> Span:
        return self.instance.body.header if self.instance is not None else self.change.place

    @property
    def label(self) -> str:
        """`table "orders"`, by the name that it has now; by its address when that is not to be shown."""
        name = _field(self.change.before, "name")
        if isinstance(name, Known) and isinstance(name.data, str) and not name.sensitive:
            return f'table "{name.data}"'
        return f"table {self.address}"

    @property
    def exists(self) -> bool:
        """Whether there is such a table now."""
        return not isinstance(self.change.before, Absent)

    @property
    def fate(self) -> Fate:
        if self.change.actions == ("delete",):
            return "destroyed"
        return "replaced" if "delete" in self.change.actions else "stays"

    @property
    def reason(self) -> str:
        """Why it is destroyed or replaced in words; empty when attributes force it or nothing is said."""
        return _REASONS.get(self.change.reason, "")

    def forced_by(self) -> tuple[Forced, ...]:
        """The attributes that force a replacement, as far as the plan names them."""
        names = dict.fromkeys(str(path[0]) for path in self.change.replace_paths if path)
        return tuple(Forced(n, Attr(_field(self.change.before, n), self.place), self._attr(n)) for n in names)

    def _attr(self, name: str) -> Attr:
        argument = self.instance.body.arguments.get(name) if self.instance is not None else None
        group = self.instance.body.blocks.get(name) if self.instance is not None else None
        place = argument.span if argument is not None else self.place
        if group is not None and group.items:
            place = group.items[0].header
        return Attr(_field(self.change.after, name), place)

    def rebuilt_indexes(self) -> Iterator[Rebuilt]:
        """Indexes that exist before and after under one name and are not the same."""
        before = dict(_indexes(self.change.before))
        for name, index in _indexes(self.change.after):
            old = before.get(name)
            changed = tuple(n for n in _INDEX_IDENTITY if old is not None and _differ(_field(old, n), _field(index, n)))
            if changed:
                yield Rebuilt(name, changed, self._index_place(name))

    def _index_place(self, name: str) -> Span:
        if self.instance is not None:
            for block in self.instance.body.group("global_secondary_index").items:
                value = block.value("name")
                if isinstance(value, Known) and value.data == name:
                    return block.header
        return self.place

    def was_on(self, switch: str) -> bool:
        """Whether a switch, `deletion_protection_enabled` or `point_in_time_recovery`, is certainly on now."""
        value = _switch(self.change.before, switch)
        return isinstance(value, Known) and value.data is True

    def will_be(self, switch: str) -> Attr:
        """The switch after apply; a block that is not there is off."""
        place = self._attr(switch).span
        if self.instance is not None and (items := self.instance.body.group(switch).items):
            argument = items[0].arguments.get("enabled")
            place = argument.span if argument is not None else items[0].header
        return Attr(_switch(self.change.after, switch), place)


def changes_of(evaluation: Evaluation) -> tuple[TableChange, ...]:
    """Every table that the plan has a change for, also `no-op`; a state changes nothing."""
    plan = evaluation.plan
    if plan is None or plan.kind == "state":
        return ()
    instances = {r.address: r for r in evaluation.resources}
    return tuple(
        TableChange(change, instances.get(change.address) if change.deposed is None else None)
        for change in plan.changes
        if change.mode == "managed" and change.type == _TABLE
    )


def _field(value: Value, name: str) -> Value:
    if isinstance(value, Known) and isinstance(value.data, dict):
        return value.mapping.get(name, Absent())
    return value if isinstance(value, Unknown) else Absent()


def _switch(table: Value, name: str) -> Value:
    value = _field(table, name)
    if name != "point_in_time_recovery":
        return value
    if isinstance(value, Unknown):
        return Unknown(BOOL, value.cause, None, value.origin)
    items = value.items if isinstance(value, Known) and isinstance(value.data, tuple) else ()
    return _field(items[0], "enabled") if items else Absent(BOOL)


def _indexes(table: Value) -> Iterator[tuple[str, Value]]:
    value = _field(table, "global_secondary_index")
    for item in value.items if isinstance(value, Known) and isinstance(value.data, tuple) else ():
        name = _field(item, "name")
        if isinstance(name, Known) and isinstance(name.data, str):
            yield name.data, item


def _differ(before: Value, after: Value) -> bool:
    """Whether two values certainly differ; not set, "" and an empty collection are the same."""
    return is_wholly_known(before) and is_wholly_known(after) and _plain(before) != _plain(after)


def _plain(value: Value) -> object:
    if not isinstance(value, Known) or value.data in ("", (), {}):
        return None
    if isinstance(value.data, tuple):
        items = [_plain(item) for item in value.items]
        return frozenset(items) if value.kind == "set" else tuple(items)
    if isinstance(value.data, dict):
        return tuple((key, _plain(item)) for key, item in value.mapping.items())
    return value.data
