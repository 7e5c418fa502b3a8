"""From the planned values of a resource to its body as the configuration wrote it.

Rules judge the configuration: which arguments and blocks are written, and their values. A plan shows something else:
every attribute and block of the schema, with the provider's defaults, with what stays as it was, and without what the
provider ignores. The `configuration` of plan JSON says which arguments and static blocks are written, and the values of
constants; the rest comes from `after`. What neither says for certain is Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ddbaudit.foundation.source import Span, StructuredFile
from ddbaudit.frontends.plan.absence import REMEDY
from ddbaudit.frontends.plan.constants import same_value
from ddbaudit.frontends.plan.pairing import pair, unplanned
from ddbaudit.ir.instance import Argument, BlockGroup, BlockInstance
from ddbaudit.ir.plan import Change, ConfiguredBody, Kind
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, NestedBlock
from ddbaudit.ir.types import DYNAMIC, from_schema
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Unknown, Value, is_wholly_known

Reason = Callable[[Change, str, Span], Unknown | None]
"""Why a block that a plan shows as unknown may be there; None when it is not."""

# Arguments that the provider takes out of a plan: `ttl.attribute_name` where TTL is off, `table_class` where it is the
# default. Source: internal/service/dynamodb/table.go of hashicorp/aws; seen in real plans (tests/plan/data).
_DROPPED = frozenset(
    {
        ("aws_dynamodb_table", "ttl.attribute_name"),
        ("aws_dynamodb_table", "table_class"),
    }
)


@dataclass(frozen=True, slots=True)
class _Here:
    """Where in a resource: the label of the place, the path of block types, and the body as it is configured. None:
    the body is not in the configuration that the plan shows, though the block is there."""

    label: str
    path: tuple[str, ...]
    configured: ConfiguredBody | None

    def inside(self, type_: str, index: int | None, configured: ConfiguredBody | None) -> _Here:
        step = f".{type_}" if index is None else f".{type_}[{index}]"
        return _Here(self.label + step, (*self.path, type_), configured)


@dataclass(slots=True)
class BodyReader:
    """Reads one resource. `reason` is asked about blocks that a plan shows as unknown."""

    file: StructuredFile
    kind: Kind
    change: Change
    reason: Reason
    last: int = -1

    def body(self, schema: BlockSchema, configured: ConfiguredBody | None) -> BlockInstance:
        """The body of the resource; its header is the place of its address."""
        before = Absent() if self._is_new else self.change.before
        here = _Here(self.change.address, (), configured)
        return self._block(self.change.type, self.change.after, before, schema, here)

    @property
    def _is_new(self) -> bool:
        """Whether what the provider computes is computed anew."""
        return "create" in self.change.actions

    def _place(self, label: str) -> Span:
        span = self.file.place(label, self.change.place.begin)
        self.last = span.start
        return span

    def _block(self, type_: str, after: Value, before: Value, schema: BlockSchema, here: _Here) -> BlockInstance:
        header = self._place(here.label)
        values, old = _members(after), _members(before)
        missing: Value = after if isinstance(after, Unknown) else Absent()
        arguments: dict[str, Argument] = {}
        for name, attribute in schema.attributes.items():
            found = self._argument(attribute, values.get(name, missing), values, here)
            if found is not None:
                place = self._place(f"{here.label}.{name}")
                arguments[name] = Argument(name, _explained(*found, place), place, place)
        blocks: dict[str, BlockGroup] = {}
        for name, nested in schema.blocks.items():
            group = self._group(nested, values.get(name, missing), old.get(name, Absent()), here, header)
            if group is not None:
                blocks[name] = group
        return BlockInstance(type_, header, Span(self.file, header.start, self.last), arguments, blocks)

    # -- arguments -------------------------------------------------------------------------------------------------

    def _argument(
        self, attribute: AttributeSchema, value: Value, siblings: Mapping[str, Value], here: _Here
    ) -> tuple[Value, str] | None:
        """The value of an argument, and why it is unknown if it is; None when it is not set."""
        if not attribute.configurable:
            return None
        later = f"{attribute.name} is known after apply; the plan does not say more"
        if here.configured is None:
            return self._unshown(attribute, value, siblings, here, later)
        expression = here.configured.arguments.get(attribute.name)
        if expression is None:
            return (value, later) if attribute.accepts_blocks and _has_elements(value) else None
        constant = expression.constant
        if constant is not None:
            return constant.with_sensitive(value.sensitive or constant.sensitive), later
        if _is_none(value) and self._drops(attribute, siblings, here):
            return _hidden(attribute, "may be set: a plan does not show it here")
        if isinstance(value, Unknown) and attribute.optional and attribute.computed:
            return value, f"{attribute.name} is known after apply, and may be null until then"
        if here.path and _is_zero_number(value):
            return _hidden(attribute, "may be null: a plan shows 0 for it here")
        return value, later

    def _unshown(
        self, attribute: AttributeSchema, value: Value, siblings: Mapping[str, Value], here: _Here, later: str
    ) -> tuple[Value, str] | None:
        """The value of an argument of a block whose configuration is not shown: a default may stand for nothing."""
        if self.kind == "plan" and _is_none(value) and self._drops(attribute, siblings, here):
            return _hidden(attribute, "may be set: a plan does not show it here")
        if isinstance(value, Absent):
            return None
        if isinstance(value, Unknown) and attribute.optional and attribute.computed:
            return value, f"{attribute.name} may be set, or left to the provider"
        if self.kind == "plan" and here.path and isinstance(value, Known):
            if isinstance(value.data, tuple | dict) and not value.data:
                return None
            if _is_zero_number(value):
                return _hidden(attribute, "may be null: a plan shows 0 for it here")
        return value, later

    def _drops(self, attribute: AttributeSchema, siblings: Mapping[str, Value], here: _Here) -> bool:
        """Whether the provider takes the argument out of a plan even where it is set."""
        path = ".".join((*here.path, attribute.name))
        enabled = siblings.get("enabled")
        is_on = isinstance(enabled, Known) and enabled.data is True
        return (self.change.type, path) in _DROPPED and not is_on

    # -- blocks ----------------------------------------------------------------------------------------------------

    def _group(self, nested: NestedBlock, value: Value, before: Value, here: _Here, header: Span) -> BlockGroup | None:
        """The blocks of one type; None when there are none."""
        written = here.configured.blocks.get(nested.name, ()) if here.configured is not None else ()
        if isinstance(value, Unknown):
            return self._unknown_group(nested, written, here, header)
        items = _items(value, nested)
        if items and not written and self._may_be_left(nested, items, value, before, here):
            possible = self._blocks(nested, [(item, None) for item in items], here)
            return BlockGroup((), possible, self._left(nested, header))
        return self._shown_group(nested, items, written, here)

    def _unknown_group(
        self, nested: NestedBlock, written: Sequence[ConfiguredBody], here: _Here, header: Span
    ) -> BlockGroup | None:
        """Blocks that a plan shows as unknown as a whole: those that are written certainly exist."""
        static = self._blocks(nested, [(unplanned(nested), body) for body in written], here)
        if static and nested.max_items == 1:
            return BlockGroup(static)
        if nested.computed and not static and here.configured is not None:
            why = self.reason(self.change, nested.name, header)
            return BlockGroup((), (), why) if why is not None else None
        if nested.computed and not static:
            text = f"a {nested.name} block may be there, or not; the plan does not say: {REMEDY}"
        else:
            text = f"the {nested.name} blocks are known after apply: a dynamic block makes them; {REMEDY}"
        return BlockGroup(static, (), Unknown(DYNAMIC, Cause("computed", text, header)))

    def _may_be_left(
        self, nested: NestedBlock, items: Sequence[Value], value: Value, before: Value, here: _Here
    ) -> bool:
        """Whether a block that is not written may be there only because it was: Terraform keeps what it computed.

        One that is off is as good as none, whoever left it there.
        """
        if self.kind == "state" or not nested.computed or not same_value(value, before):
            return False
        if here.path and here.configured is None:
            return False
        off = _members(items[0]).get("enabled") if nested.max_items == 1 else None
        return not (isinstance(off, Known) and off.data is False)

    def _left(self, nested: NestedBlock, header: Span) -> Unknown:
        text = (
            f"the {nested.name} block is as it was before, and no static block sets it: a dynamic block may, or it was "
            f"removed from the configuration, which changes nothing of what there is; {REMEDY}"
        )
        return Unknown(DYNAMIC, Cause("computed", text, header))

    def _shown_group(
        self, nested: NestedBlock, items: Sequence[Value], written: Sequence[ConfiguredBody], here: _Here
    ) -> BlockGroup | None:
        """Blocks that the plan shows, each with what is written of it."""
        paired = pair(nested, items, written)
        if not paired.blocks:
            return None
        made = self._blocks(nested, paired.blocks, here)
        if not written and here.configured is not None:
            made = tuple(replace(block, generated=True) for block in made)
        if nested.nesting != "set" or self.kind == "state" or not paired.doubtful:
            return BlockGroup(made)
        text = f"a plan shows {nested.name} blocks that say the same as one, and not all of these are static; {REMEDY}"
        return BlockGroup(made, (), None, Unknown(DYNAMIC, Cause("computed", text, made[0].header)))

    def _blocks(
        self, nested: NestedBlock, pairs: Sequence[tuple[Value, ConfiguredBody | None]], here: _Here
    ) -> tuple[BlockInstance, ...]:
        keyed = nested.nesting not in ("single", "group")
        made = []
        for index, (item, body) in enumerate(pairs):
            inner = here.inside(nested.name, index if keyed else None, body)
            # What was before is not told apart by block: a computed block in here may be left wherever it is shown.
            before = Absent() if self._is_new else item
            made.append(self._block(nested.name, item, before, nested.block, inner))
        return tuple(made)


def _explained(value: Value, why: str, place: Span) -> Value:
    """The value with its place; what is unknown in it says why, and what to do."""
    if isinstance(value, Unknown):
        cause = Cause("computed", f"{why}: {REMEDY}", place)
        return Unknown(value.type, cause, value.parts, Origin(place), value.sensitive, value.not_null)
    if isinstance(value, Known) and not is_wholly_known(value):
        data = value.data
        if isinstance(data, tuple):
            data = tuple(_inner(item, why, place) for item in data)
        elif isinstance(data, dict):
            data = {key: _inner(item, why, place) for key, item in data.items()}
        return Known(value.kind, data, value.element, Origin(place), value.sensitive)
    return value.with_origin(Origin(place))


def _inner(value: Value, why: str, place: Span) -> Value:
    return value if is_wholly_known(value) else _explained(value, why, place)


def _hidden(attribute: AttributeSchema, text: str) -> tuple[Unknown, str]:
    """An argument whose value a plan does not show, and why."""
    return Unknown(from_schema(attribute.type), Cause("computed", text)), f"{attribute.name} {text}"


def _is_none(value: Value) -> bool:
    return isinstance(value, Absent) or (isinstance(value, Known) and value.data == "")


def _is_zero_number(value: Value) -> bool:
    """What the provider makes of null in a block, as it makes "" of it, which the model reads as not set."""
    return isinstance(value, Known) and isinstance(value.data, Decimal) and value.data == 0


def _members(value: Value) -> Mapping[str, Value]:
    return value.mapping if isinstance(value, Known) and isinstance(value.data, dict) else {}


def _items(value: Value, nested: NestedBlock) -> tuple[Value, ...]:
    if not isinstance(value, Known):
        return ()
    if nested.nesting in ("single", "group"):
        return (value,)
    return tuple(value.mapping.values()) if isinstance(value.data, dict) else value.items


def _has_elements(value: Value) -> bool:
    return isinstance(value, Unknown) or (
        isinstance(value, Known) and isinstance(value.data, tuple) and bool(value.data)
    )
