"""Key schemas: `hash_key` and `range_key`, or `key_schema` blocks with up to four attributes of each kind.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html and
the schema of hashicorp/aws 6.x, where `key_schema` of an index replaces the deprecated arguments.
"""

from __future__ import annotations

from ddbaudit.ir.instance import BlockInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import attr, nested, text_attr, unknown_attr
from ddbaudit.model.table import KeySchema


def key_schema(block: BlockInstance) -> KeySchema:
    """The keys of a table or index. No attribute in it is Absent; one that is Unknown may turn out not to be there.

    Blocks come before arguments, as only one of the two forms may be used; where both are, both count.
    """
    hashes: list[Attr] = []
    ranges: list[Attr] = []
    _read_blocks(block, hashes, ranges)
    for name, into in (("hash_key", hashes), ("range_key", ranges)):
        found = text_attr(block, name)
        # What a broken body may hold has its place already when a block says the same.
        if found.is_set and not (into and name not in block.arguments):
            into.append(found)
    return KeySchema(tuple(hashes), tuple(ranges))


def _read_blocks(block: BlockInstance, hashes: list[Attr], ranges: list[Attr]) -> None:
    found = nested(block, "key_schema")
    for item in found.items:
        name, kind = text_attr(item, "attribute_name"), text_attr(item, "key_type")
        if not name.is_set:
            continue
        if kind.unknown is not None:
            for into in (hashes, ranges):
                into.append(unknown_attr(kind.unknown, name.span, STRING))
        elif kind.text == "RANGE":
            ranges.append(name)
        else:
            hashes.append(name)
    if found.unknown is not None and (found.possible or "key_schema" in block.blocks):
        for into in (hashes, ranges):
            into.append(unknown_attr(found.unknown, found.place(block.header), STRING))


def own_types(block: BlockInstance) -> dict[str, Attr]:
    """The types that `key_schema` blocks give themselves, by attribute name; Absent where one does not say."""
    types: dict[str, Attr] = {}
    for item in nested(block, "key_schema").items:
        name = text_attr(item, "attribute_name").text
        if name is not None:
            types[name] = text_attr(item, "attribute_type")
    return types


def nested_attr(block: BlockInstance, type_: str, name: str) -> Attr:
    """An argument of a block that occurs at most once, such as `projection`; at the outer header when it is not
    there."""
    found = nested(block, type_)
    if found.items:
        return attr(found.items[0], name)
    if found.unknown is not None:
        return unknown_attr(found.unknown, found.place(block.header))
    return Attr(Absent(), block.header)
