"""Paths to attributes: `ttl.enabled`, `tags["cost:center"]`, `global_secondary_index[*].projection_type`.

A path is held against the provider's schema when its rule is read, so that a misspelt name ends the run instead of
finding nothing for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ddbaudit.foundation.text import safe_text, suggestion
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, NestedBlock, ResourceSchema, schema_type
from ddbaudit.ir.types import DYNAMIC, STRING, CollectionType, ObjectType, TupleType, Type, friendly, map_of

TAGS_ALL: Final = "tags_all"
"""The tags of a resource with the provider's `default_tags`: computed, and yet known."""

_STEP: Final = re.compile(r'(?:^|\.)([A-Za-z_][A-Za-z0-9_-]*)|\["((?:[^"\\]|\\["\\])+)"\]|(\[\*\])')
_MAX: Final = 256

Kind: TypeAlias = Literal["argument", "block", "member", "each"]


@dataclass(frozen=True, slots=True)
class Step:
    """`argument` and `block` name what stands in a block, `member` an entry of a map or object (or, where nothing is
    known of the type, any of the three); `each` is `[*]`. Of a `sole` block there is at most one."""

    kind: Kind
    name: str = ""
    sole: bool = False


Shape: TypeAlias = BlockSchema | NestedBlock | Type
"""What stands at the end of a path: a block, all blocks of a type, or a value."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path as it is written, its steps, and what it leads to. `many`: it leads to several values."""

    text: str
    steps: tuple[Step, ...]
    end: Shape
    many: bool

    @property
    def elements(self) -> Shape | None:
        """What the elements of a collection, or the blocks of a type, are; None when it ends at something else."""
        if isinstance(self.end, NestedBlock):
            return self.end.block
        if isinstance(self.end, CollectionType):
            return self.end.element
        return DYNAMIC if isinstance(self.end, TupleType) else None


class PathError(ValueError):
    """The path is not in order; the message says why, `help` what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def read_path(text: str, start: Shape) -> Path:
    """The path from a block or value on; PathError when there is no such way."""
    steps: list[Step] = []
    here: Shape = start
    many = False
    seen = ""
    for name in _names(text):
        step, here = _step(name, here, seen)
        steps.extend(step)
        if name is None:
            many = many or not _sole(steps)
            seen += "[*]"
        else:
            seen = f"{seen}.{name}" if seen else name
    return Path(text, tuple(steps), here, many)


def _sole(steps: list[Step]) -> bool:
    """Whether the `[*]` at the end is one of a block of which there is at most one."""
    return len(steps) > 1 and steps[-2].kind == "block" and steps[-2].sole


def _names(text: str) -> list[str | None]:
    """The steps of a path: names, and None for `[*]`."""
    if len(text) > _MAX:
        raise PathError(f"the path is longer than {_MAX} characters")
    found: list[str | None] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None or (at == 0 and match[1] is None):
            hint = "write [*] for all elements" if re.match(r"\[\d+\]", text[at:]) else ""
            raise PathError(
                f'"{safe_text(text)}" is no path: "{safe_text(text[at:])}" is not understood',
                hint or 'paths look like ttl.enabled, tags["a:b"] or global_secondary_index[*].name',
            )
        found.append(match[1] or (re.sub(r"\\(.)", r"\1", match[2]) if match[2] else None))
        at = match.end()
    if not found:
        raise PathError("the path is empty")
    return found


def _step(name: str | None, here: Shape, seen: str) -> tuple[list[Step], Shape]:
    if isinstance(here, NestedBlock):
        return _into_blocks(name, here, seen)
    if isinstance(here, BlockSchema):
        return _into_block(name, here, seen)
    if name is None:
        return [Step("each")], _element(here, seen)
    return [Step("member", name)], _member(name, here, seen)


def _into_blocks(name: str | None, here: NestedBlock, seen: str) -> tuple[list[Step], Shape]:
    if name is None:
        return [Step("each")], here.block
    if not is_sole(here):
        raise PathError(
            f"there may be several {here.name} blocks, so {seen}.{safe_text(name)} is not one value",
            f"write {seen}[*].{safe_text(name)}",
        )
    steps, end = _into_block(name, here.block, seen)
    return [Step("each"), *steps], end


def _into_block(name: str | None, here: BlockSchema, seen: str) -> tuple[list[Step], Shape]:
    if name is None:
        raise PathError(f"{seen or 'a resource'} is one block, so there is nothing for [*] to choose from")
    attribute, nested = here.attributes.get(name), here.blocks.get(name)
    if nested is not None:
        return [Step("block", name, is_sole(nested))], nested
    if attribute is not None and not seen and name == TAGS_ALL:
        return [Step("argument", name)], map_of(STRING)
    if attribute is not None and _settable(attribute, here):
        return [Step("argument", name)], schema_type(attribute.type)
    where = f"{seen} has" if seen else f"{type_name(here)} has"
    if attribute is not None:
        raise PathError(
            f"{where} {name} only as a result: a configuration cannot set it",
            "rules judge what is configured",
        )
    raise PathError(f'{where} no argument or block "{safe_text(name)}"{suggestion(name, _names_in(here, seen))}')


def is_sole(block: NestedBlock) -> bool:
    return block.max_items == 1 or block.nesting in ("single", "group")


def type_name(schema: Shape) -> str:
    """`aws_dynamodb_table`, `data.aws_iam_policy_document`; `the block` for one inside."""
    if not isinstance(schema, ResourceSchema):
        return "the block"
    return f"{'data.' if schema.mode == 'data' else ''}{schema.type_name}"


def _settable(attribute: AttributeSchema, block: BlockSchema) -> bool:
    """`id` is optional in the schema of nearly every resource, and refused all the same (see `ir.schema`)."""
    is_id = isinstance(block, ResourceSchema) and attribute.name == "id" and attribute.computed
    return attribute.configurable and not is_id


def _names_in(block: BlockSchema, seen: str) -> Iterable[str]:
    yield from (name for name, attribute in block.attributes.items() if _settable(attribute, block))
    yield from block.blocks
    if not seen and TAGS_ALL in block.attributes:
        yield TAGS_ALL


def _element(here: Type | BlockSchema | NestedBlock, seen: str) -> Type:
    if isinstance(here, CollectionType):
        return here.element
    if here is DYNAMIC or isinstance(here, TupleType):
        return DYNAMIC
    raise PathError(f"{seen or 'an element'} is {_shown(here)}, so there is nothing for [*] to choose from")


def _member(name: str, here: Type | BlockSchema | NestedBlock, seen: str) -> Type:
    if here is DYNAMIC:
        return DYNAMIC
    if isinstance(here, CollectionType) and here.kind == "map":
        return here.element
    if isinstance(here, ObjectType):
        found = here.get(name)
        if found is None:
            names = [key for key, _ in here.attributes]
            raise PathError(f'{seen or "an element"} has no attribute "{safe_text(name)}"{suggestion(name, names)}')
        return found
    hint = f"write {seen}[*].{safe_text(name)}" if isinstance(here, CollectionType | TupleType) else ""
    raise PathError(f'{seen or "an element"} is {_shown(here)}, which has no "{safe_text(name)}"', hint)


def _shown(shape: Shape) -> str:
    if isinstance(shape, Type):
        name = friendly(shape)
        return f"an {name}" if name == "object" else f"a {name}"
    return "a block"


def shown_key(key: str) -> str:
    """A step to a key as it is written: `.Owner`, `["aws:x"]`."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key):
        return f".{key}"
    return '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'
