"""ARNs of tables that are written out where a reference would do, and those of another environment's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ddbaudit.foundation.source import Span, StructuredFile
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Part, Symbol, join_parts, part_width
from ddbaudit.model.arns import classify, table_of_symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.access import Access

_ARN: Final = re.compile(r"arn:[^:]*:dynamodb:(?P<region>[^:]*):(?P<account>[^:]*):table/(?P<name>[^/]*)")
_SEGMENTS: Final = {"name": "name", "region": "region", "account": "account id"}
_LITERALS: Final = {
    "name": re.compile(r"[\w.-]+"),
    "region": re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d"),
    "account": re.compile(r"\d{12}"),
}
_GIVEN = ("var.", "--var", "TF_VAR")


@dataclass(frozen=True, slots=True)
class WrittenArn:
    """An element of `Resource` that begins like the ARN of a table. `table_parts` is the ARN of the table alone;
    `places` are the segments that are written out (`name`, `region`, `account`), with where."""

    item: Attr
    table_parts: tuple[Part, ...]
    places: dict[str, Span]


def written_arns(access: Access) -> Iterator[WrittenArn]:
    """The elements of a statement's list that begin like the ARN of one table, with written parts or without."""
    for target in access.targets:
        item = target.item
        # What is not known is as wide as its name, as in the origin of a template.
        text = "".join(part if isinstance(part, str) else "\0" * part_width(part) for part in item.parts)
        found = _ARN.match(text)
        if found is None or set("*?") & set(found["name"]):
            continue
        places = {}
        for segment, pattern in _LITERALS.items():
            place = _literal(item, *found.span(segment)) if pattern.fullmatch(found[segment]) else None
            if place is not None and found[segment] in place.text:
                places[segment] = place
        yield WrittenArn(item, _up_to(item.parts, found.end()), places)


def _literal(item: Attr, start: int, end: int) -> Span | None:
    """Where a stretch of a string is written in one piece; None when a variable gives it, or several pieces make it."""
    origin = item.value.origin
    chains = [origin.chain(offset) for offset in (start, end - 1)] if origin is not None else []
    if any(link.span is None or link.note.startswith(_GIVEN) for chain in chains for link in chain):
        return None
    ends = {chain[-1].span for chain in chains}
    return ends.pop() if len(ends) == 1 else None


def _up_to(parts: tuple[Part, ...], end: int) -> tuple[Part, ...]:
    kept: list[Part] = []
    for part in parts:
        width = part_width(part)
        if end <= 0:
            break
        kept.append(part[:end] if isinstance(part, str) else part)
        end -= width
    return join_parts(kept)


# -- ARNs of this configuration's tables ---------------------------------------------------------------------------


def hardcoded(policy: Policy, access: Access, estate: Estate) -> Iterator[Problem]:
    """A problem for each element that writes out what a reference to a table of the configuration gives."""
    for written in written_arns(access):
        arn = classify(written.table_parts, estate)
        verdicts = [(table, arn.covers_table(table)) for table in estate.tables]
        for table, verdict in verdicts:
            what = _what(written, table)
            if verdict is Verdict.PASS and what:
                yield _hardcoded(policy, written, table, what)
        doubtful = [table for table, verdict in verdicts if verdict is Verdict.UNKNOWN and "name" in written.places]
        if doubtful and not any(verdict is Verdict.PASS for _, verdict in verdicts):
            message = f"whether {policy.label} writes out the ARN of {doubtful[0].label} is not known"
            detail = f"{doubtful[0].address} unknown"
            yield unknown(message, written.item, because=doubtful[0].name.unknown, detail=detail)


def _what(written: WrittenArn, table: Table) -> list[str]:
    """The segments that a reference to the table would give. A name that comes from where the table's own does is
    none."""
    places = dict(written.places)
    own = table.name.value.origin
    if own is not None and "name" in places and places["name"] in (own.chain()[-1].span, table.name.span):
        del places["name"]
    return [label for segment, label in _SEGMENTS.items() if segment in places]


def _hardcoded(policy: Policy, written: WrittenArn, table: Table, what: Sequence[str]) -> Problem:
    reference = f"{table.address}.arn" if not table.instance.module else "the table's ARN, passed to the module"
    return fail(
        f"{policy.label} writes out the {join_names(what)} in the ARN of {table.label}",
        written.item,
        label="no reference",
        help=f"refer to the table: {reference}",
        detail=f"{table.address} {' '.join(what)}",
    )


# -- ARNs of other environments' tables ----------------------------------------------------------------------------


def of_other_environments(
    policy: Policy, access: Access, estate: Estate, estates: Sequence[Estate]
) -> Iterator[Problem]:
    """A problem for each element that reaches a table of another environment and none of this one."""
    if access.allows is not Verdict.PASS or access.is_negated:
        return
    for written in written_arns(access):
        if any(isinstance(part, Symbol) and table_of_symbol(part, estate) is not None for part in written.table_parts):
            continue
        if any(_tables(written, e, Verdict.UNKNOWN) for e in estates if e.environment == estate.environment):
            continue
        for other in estates:
            found = _tables(written, other) if other.environment != estate.environment else []
            if found:
                yield fail(
                    f"{policy.label} reaches {found[0].label} of the environment {other.environment}",
                    written.item,
                    label="another environment's table",
                    help="name the table of this environment, by reference",
                    detail=f"other environment {found[0].address}",
                )
                break


def _tables(written: WrittenArn, estate: Estate, least: Verdict = Verdict.PASS) -> list[Table]:
    """The tables of an estate that an ARN covers, certainly or (UNKNOWN) possibly."""
    arn = classify(written.table_parts, estate)
    return [table for table in estate.tables if arn.covers_table(table) in (Verdict.PASS, least)]


def is_from_plan(policy: Policy) -> bool:
    """Whether there is no source that tells what is written from what is referred to."""
    return isinstance(policy.span.source, StructuredFile)
