"""What later majors of the AWS provider have and the schema at hand has not, as far as it matters to tables.

Sources: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support ,
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table and the changelog of 6.x,
https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md .
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.source import Decl
from ddbaudit.frontends.hcl.versions import Doubt
from ddbaudit.ir.instance import Fault

LATER: Final = frozenset({"region"})
"""Arguments and attributes that 6.0 gave to all types."""

_OF_TABLES: Final = frozenset(
    {"consistency_mode", "deletion_protection_enabled", "global_table_witness", "key_schema", "warm_throughput"}
)

_WITHIN: Final[Mapping[str, frozenset[str]]] = {"aws_dynamodb_table": _OF_TABLES}
"""Arguments and blocks that 6.x added to a type, at any depth."""

READ_LATER: Final = LATER | _OF_TABLES
"""Names that are read although the schema at hand does not have them."""

INSTEAD: Final[Mapping[str, str]] = {"hash_key": "key_schema"}
"""Required arguments that 6.x made optional, and the block that stands in their place there."""

_UNSUPPORTED: Final = frozenset({"unsupported-argument", "unsupported-block"})


def reconsidered(faults: Iterable[Fault], decl: Decl, doubt: Doubt) -> tuple[Fault, ...]:
    """The faults that a schema finds which may not be the one that counts: without those that no later version has,
    and with the doubt where another version may know the name.

    Where the schema's own major is admitted beside later ones, only names that are like none at hand are doubtful: a
    misspelt one is so in every version. The types of DynamoDB are known in all versions.
    """
    if not doubt.later:
        return tuple(replace(fault, doubt=doubt.cause) for fault in faults)
    accepted = _later_arguments(decl)
    left = (f for f in faults if f.span not in accepted and not _is_later(f, decl.type))
    return tuple(replace(f, doubt=doubt.cause) if not doubt.also or _is_new(f, decl.type) else f for f in left)


def _is_new(fault: Fault, type_: str) -> bool:
    return fault.kind in _UNSUPPORTED and fault.help.startswith("remove it") and not type_.startswith("aws_dynamodb_")


def _is_later(fault: Fault, type_: str) -> bool:
    return fault.kind in _UNSUPPORTED and fault.span.text.strip('"') in _WITHIN.get(type_, ())


def _later_arguments(decl: Decl) -> frozenset[Span]:
    """Where an argument stands that every later version of the provider has."""
    found = [a for name, a in decl.body.attributes.items() if name in LATER]
    return frozenset(Span(source, attribute.start, attribute.name_end) for attribute, source in found)
