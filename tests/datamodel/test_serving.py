"""Whether a Query or a GetItem serves an access pattern: what DynamoDB can do, and what it cannot."""

from __future__ import annotations

import pytest

from ddbaudit.datamodel.reader import read_model
from ddbaudit.datamodel.serving import refusals, serving

MODEL = """\
format: 1
system: orders
source: Orders
tables:
  orders:
    name: orders
    hash: id
    range: createdAt
    attributes: {id: S, createdAt: S, email: S, total: N, paid: BOOL, note: S, state: {type: S, values: [open, sent]}}
    indexes:
      by-email: {hash: email, range: total, projection: INCLUDE, include: [note]}
      by-state: {hash: state, range: createdAt}
      by-note: {kind: local, range: note, projection: KEYS_ONLY}
      by-both: {hash: [state, paid], range: [createdAt, total]}
  single:
    name: single
    hash: PK
    range: SK
    attributes: {PK: S, SK: S, GPK: S, GSK: S, active: BOOL}
    entities:
      team: {PK: "ORG#{org}", SK: "TEAM#{team}", GPK: "ORG#{org}#ACTIVE#{active}", GSK: "TEAM#{name}"}
      event: {PK: "ORG#{org}#DATE#{date}", SK: "EVENT#{time}#{event}"}
    indexes:
      gsi: {hash: GPK, range: GSK}
"""


def judged(pattern: str) -> tuple[str, ...]:
    model = read_model(f"{MODEL}patterns:\n  it: {{{pattern}}}\n", "m.yaml")
    return tuple(f"{r.where}: {r.reason}" for r in refusals(model.patterns["it"], model.tables))


@pytest.mark.parametrize(
    "pattern",
    [
        "table: orders, operation: GetItem, where: {id: equals, createdAt: equals}",
        "table: orders, operation: Query, where: {id: equals}",
        "table: orders, operation: Query, where: {id: equals, createdAt: between}, sort: createdAt",
        "table: orders, operation: Query, where: {id: equals, createdAt: greater}",
        "table: orders, operation: Query, where: {id: equals}, filter: [total]",
        "table: orders, index: by-email, operation: Query, where: {email: equals}, reads: [id, createdAt, total, note]",
        "table: orders, index: by-email, operation: Query, where: {email: equals}, reads: [], sort: total",
        "table: orders, index: by-state, operation: Query, where: {state: each}, sort: createdAt",
        "table: orders, index: by-note, operation: Query, where: {id: equals, note: begins_with}",
        "table: orders, operation: Query, where: {state: equals, paid: equals, createdAt: equals, total: less}",
        "table: orders, operation: Query, where: {state: equals, paid: each, createdAt: equals}, sort: total",
        "table: orders, operation: PutItem",
        "table: orders, operation: UpdateItem, where: {id: equals, createdAt: equals}",
        "table: orders, operation: Scan",
        "table: single, entity: team, operation: GetItem, where: {org: equals, team: equals}",
        "table: single, entity: team, operation: Query, where: {org: equals}, sort: team",
        "table: single, entity: team, index: gsi, operation: Query, where: {org: equals, active: each, name: equals}",
        "table: single, entity: event, operation: Query, where: {org: equals, date: equals, time: between}, sort: time",
    ],
)
def test_what_dynamodb_serves(pattern: str) -> None:
    assert judged(pattern) == ()


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (
            "table: orders, operation: GetItem, where: {id: equals}",
            "the table's key: its range key createdAt needs an exact value, and createdAt is not asked for",
        ),
        (
            "table: orders, index: by-state, operation: GetItem, where: {state: equals, createdAt: equals}",
            'index "by-state": GetItem takes the key of the table, not an index',
        ),
        (
            "table: orders, index: by-state, operation: Query, where: {createdAt: between}",
            'index "by-state": its hash key state needs an exact value, and state is not asked for',
        ),
        (
            "table: orders, index: by-state, operation: Query, where: {state: begins_with}",
            'index "by-state": state is asked for by begins_with, and the hash key state takes one exact value',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: each}, reads: [id]",
            'index "by-email": email is asked for value by value, and the model does not list its values',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: equals, total: begins_with}, reads: [id]",
            'index "by-email": begins_with asks for text, and total is a number',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: equals, note: equals}, reads: [id]",
            'index "by-email": note is asked for, and its keys do not lead there',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: equals}",
            'index "by-email": it projects INCLUDE, and the pattern reads whole items',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: equals}, reads: [paid]",
            'index "by-email": it does not project paid',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: equals}, reads: [id], filter: [total]",
            'index "by-email": total is a key of it, and DynamoDB refuses to filter by keys',
        ),
        (
            "table: orders, index: by-email, operation: Query, where: {email: equals}, reads: [id], filter: [paid]",
            'index "by-email": it does not project paid, by which the pattern filters',
        ),
        (
            "table: orders, index: by-state, operation: Query, where: {state: equals}, sort: total",
            'index "by-state": it does not return items in the order of total',
        ),
        (
            "table: orders, index: by-both, operation: Query, where: {state: equals, paid: equals}, sort: total",
            'index "by-both": it does not return items in the order of total',
        ),
        (
            "table: orders, index: by-both, operation: Query, where: {state: equals, paid: equals, total: less}",
            'index "by-both": total is asked for, and its keys do not lead there',
        ),
        (
            "table: orders, index: by-state, operation: Query, where: {state: equals, createdAt: less}, sort: state",
            'index "by-state": state is not in its range key, so it does not order items',
        ),
        (
            "table: orders, operation: Scan, where: {note: equals}",
            "the table's key: a Scan reads every item and drops those that are not asked for",
        ),
        (
            "table: single, entity: team, index: gsi, operation: Query, where: {org: equals, name: equals}",
            'index "gsi": its hash key GPK (ORG#{org}#ACTIVE#{active}) needs an exact value, '
            "and active is not asked for",
        ),
        (
            "table: single, entity: event, index: gsi, operation: Query, where: {org: equals}",
            'index "gsi": items of event have no GPK, so they are not in it',
        ),
        (
            "table: single, entity: event, operation: Query, where: {org: equals, event: equals}, index: gsi",
            'index "gsi": items of event have no GPK, so they are not in it',
        ),
    ],
)
def test_what_dynamodb_does_not_serve(pattern: str, reason: str) -> None:
    assert judged(pattern) == (reason,)


def test_without_an_index_every_one_is_tried() -> None:
    reasons = judged("table: orders, operation: Query, where: {paid: equals}")
    assert [reason.partition(":")[0] for reason in reasons] == [
        "the table's key",
        'index "by-email"',
        'index "by-state"',
        'index "by-note"',
        'index "by-both"',
    ]


def test_what_serves_a_pattern() -> None:
    text = f"{MODEL}patterns:\n  it: {{table: orders, operation: Query, where: {{state: equals}}}}\n"
    model = read_model(text, "m.yaml")
    found = serving(model.patterns["it"], model.tables["orders"])
    assert [index.key for index in found if index is not None] == ["by-state"]
