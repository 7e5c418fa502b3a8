"""Do two parsers agree? Compares trees by structure, values and starts; ends are each parser's own affair."""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.relocate import fields

_UNCOMPARED = {"end", "name_end", "header_end", "broken"}


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which two trees differ: what each holds there, and where that stands."""

    path: str
    left: str
    right: str
    left_start: int
    right_start: int

    def __str__(self) -> str:
        return f"{self.path}: {self.left} against {self.right}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A way into the tree as a chain of steps, put into words only when there is something to say."""

    parent: _Place | None
    step: str

    def __str__(self) -> str:
        steps: list[str] = []
        place: _Place | None = self
        while place is not None:
            steps.append(place.step)
            place = place.parent
        return "".join(reversed(steps)).lstrip(".")


_slots: dict[type[ast.Node], tuple[str, ...]] = {}


def _compared(kind: type[ast.Node]) -> tuple[str, ...]:
    """The slots that matter, in the order of the constructor's parameters, which is that of the source text."""
    known = _slots.get(kind)
    if known is None:
        code = kind.__init__.__code__
        order = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        known = tuple(sorted((name for name in fields(kind) if name not in _UNCOMPARED), key=order.index))
        _slots[kind] = known
    return known


def _shown(value: object) -> str:
    if isinstance(value, ast.Node):
        name = getattr(value, "name", getattr(value, "type", getattr(value, "op", None)))
        return f"{type(value).__name__} {safe_text(name)}" if isinstance(name, str) else type(value).__name__
    text = repr(value)
    return safe_text(text if len(text) <= 60 else f"{text[:60]}…")


_Pair = tuple[_Place, object, object, ast.Node, ast.Node]


def _pairs(place: _Place, left: object, right: object, near: tuple[ast.Node, ast.Node]) -> list[_Pair] | None:
    """What two values of one kind must agree in, or None when they have no parts."""
    if isinstance(left, ast.Node):
        assert isinstance(right, ast.Node)
        return [
            (_Place(place, f".{name}"), getattr(left, name), getattr(right, name), left, right)
            for name in _compared(type(left))
        ]
    if isinstance(left, list | tuple):
        assert isinstance(right, list | tuple)
        shared = zip(left, right, strict=False)
        parts: list[_Pair] = [
            (_Place(place, f"[{index}]"), one, other, *near) for index, (one, other) in enumerate(shared)
        ]
        # The lengths come last: a missing element is best shown by what stands in its place.
        return [*parts, (_Place(place, ".length"), len(left), len(right), *near)]
    return None


def ast_equal(left: ast.Node, right: ast.Node) -> Difference | None:
    """The first difference of two trees in source order, or None when they agree; needs no recursion."""
    pending: list[_Pair] = [(_Place(None, ""), left, right, left, right)]
    while pending:
        place, one, other, near, far = pending.pop()
        parts = _pairs(place, one, other, (near, far)) if type(one) is type(other) else None
        if parts is not None:
            pending.extend(reversed(parts))
        elif type(one) is not type(other) or one != other:
            starts = [
                value.start if isinstance(value, ast.Node) else context.start
                for value, context in ((one, near), (other, far))
            ]
            return Difference(str(place), _shown(one), _shown(other), starts[0], starts[1])
    return None


def comments_equal(left: ast.File, right: ast.File) -> Difference | None:
    """The first comment that only one of two parsers has seen; suppressions live in comments."""
    mine, theirs = ({comment.start for comment in file.comments} for file in (left, right))
    lonely = sorted(mine ^ theirs)
    if not lonely:
        return None
    seen = ("a comment", "none") if lonely[0] in mine else ("none", "a comment")
    return Difference("comments", *seen, lonely[0], lonely[0])
