"""Values of DynamoDB and IAM resources that the source and a plan both know, and that do not agree.

What is held against the plan is what the configuration sets. What it omits the provider may fill in, from a default of
its own or from the state; only in something that is to be created a value without either must have been written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.plan.agreement import agrees, is_empty
from ddbaudit.frontends.plan.overlay import block_values
from ddbaudit.ir.instance import Argument, BlockGroup, BlockInstance, Evaluation, ResourceInstance
from ddbaudit.ir.plan import Change, Difference, Plan
from ddbaudit.ir.schema import (
    MISSING,
    AttributeSchema,
    BlockSchema,
    NestedBlock,
    default_collection,
    defaults_recorded,
    provider_default,
    resource_schema,
)
from ddbaudit.ir.value import Known, Unknown, Value, is_sensitive

Path = tuple[str, ...]

_COMPARED = frozenset(
    {
        "aws_dynamodb_table",
        "aws_dynamodb_resource_policy",
        "aws_iam_policy",
        "aws_iam_policy_document",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_user_policy",
        "aws_iam_group_policy",
        "aws_iam_role_policy_attachment",
        "aws_iam_user_policy_attachment",
        "aws_iam_group_policy_attachment",
    }
)
_DROPPED: Mapping[Path, object] = {("ttl", "attribute_name"): None, ("table_class",): "STANDARD"}
"""What the provider leaves out of the plan of a table: the attribute of a `ttl` that is not enabled, and the class that
a table has anyway (None stands for any value)."""
_KEPT = frozenset({"stream_view_type", "recovery_period_in_days", "max_read_request_units", "max_write_request_units"})
"""What the provider leaves as it is in the state of a table while that to which it belongs is off, or has no limit."""
_MADE = frozenset({("create",), ("create", "delete"), ("delete", "create")})


def differing_values(evaluation: Evaluation, plan: Plan) -> Iterator[Difference]:
    planned = {c.address: c for c in (*plan.data, *plan.changes) if c.remains}
    for instance in evaluation.resources:
        change = planned.get(instance.address)
        if change is None or instance.type not in _COMPARED or "all" in instance.ignore_changes:
            continue
        schema = resource_schema(instance.mode, instance.type)
        if schema is not None and isinstance(change.after, Known) and isinstance(change.after.data, dict):
            yield from _Comparison(instance, change).block(instance.body, change.after.data, schema, ())


@dataclass(frozen=True, slots=True)
class _Comparison:
    instance: ResourceInstance
    change: Change

    def block(
        self, body: BlockInstance, planned: Mapping[str, Value], schema: BlockSchema, path: Path
    ) -> Iterator[Difference]:
        skipped = () if path else self.instance.ignore_changes
        for name, attribute in schema.attributes.items():
            if name in planned and name not in skipped and attribute.configurable and not attribute.write_only:
                yield from self._attribute(body, planned[name], attribute, (*path, name))
        for name, nested in schema.blocks.items():
            if name in planned and name not in skipped:
                yield from self._group(body, body.group(name), planned[name], nested, (*path, name))

    def _attribute(
        self, body: BlockInstance, planned: Value, schema: AttributeSchema, path: Path
    ) -> Iterator[Difference]:
        argument = body.arguments.get(schema.name)
        if argument is not None and argument.span == body.header:  # what reading gave a data source
            return
        if argument is not None and (not is_empty(argument.value) or _is_off(argument.value)):
            if not agrees(argument.value, planned) and not self._is_left_out(argument.value, planned, path):
                yield Difference(self.instance.address, _told(argument, planned, schema, path), argument.span)
        elif self._is_written(planned, schema, path) and not body.broken:
            place = argument.span if argument is not None else body.header
            yield Difference(self.instance.address, f"the plan sets {'.'.join(path)}, the source does not", place)

    def _is_left_out(self, ours: Value, planned: Value, path: Path) -> bool:
        """Whether it is the provider that makes the difference."""
        if self.instance.type != "aws_dynamodb_table":
            return False
        if path[-1] in _KEPT and self.change.actions not in _MADE:
            return True
        dropped = _DROPPED.get(path, ours)
        return is_empty(planned) and (dropped is None or (isinstance(ours, Known) and ours.data == dropped))

    def _is_written(self, planned: Value, schema: AttributeSchema, path: Path) -> bool:
        """Whether a value can only come from the configuration."""
        if self.change.actions not in _MADE or schema.computed or isinstance(planned, Unknown) or is_empty(planned):
            return False
        mode, type_ = self.instance.mode, self.instance.type
        if not defaults_recorded(mode, type_, path[:-1]) or default_collection(mode, type_, path) is not None:
            return False
        return provider_default(mode, type_, path) is MISSING

    def _group(
        self, body: BlockInstance, group: BlockGroup, planned: Value, nested: NestedBlock, path: Path
    ) -> Iterator[Difference]:
        elements = block_values(planned)
        omitted = not group.items and (nested.computed or self.change.actions not in _MADE)
        if elements is None or group.unknown is not None or group.possible or omitted or body.broken:
            return
        if nested.nesting == "set":
            yield from self._set(body, group.items, elements, nested, path)
        elif len(group.items) != len(elements):
            yield self._number(body, group.items, elements, path)
        else:
            for item, element in zip(group.items, elements, strict=True):
                yield from self.block(item, element, nested.block, path)

    def _set(
        self,
        body: BlockInstance,
        items: tuple[BlockInstance, ...],
        elements: list[Mapping[str, Value]],
        nested: NestedBlock,
        path: Path,
    ) -> Iterator[Difference]:
        """Blocks that say the same are one, and so are those of one name (see the provider's hashes)."""
        names = Counter(_name(item) for item in items)
        left = list(range(len(elements)))
        for item in items:
            found = [i for i, e in enumerate(elements) if not any(self.block(item, e, nested.block, path))]
            left = [i for i in left if i not in found]
            if not found and names[_name(item)] == 1:
                yield Difference(self.instance.address, f"the plan has no such {'.'.join(path)} block", item.header)
        if left and len(names) == len(items):
            yield self._number(body, items, elements, path)

    def _number(
        self,
        body: BlockInstance,
        items: tuple[BlockInstance, ...],
        elements: list[Mapping[str, Value]],
        path: Path,
    ) -> Difference:
        place: Span = items[-1].header if items else body.header
        name = ".".join(path)
        if len(items) == len(elements):
            return Difference(self.instance.address, f"the plan has another {name} block", place)
        detail = f"the plan has {len(elements)} {name} blocks, the source has {len(items)}"
        return Difference(self.instance.address, detail, place)


def _is_off(value: Value) -> bool:
    """A flag that is switched off, which is not the same as one that is not set."""
    return isinstance(value, Known) and value.data is False


def _name(block: BlockInstance) -> str | int:
    value = block.value("name")
    return value.text if isinstance(value, Known) and isinstance(value.data, str) else id(block)


def _told(argument: Argument, planned: Value, schema: AttributeSchema, path: Path) -> str:
    name = ".".join(path)
    ours, theirs = _shown(argument.value), _shown(planned)
    hidden = schema.sensitive or is_sensitive(argument.value) or is_sensitive(planned)
    if hidden or not ours or not theirs:
        return f"{name} is not what it is in the plan"
    return f"{name} is {theirs} in the plan, {ours} now"


def _shown(value: Value) -> str:
    """A short value; nothing for what is long, unknown or a collection."""
    if isinstance(value, Known):
        if isinstance(value.data, bool):
            return "true" if value.data else "false"
        if isinstance(value.data, Decimal):
            return str(value.data)
        if isinstance(value.data, str) and len(value.data) <= 60:
            return f'"{value.data}"'
    return "null" if is_empty(value) else ""
