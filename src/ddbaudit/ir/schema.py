"""What the AWS provider says of its resource types: attributes, nested blocks, flags, defaults.

Three kinds of facts, from two files beside this module:

- `data/aws.json` is the provider's own schema, as `terraform providers schema -json` prints it, made compact by
  `scripts/refresh_schema.py` (which states the format). It holds every type of the provider but one
  (`data.aws_quicksight_analysis`, for its size) and the types built into Terraform.
- `data/defaults.json` holds what that schema does not say and a plan shows: the values that the provider puts in the
  place of an omitted argument, and the blocks that it computes when they are omitted. `scripts/refresh_defaults.py`
  records it from real plans.
- Terraform's own meta-arguments, which belong to no provider, are the constants below.

Both files are read when first asked for, and each type is decoded when it is first asked for: one look-up in a new
process costs a few milliseconds. Every answer is cached and immutable; a caller must not change the mappings.

A type that is absent here may exist in another version of the provider: absence proves nothing about a configuration
that asks for another version than `SCHEMA_VERSION`.

The schema says `optional` and `computed` of the `id` of nearly every managed resource, yet the provider refuses it as
an argument ("Invalid or unknown key"): it is an attribute to read.
"""

from __future__ import annotations

import enum
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal, TypeAlias

import msgspec

from ddbaudit.ir.types import Type, from_schema

Mode: TypeAlias = Literal["managed", "data"]

TerraformType: TypeAlias = str | tuple[Any, ...]
"""A type in Terraform's JSON syntax, frozen: "string", "number", "bool" or "dynamic"; ("list" | "set" | "map", T);
("tuple", (T, ...)); ("object", ((name, T), ...)) with the names sorted. `ir.types.from_schema` reads it."""

Nesting: TypeAlias = Literal["list", "set", "single", "map", "group"]

Default: TypeAlias = str | int | float | bool | None

SCHEMA_VERSION: Final = "5.100.0"
"""The version of hashicorp/aws that both data files come from."""

META_ARGUMENTS: Final[Mapping[Mode, frozenset[str]]] = {
    "managed": frozenset({"count", "for_each", "depends_on", "provider"}),
    "data": frozenset({"count", "for_each", "depends_on", "provider"}),
}
"""Arguments that Terraform itself reads in a `resource` or `data` block. No provider schema lists them."""

META_BLOCKS: Final[Mapping[Mode, frozenset[str]]] = {
    "managed": frozenset({"lifecycle", "provisioner", "connection", "_"}),
    "data": frozenset({"lifecycle", "_"}),
}
"""Blocks that Terraform itself reads. `provisioner` and `connection` are refused in a `data` block. The content of
an `_` block, the escape for arguments named like a meta-argument, is read as if it stood outside of it."""


class Missing(enum.Enum):
    """The type of `MISSING`: the provider has no default of its own there. Not the same as a default of null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class NestedSchema:
    """The attributes of an attribute that is itself an object, or a collection of them."""

    nesting: Nesting
    attributes: Mapping[str, AttributeSchema]


@dataclass(frozen=True, slots=True)
class AttributeSchema:
    """One attribute of a block.

    `optional` and `computed` together: when omitted, the plan shows it as unknown, or as what `provider_default`
    says. Only `computed`: it cannot be set. `write_only`: it may be set, and the plan shows null.
    """

    name: str
    type: TerraformType
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    deprecated: bool = False
    write_only: bool = False
    nested: NestedSchema | None = None

    @property
    def configurable(self) -> bool:
        """True when a configuration may set it."""
        return self.required or self.optional

    @property
    def accepts_blocks(self) -> bool:
        """True for a list or a set of objects, which Terraform also reads from blocks of that name (such as
        `ingress` of aws_security_group). Source: Terraform's "attributes as blocks" mode."""
        return self.nested is None and self.type[0] in ("list", "set") and self.type[1][0] == "object"


@dataclass(frozen=True, slots=True)
class BlockSchema:
    """What a block may contain, by name."""

    attributes: Mapping[str, AttributeSchema]
    blocks: Mapping[str, NestedBlock]


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """One kind of block inside a block. `max_items` 0 is no limit.

    `computed`: a plan shows the block as unknown, not as absent, when the configuration omits it on a resource that
    is to be created. The provider's code says Optional and Computed of it (for the three such blocks of
    aws_dynamodb_table, point_in_time_recovery, server_side_encryption and ttl, in internal/service/dynamodb/table.go),
    but Terraform's schema has no place for that on a block, so it is recorded from plans.
    """

    name: str
    nesting: Nesting
    min_items: int
    max_items: int
    block: BlockSchema
    deprecated: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class ResourceSchema(BlockSchema):
    """The whole schema of one resource or data source type."""

    mode: Mode
    type_name: str


class _Document(msgspec.Struct):
    """`data/aws.json`, its blocks still undecoded."""

    version: str
    managed: dict[str, msgspec.Raw]
    data: dict[str, msgspec.Raw]
    provider_block: msgspec.Raw
    shared: dict[str, msgspec.Raw]


class _Recorded(msgspec.Struct):
    """`data/defaults.json`; paths are joined with dots."""

    version: str
    managed: dict[str, dict[str, Any]]
    computed_blocks: dict[str, list[str]]
    unrecorded: dict[str, list[str]]


_FLAGS: Final = {
    "r": "required",
    "o": "optional",
    "c": "computed",
    "s": "sensitive",
    "d": "deprecated",
    "w": "write_only",
}


@cache
def resource_schema(mode: Mode, type_name: str) -> ResourceSchema | None:
    """The schema of a type, or None where none ships (see the module docstring on what that proves)."""
    types = _types(mode)
    if type_name not in types:
        return None
    block = _block(msgspec.json.decode(types[type_name]))
    if mode == "managed":
        for path in _recorded().computed_blocks.get(type_name, ()):
            block = _mark_computed(block, tuple(path.split(".")))
    return ResourceSchema(block.attributes, block.blocks, mode, type_name)


@cache
def schema_type(raw: TerraformType) -> Type:
    """The type of a schema attribute."""
    return from_schema(raw)


@cache
def provider_schema() -> BlockSchema:
    """What a `provider "aws"` block may contain."""
    return _block(msgspec.json.decode(_document().provider_block))


@cache
def known_types(mode: Mode) -> frozenset[str]:
    """All types of a mode whose schema ships, those built into Terraform among them."""
    return frozenset(_types(mode))


def provider_default(mode: Mode, type_name: str, path: tuple[str, ...]) -> Default | Missing:
    """What a plan shows for an argument that the configuration of a new resource omits, where that is a constant.

    `path` names the argument, after the blocks that it stands in: `("billing_mode",)`, `("ttl", "enabled")`. A
    default inside a block holds where that block is present. None: the argument is computed, yet the plan shows null
    rather than unknown. MISSING: there is none; the omitted argument is then null in the plan, or unknown if it is
    computed, provided that `defaults_recorded` is true of the block that it stands in.

    Only defaults of scalar arguments; `default_collection` has the others.
    """
    found = _default(mode, type_name, path)
    return MISSING if isinstance(found, (list, dict)) else found


def default_collection(mode: Mode, type_name: str, path: tuple[str, ...]) -> list[Any] | dict[str, Any] | None:
    """As `provider_default`, for a list, set or map; None where a plan shows null or unknown.

    Nearly all are empty: inside a set of blocks the provider has no null, so that `non_key_attributes` of an omitted
    kind is `[]` there, as an omitted string is "".
    """
    found = _default(mode, type_name, path)
    return found if isinstance(found, (list, dict)) else None


def _default(mode: Mode, type_name: str, path: tuple[str, ...]) -> Any:
    if mode != "managed":
        return MISSING
    return _recorded().managed.get(type_name, {}).get(".".join(path), MISSING)


def defaults_recorded(mode: Mode, type_name: str, path: tuple[str, ...] = ()) -> bool:
    """Whether plans were had of such resources, for `()`, or of such resources with the block at `path`.

    Where it is false, neither `provider_default` nor `NestedBlock.computed` says anything of what stands in there.
    Data sources are not planned, so it is false of all of them; those that exist only after an apply show in a plan
    what their configuration says.
    """
    if mode != "managed" or type_name not in _document().managed:
        return False
    missing = _recorded().unrecorded.get(type_name, ())
    return not any(".".join(path[:length]) in missing for length in range(len(path) + 1))


def _types(mode: Mode) -> dict[str, msgspec.Raw]:
    return _document().managed if mode == "managed" else _document().data


@cache
def _document() -> _Document:
    return msgspec.json.decode(_read("aws.json"), type=_Document)


@cache
def _recorded() -> _Recorded:
    return msgspec.json.decode(_read("defaults.json"), type=_Recorded)


def _read(name: str) -> bytes:
    content = pkgutil.get_data(__package__, f"data/{name}")
    if content is None:
        raise FileNotFoundError(name)
    return content


@cache
def _shared(key: str) -> BlockSchema:
    return _block(msgspec.json.decode(_document().shared[key]))


def _block(raw: dict[str, Any]) -> BlockSchema:
    blocks = {
        name: NestedBlock(
            name=name,
            nesting=nesting,
            min_items=low,
            max_items=high,
            block=_shared(inner) if isinstance(inner, str) else _block(inner),
            deprecated="d" in flags,
        )
        for name, (nesting, low, high, inner, flags) in raw.get("b", {}).items()
    }
    return BlockSchema(_attributes(raw["a"]), blocks)


def _attributes(raw: dict[str, Any]) -> dict[str, AttributeSchema]:
    return {name: _attribute(name, type_, flags) for name, (type_, flags) in raw.items()}


def _attribute(name: str, type_: Any, flags: str) -> AttributeSchema:
    given: dict[str, Any] = {_FLAGS[letter]: True for letter in flags}
    if not isinstance(type_, dict):
        return AttributeSchema(name, _freeze(type_), **given)
    nested = NestedSchema(type_["nesting"], _attributes(type_["a"]))
    return AttributeSchema(name, _nested_type(nested), nested=nested, **given)


def _nested_type(nested: NestedSchema) -> TerraformType:
    """The type that a nested type amounts to."""
    members = tuple(sorted((name, attribute.type) for name, attribute in nested.attributes.items()))
    if nested.nesting in ("single", "group"):
        return ("object", members)
    return (nested.nesting, ("object", members))


def _freeze(type_: Any) -> TerraformType:
    if isinstance(type_, str):
        return type_
    kind, inner = type_[0], type_[1]
    if kind == "object":
        return (kind, tuple(sorted((name, _freeze(member)) for name, member in inner.items())))
    if kind == "tuple":
        return (kind, tuple(_freeze(member) for member in inner))
    return (kind, _freeze(inner))


def _mark_computed(block: BlockSchema, path: tuple[str, ...]) -> BlockSchema:
    """The same block, with the block at `path` marked as computed. Blocks are shared, so nothing is changed in place.

    Raises KeyError where there is no block at `path`: the two data files are then of different versions.
    """
    name, *rest = path
    nested = block.blocks[name]
    if rest:
        nested = replace(nested, block=_mark_computed(nested.block, tuple(rest)))
    else:
        nested = replace(nested, computed=True)
    return BlockSchema(block.attributes, {**block.blocks, name: nested})
