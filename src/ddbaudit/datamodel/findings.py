"""What is wrong with a data model by itself: patterns that nothing serves, keys of the wrong type, claims that its
tables do not bear out, attributes that may outgrow an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.datamodel.serving import keys_of, refusals
from ddbaudit.datamodel.shape import KEY_TYPES, Attribute, Claim, DataModel, Pattern, Table
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import join_names, plural


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `detail` tells it apart. `decision` is that of the part at fault, if there is one."""

    message: str
    span: Span
    detail: str
    label: str = ""
    decision: str = ""


def unservable(pattern: Pattern, model: DataModel) -> Iterator[Fault]:
    """The pattern, when no key or index serves it."""
    found = refusals(pattern, model.tables)
    if not found:
        return
    table = model.tables[pattern.table]
    reasons = "; ".join(dict.fromkeys(f"{refusal.where}: {refusal.reason}" for refusal in found))
    index = next((refusal.index for refusal in found if refusal.index is not None), None)
    yield Fault(
        f'"{pattern.name}" cannot be served by a {_reader(pattern)} of {table.label}: {reasons}',
        pattern.span,
        pattern.name,
        "nothing serves it",
        pattern.decision or (index.decision if index is not None else ""),
    )


def _reader(pattern: Pattern) -> str:
    return "Query or GetItem" if pattern.operation == "Scan" else pattern.operation


def wrong_keys(table: Table) -> Iterator[Fault]:
    """Key attributes that are not strings, numbers or binary."""
    for index, keys in keys_of(table):
        for key in keys:
            attribute = table.attributes[key]
            if len(attribute.types) == 1 and attribute.types[0] in KEY_TYPES:
                continue
            where = f"{index.label} of {table.label}" if index is not None else table.label
            yield Fault(
                f'"{key}" is a key of {where}, and {_typed(attribute)}',
                keys.range_span if key in keys.range else keys.span,
                f"{index.key if index is not None else ''}:{key}",
                "a key is a string, a number or binary",
                attribute.decision or (index.decision if index is not None else table.decision),
            )


def _typed(attribute: Attribute) -> str:
    wrong = [name for name in attribute.types if name not in KEY_TYPES]
    if not wrong:
        return f"it is {join_names(attribute.types, 'or')}, where a key has one type"
    return f"it {'is' if len(attribute.types) == 1 else 'may be'} {join_names(wrong, 'or')}"


def contradictions(model: DataModel) -> Iterator[Fault]:
    """Claims that no decision settles and that the tables do not bear out."""
    for claim in model.claims:
        if model.literal or not claim.decision:
            yield from contradiction(claim, model)


def contradiction(claim: Claim, model: DataModel) -> Iterator[Fault]:
    """A claim that the tables do not bear out, whether settled or not."""
    among = [table for table in model.tables.values() if claim.group in ("", table.group)]
    have = [table.key for table in among if _has(claim.about, table)]
    number = sum(len(table.indexes) for table in among) if claim.about == "indexes" else len(have)
    decided = (table.decision for table in among if claim.every and _denies(claim.about, table))
    decision = claim.decision or next(filter(None, decided), "")
    for reason in _differences(claim, among, have, number):
        of = f" of {claim.group}" if claim.group else ""
        yield Fault(
            f'"{claim.states}", but {reason}',
            claim.span,
            f"{claim.about}{of}:{reason}",
            "not what the tables are",
            decision,
        )


def _differences(claim: Claim, among: list[Table], have: list[str], number: int) -> Iterator[str]:
    noun = "index" if claim.about == "indexes" else "table"
    counted = plural(number, noun, "indexes" if noun == "index" else "tables")
    with_it = "" if claim.about in ("tables", "indexes") else f" with {_WORDS[claim.about]}"
    if claim.count is not None and claim.count != number:
        yield f"there {'is' if number == 1 else 'are'} {counted}{with_it}"
    if claim.at_least is not None and number < claim.at_least:
        yield f"there {'is' if number == 1 else 'are'} only {counted}{with_it}"
    if claim.tables is not None and set(claim.tables) != set(have):
        yield from _lists(claim, claim.tables, have)
    if claim.every:
        without = [table.key for table in among if _denies(claim.about, table)]
        if without:
            yield f"{join_names(without)} {'has' if len(without) == 1 else 'have'} no {_WORDS[claim.about]}"


def _lists(claim: Claim, listed: tuple[str, ...], have: list[str]) -> Iterator[str]:
    missing = [name for name in have if name not in listed]
    surplus = [name for name in listed if name not in have]
    what = _WORDS[claim.about]
    parts = []
    if surplus:
        verb = "has" if len(surplus) == 1 else "have"
        within = " among these tables" if claim.group else ""
        parts.append(f"{join_names(surplus)} {verb} no {what}{within}")
    if missing:
        parts.append(f"{join_names(missing)} {'has' if len(missing) == 1 else 'have'} {what} and is not listed")
    yield "; ".join(parts)


_WORDS = {
    "tables": "place in the model",
    "indexes": "index",
    "ttl": "TTL",
    "pitr": "point-in-time recovery",
    "stream": "stream",
    "replicas": "replica",
}


def _has(topic: str, table: Table) -> bool:
    match topic:
        case "tables":
            return True
        case "indexes":
            return bool(table.indexes)
        case "ttl":
            return bool(table.ttl)
        case "pitr":
            return bool(table.pitr)
        case "stream":
            return bool(table.stream)
        case _:
            return any(table.replicas.values())


def _denies(topic: str, table: Table) -> bool:
    """Whether the model says that a table does not have something; of PITR it may say nothing."""
    return table.pitr is False if topic == "pitr" else not _has(topic, table)


def growing(table: Table) -> Iterator[Fault]:
    """Attributes that may take an item beyond 400 KB.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
    """
    for attribute in table.attributes.values():
        if attribute.growth:
            what = "holds whole documents" if attribute.growth == "document" else "only grows"
            yield Fault(
                f'"{attribute.name}" of {table.label} {what}, and an item has 400 KB at most',
                attribute.span,
                attribute.name,
                "may outgrow the item",
                attribute.decision,
            )


def all_faults(model: DataModel) -> Iterator[tuple[str, Fault]]:
    """Everything that contradicts itself, by the id of its rule, in the order of the file."""
    found: list[tuple[str, Fault]] = []
    for table in model.tables.values():
        found.extend(("MOD808", fault) for fault in wrong_keys(table))
    for pattern in model.patterns.values():
        found.extend(("MOD807", fault) for fault in unservable(pattern, model))
    found.extend(("MOD809", fault) for fault in contradictions(model))
    yield from sorted(found, key=lambda pair: (pair[1].span.sort_key(), pair[0]))
