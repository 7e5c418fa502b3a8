"""Values of plan JSON: what is known, what is unknown and what is sensitive stand in three trees of one shape.

Source: omitUnknowns and unknownAsBool in internal/command/jsonplan/plan.go of https://github.com/hashicorp/terraform .
Known values of maps and objects are left out of the tree of the unknown; elements of lists and sets are aligned, an
unknown one is null among the known. Up to Terraform 1.0 unknown elements of sets are left out: then nothing is aligned,
and the whole set counts as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ddbaudit.frontends.plan.msgpack_values import MARKED, NO_MARKS, UNKNOWN, Marks, Path, ValueReader
from ddbaudit.ir.schema import AttributeSchema
from ddbaudit.ir.value import Value


class _Nothing:
    """The type of `NOTHING`."""


NOTHING: Final = _Nothing()
"""What is not there at all, which null is."""


@dataclass(slots=True)
class JsonValueReader(ValueReader):
    """As for binary plans, but for values of dynamic type, whose type JSON does not tell: their shape does."""

    def dynamic(self, raw: Any, path: Path, marks: Marks) -> Value:
        return self._shaped(raw, path, marks)

    def argument(self, raw: Any, attribute: AttributeSchema | None, marks: Marks) -> Value:
        """The value of an argument, of the attribute's type if there is one."""
        return self._shaped(raw, (), marks) if attribute is None else self._attribute(raw, attribute, (), marks)


def merged(known: Any, unknown: Any) -> Any:
    """A value with `UNKNOWN` wherever the tree `unknown` has true. Where the two trees disagree, nothing is known."""
    if unknown is True:
        return UNKNOWN
    if not unknown or not _any(unknown):
        return known
    if isinstance(unknown, dict) and (known is NOTHING or isinstance(known, dict)):
        result: dict[str, Any] = dict(known) if isinstance(known, dict) else {}
        for name, inner in unknown.items():
            value = merged(result.get(name, NOTHING), inner)
            if value is not NOTHING:
                result[name] = value
        return result
    if isinstance(unknown, list) and isinstance(known, list) and len(known) == len(unknown):
        return [merged(one, other) for one, other in zip(known, unknown, strict=True)]
    return UNKNOWN


def _any(tree: Any) -> bool:
    """Whether a tree says true of anything, or something that Terraform does not write, which is taken for true."""
    stack = [tree]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)
        elif here is not False and here is not None:
            return True
    return False


def marks_of(tree: Any) -> Marks:
    """The marks that a tree such as `after_sensitive` makes."""
    if not tree or not _any(tree):
        return NO_MARKS
    if not isinstance(tree, dict | list):
        return MARKED
    marks = Marks()
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for step, inner in pairs:
        found = marks_of(inner)
        if found is not NO_MARKS:
            marks.inner[step] = found
    return marks
