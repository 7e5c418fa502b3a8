"""The inline policies of a role that are resources of their own.

The provider lists all inline policies of an existing role in its `inline_policy` blocks, also those that
aws_iam_role_policy makes; the configuration of the role has nothing of them. Source:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ddbaudit.ir.plan import Change
from ddbaudit.ir.value import Known, Value

_ROLE = "aws_iam_role"
_SEPARATE = "aws_iam_role_policy"
_BLOCK = "inline_policy"


class InlinePolicies:
    """The separate inline policies of a plan or state, by the names of their role and their own."""

    def __init__(self, changes: Iterable[Change]) -> None:
        separate = [change for change in changes if change.mode == "managed" and change.type == _SEPARATE]
        values = [value for change in separate for value in (change.before, change.after)]
        self._names = {(_text(value, "role"), _text(value, "name")) for value in values}

    def left_out(self, change: Change) -> Change:
        """A role without the inline policies that are resources of their own; anything else as it is."""
        if change.mode != "managed" or change.type != _ROLE:
            return change
        return replace(change, before=self._without(change.before), after=self._without(change.after))

    def _without(self, role: Value) -> Value:
        members = role.mapping if isinstance(role, Known) and isinstance(role.data, dict) else {}
        blocks = members.get(_BLOCK)
        if not isinstance(role, Known) or not isinstance(blocks, Known):
            return role
        name = _text(role, "name")
        items = tuple(
            block for block in blocks.items if name is None or (name, _text(block, "name")) not in self._names
        )
        kept = Known(blocks.kind, items, blocks.element, blocks.origin, blocks.sensitive)
        return Known(role.kind, {**members, _BLOCK: kept}, role.element, role.origin, role.sensitive)


def _text(value: Value, name: str) -> str | None:
    found = value.mapping.get(name) if isinstance(value, Known) and isinstance(value.data, dict) else None
    return found.data if isinstance(found, Known) and isinstance(found.data, str) else None
