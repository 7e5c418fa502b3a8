"""Evaluated instances by hand: everything a block holds is also written to a source file, so that places are real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.ir.instance import Argument, BlockGroup, BlockInstance, Evaluation, Mode, Provider, ResourceInstance
from ddbaudit.ir.types import DYNAMIC, STRING, Type
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Hole,
    Known,
    Origin,
    Part,
    Symbol,
    Unknown,
    Value,
    boolean,
    join_parts,
    list_value,
    map_value,
    number,
    object_value,
    string,
    tuple_value,
)
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate

Plain: TypeAlias = "Value | str | bool | int | Decimal | Mapping[str, Plain] | Sequence[Plain] | None"
NO_PROVIDER = Provider("aws", Absent(), Absent())


def unknown(text: str = "var.x has no value", type_: Type = STRING, kind: str = "no-value") -> Unknown:
    return Unknown(type_, Cause(kind, text))


def hole(text: str = "var.x has no value") -> Hole:
    return Hole(unknown(text))


def template(*parts: Part, origin: Origin | None = None) -> Unknown:
    """A partly known string."""
    first = next((p.value.cause for p in parts if isinstance(p, Hole)), Cause("computed", "known after apply"))
    return Unknown(STRING, first, join_parts(list(parts)), origin)


def symbol(address: str, *path: str | int) -> Unknown:
    return template(Symbol(address, path))


def val(plain: Plain, origin: Origin | None = None) -> Value:
    """A value as an expression gives it: lists are tuples, dictionaries objects."""
    if isinstance(plain, Value):
        return plain
    if plain is None:
        return Absent(DYNAMIC, origin)
    if isinstance(plain, bool):
        return boolean(plain, origin)
    if isinstance(plain, int | Decimal):
        return number(plain, origin)
    if isinstance(plain, str):
        return string(plain, origin)
    if isinstance(plain, Mapping):
        return object_value({k: val(v) for k, v in plain.items()}, origin)
    return tuple_value(tuple(val(v) for v in plain), origin)


def tags(entries: Mapping[str, Plain]) -> Known:
    return map_value(STRING, {k: val(v) for k, v in entries.items()})


def texts(*items: Plain) -> Known:
    return list_value(STRING, tuple(val(v) for v in items))


@dataclass
class Block:
    """What is to be written: arguments, and blocks by type; `possible` ones have an unknown number."""

    args: Mapping[str, Plain] = field(default_factory=dict)
    blocks: Mapping[str, Sequence[Block]] = field(default_factory=dict)
    possible: Mapping[str, Sequence[Block]] = field(default_factory=dict)
    broken: bool = False


class Config:
    """A module under construction."""

    def __init__(self, environment: str = "dev") -> None:
        self.source = SourceFile("main.tf", "")
        self.environment = environment
        self.resources: list[ResourceInstance] = []

    def write(self, text: str) -> Span:
        start = len(self.source.text)
        self.source.text += text
        return Span(self.source, start, start + len(text))

    def block(self, type_: str, block: Block, labels: str = "") -> BlockInstance:
        header = self.write(type_ + labels)
        self.write(" {\n")
        arguments = {name: self._argument(name, plain) for name, plain in block.args.items()}
        groups = {name: tuple(self.block(name, b) for b in inner) for name, inner in block.blocks.items()}
        maybe = {name: tuple(self.block(name, b) for b in inner) for name, inner in block.possible.items()}
        blocks = {
            name: BlockGroup(
                groups.get(name, ()),
                maybe.get(name, ()),
                unknown("the for_each is not known", DYNAMIC) if name in maybe else None,
            )
            for name in {**groups, **maybe}
        }
        self.write("}\n")
        whole = Span(self.source, header.start, len(self.source.text) - 1)
        return BlockInstance(type_, header, whole, arguments, blocks, block.broken)

    def _argument(self, name: str, plain: Plain) -> Argument:
        name_span = self.write(name)
        self.write(" = ")
        value = val(plain)
        span = self.write(value.text if isinstance(value, Known) and value.kind == "string" else repr(plain))
        self.write("\n")
        if value.origin is None:
            value = value.with_origin(Origin(span))
        return Argument(name, value, span, name_span)

    def add(
        self,
        type_: str,
        name: str = "this",
        args: Mapping[str, Plain] | None = None,
        blocks: Mapping[str, Sequence[Block]] | None = None,
        *,
        possible: Mapping[str, Sequence[Block]] | None = None,
        mode: Mode = "managed",
        broken: bool = False,
        provider: Provider = NO_PROVIDER,
        module: str = "",
        expansion: Unknown | None = None,
    ) -> ResourceInstance:
        body = self.block(
            "resource" if mode == "managed" else "data",
            Block(args or {}, blocks or {}, possible or {}, broken),
            f' "{type_}" "{name}"',
        )
        address = f"{module}{'.' if module else ''}{'data.' if mode == 'data' else ''}{type_}.{name}"
        instance = ResourceInstance(address, module, mode, type_, name, None, body, provider, expansion=expansion)
        self.resources.append(instance)
        return instance

    def table(self, table: str = "t", args: Mapping[str, Plain] | None = None, **rest: object) -> ResourceInstance:
        defaults: dict[str, Plain] = {"name": table, "hash_key": "pk"}
        return self.add("aws_dynamodb_table", table, {**defaults, **(args or {})}, **rest)  # type: ignore[arg-type]

    def estate(self) -> Estate:
        evaluation = Evaluation(
            environment=self.environment,
            root=".",
            resources=tuple(self.resources),
            declarations=(),
            modules=(),
            diagnostics=(),
            files=(self.source,),
        )
        return build_estate(evaluation)
