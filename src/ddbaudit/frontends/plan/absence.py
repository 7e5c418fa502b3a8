"""Whether a block that a plan shows as unknown is not there at all.

The provider computes some blocks when they are omitted (`NestedBlock.computed`: point_in_time_recovery, ttl and
server_side_encryption of a table). In the plan of a new resource such a block is unknown when it is omitted, and also
when a `dynamic` block makes it whose `for_each` is unknown; `dynamic` blocks are not in plan JSON. The block is absent
where no unknown value can reach the resource: then nothing can make a `for_each` unknown.

What unknown values there are for `dynamic` blocks to see, `relevant_attributes` of the plan says. Terraform 1.11.4 was
asked with keys whose ARN is unknown and that nothing but the `for_each` of a `dynamic` block refers to
(tests/plan/data/inflow). It lists the attribute

- when the reference is direct, goes through a local (also as part of an object or list), an argument of one module or
  of a module in a module, an output of a module (with count, for_each, a splat or as a whole), `each.value` or
  `count.index` of the resource itself, another resource, or a data source that waits for a resource;
- with an empty path when all of the resource is referred to, or a splat is;
- with the address of a module without instance keys where the reference does not name one: keys are left out here.

It does **not** list what reaches a module as `each.value` of the `module` block's own `for_each`. Of a call that passes
`each.value` on, everything that its `for_each` may hold counts.

Attributes of a resource that itself depends on this one cannot reach it: that would be a cycle. The list holds what
the changes refer to, not what stays as it is; a resource with an unknown block is always among the changes.

One case is beyond any plan JSON: an impure function (`timestamp()`, `uuid()`) in the `for_each` of a `dynamic` block.
Terraform accepts it, and nothing in the plan tells such a block from none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.plan.references import Reach, References, parse, without_keys
from ddbaudit.ir.plan import Change, Plan, keeps_all
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Cause, Known, Unknown, Value, is_wholly_known

REMEDY = "give the configuration with --source DIR"

# Relevant attributes came with Terraform 1.2: https://github.com/hashicorp/terraform/issues/31537
_TELLS = (1, 2)
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})")


@dataclass(frozen=True, slots=True)
class _Source:
    """An unknown value that something may refer to: the resource's address without keys, and what to call it."""

    declaration: str
    module: str
    text: str


class Inflow:
    """The unknown values of a plan, and which of them may reach a resource."""

    def __init__(self, plan: Plan, references: References | None) -> None:
        self._plan = plan
        self._references = references
        self._instances: dict[str, list[Change]] = {}
        for change in (*plan.changes, *plan.data):
            self._instances.setdefault(without_keys(change.declaration), []).append(change)
        self._sources: tuple[_Source, ...] | None = None
        self._answers: dict[str, str | None] = {}

    def reason(self, change: Change, block: str, place: Span) -> Unknown | None:
        """Why a block of a resource may be there although no static block is; None when it certainly is not."""
        if self._references is None:
            text = f"whether there is a {block} block, a plan without its configuration does not say: {REMEDY}"
            return Unknown(DYNAMIC, Cause("computed", text, place))
        source = self._source_for(without_keys(change.declaration), without_keys(change.module))
        if source is None:
            return None
        text = (
            f"a dynamic block may make a {block} block, depending on {source}, which is known after apply; the plan "
            f"does not say more: {REMEDY}"
        )
        return Unknown(DYNAMIC, Cause("computed", text, place))

    def _source_for(self, declaration: str, module: str) -> str | None:
        if declaration not in self._answers:
            self._answers[declaration] = self._find(declaration, module)
        return self._answers[declaration]

    def _find(self, declaration: str, module: str) -> str | None:
        references = self._references
        assert references is not None
        reach = references.into(module)
        for source in self._all():
            if source.declaration == declaration or not reach.has(source.module, source.declaration):
                continue
            if not references.depends_on(source.declaration, declaration):
                return source.text
        return None

    def _all(self) -> tuple[_Source, ...]:
        if self._sources is None:
            told = self._relevant() if _tells(self._plan.terraform_version) else self._every(None)
            self._sources = (*told, *self._behind_each())
        return self._sources

    def _relevant(self) -> Iterator[_Source]:
        told = {(without_keys(address), path): address for address, path in reversed(self._plan.relevant)}
        for (declaration, path), address in sorted(told.items(), key=lambda item: (item[0][0], str(item[0][1]))):
            if self._may_be_unknown(declaration, path):
                shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
                yield _Source(declaration, _module_of(declaration), f"{address}{shown}")

    def _behind_each(self) -> Iterator[_Source]:
        """What reaches a module as `each.value` of its call."""
        assert self._references is not None
        for call in self._references.calls.values():
            passed = [parse(text) for argument in call.arguments.values() for text in argument.references]
            if call.for_each is not None and any(r.kind == "each" and r.name != "key" for r in passed):
                yield from self._every(self._references.behind(call.for_each.references, call.module))

    def _every(self, reach: Reach | None) -> Iterator[_Source]:
        for declaration in self._instances:
            module = _module_of(declaration)
            if (reach is None or reach.has(module, declaration)) and self._may_be_unknown(declaration, ()):
                yield _Source(declaration, module, declaration)

    def _may_be_unknown(self, declaration: str, path: tuple[str | int, ...]) -> bool:
        changes = self._instances.get(declaration)
        if changes is None:
            # Nothing of it is in the plan: it has no instances, if the plan is complete.
            return self._plan.complete is not True
        return any(self._is_unknown(change, path) for change in changes)

    def _is_unknown(self, change: Change, path: tuple[str | int, ...]) -> bool:
        if change.actions == ("no-op",) or not change.remains:
            return False
        return not keeps_all(change.type, change.mode) or not _known_at(change.after, path)


def _tells(version: str) -> bool:
    found = _VERSION.match(version)
    return found is not None and (int(found[1]), int(found[2])) >= _TELLS


def _module_of(declaration: str) -> str:
    """The module path of an address without keys."""
    steps = declaration.split(".")
    at = 0
    while steps[at : at + 1] == ["module"]:
        at += 2
    return ".".join(steps[:at])


def _known_at(value: Value, path: tuple[str | int, ...]) -> bool:
    """Whether everything at a path is known; what is not there at all is not."""
    here = value
    for step in path:
        if not isinstance(here, Known):
            return False
        data = here.data
        members: Mapping[str | int, Value] = {}
        if isinstance(data, tuple | dict):
            members = dict(enumerate(data) if isinstance(data, tuple) else data.items())
        if step not in members:
            return False
        here = members[step]
    return is_wholly_known(here)
