"""What is not known never changes what is certain.

Estates are made at random, some of their values are made unknown, and the verdict on that must hold for every way of
filling the unknown values in: FAIL and PASS for all of them, and with nothing unknown there is no UNKNOWN.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.types import STRING, map_of
from ddbaudit.ir.value import Hole, Symbol, Unknown, Value, join_parts
from ddbaudit.model.estate import Estate
from tests.model.builders import Block, Config, Plain, tags, template, unknown, val

REGISTRY = load_rules()
EXAMPLES = int(os.environ.get("DDBAUDIT_EXAMPLES", "40"))
NAMES = ["PK", "SK", "by-PK", "x!"]


@dataclass(frozen=True)
class Leaf:
    """A text of the estate: prefix, a part that may be unknown, suffix. `hidden` makes the part unknown."""

    key: int
    text: str
    hidden: bool
    prefix: str = ""
    suffix: str = ""


Fill = Callable[[Leaf], Plain]


def known(leaf: Leaf) -> Plain:
    return leaf.prefix + leaf.text + leaf.suffix


def partial(leaf: Leaf) -> Plain:
    if not leaf.hidden:
        return known(leaf)
    if not leaf.prefix and not leaf.suffix:
        return unknown()
    return template(*join_parts([leaf.prefix, Hole(unknown()), leaf.suffix]))


def completion(choices: Mapping[int, str | None]) -> Fill:
    def fill(leaf: Leaf) -> Plain:
        if not leaf.hidden:
            return known(leaf)
        found = choices[leaf.key]
        if found is None:
            return None if not leaf.prefix and not leaf.suffix else leaf.prefix + leaf.suffix
        return leaf.prefix + found + leaf.suffix

    return fill


_keys = itertools.count()


def leaves(texts: Sequence[str], *, prefix: str = "", suffix: str = "") -> st.SearchStrategy[Leaf]:
    """A text out of these, sometimes hidden, sometimes with a known beginning or end."""
    return st.builds(
        lambda text, hidden, head, tail: Leaf(
            next(_keys), text, hidden, prefix if head else "", suffix if tail else ""
        ),
        st.sampled_from(texts),
        st.sampled_from([False, False, True]),
        st.booleans(),
        st.booleans(),
    )


@dataclass(frozen=True)
class Shape:
    """A block of leaves. `maybe` is a dynamic block with an unknown number of them."""

    type: str
    leaves: Mapping[str, Leaf]
    maybe: bool = False


@dataclass(frozen=True)
class TableShape:
    arguments: Mapping[str, Leaf]
    blocks: tuple[Shape, ...]

    def hidden(self) -> list[Leaf]:
        inner = [leaf for shape in self.blocks for leaf in shape.leaves.values()]
        return [leaf for leaf in (*self.arguments.values(), *inner) if leaf.hidden]

    def is_known(self) -> bool:
        return not self.hidden() and not any(shape.maybe for shape in self.blocks)

    def estate(self, fill: Fill, copies: Callable[[Shape], Sequence[Fill]] | None) -> Estate:
        """`copies` tells how often each dynamic block stands there; None leaves it open."""
        blocks: dict[str, list[Block]] = {}
        possible: dict[str, list[Block]] = {}
        for shape in self.blocks:
            if shape.maybe and copies is None:
                possible.setdefault(shape.type, []).append(_block(shape, fill))
                continue
            for each in copies(shape) if shape.maybe and copies is not None else [fill]:
                blocks.setdefault(shape.type, []).append(_block(shape, each))
        config = Config()
        arguments = {name: fill(leaf) for name, leaf in self.arguments.items()}
        config.add("aws_dynamodb_table", "t", arguments, blocks, possible=possible)
        return config.estate()


def _block(shape: Shape, fill: Fill) -> Block:
    return Block({name: fill(leaf) for name, leaf in shape.leaves.items()})


def shapes(type_: str, parts: Mapping[str, st.SearchStrategy[Leaf]]) -> st.SearchStrategy[Shape]:
    maybe = st.sampled_from([False, False, False, True])
    return st.builds(lambda found, dynamic: Shape(type_, found, dynamic), st.fixed_dictionaries(dict(parts)), maybe)


_KEY = leaves(NAMES[:2])
_INDEX_NAME = leaves(NAMES[2:], prefix="t", suffix="-gsi1")
_ATTRIBUTES = st.lists(shapes("attribute", {"name": _KEY, "type": leaves(["S", "N", "BOOL"])}), max_size=3)
_GSIS = st.lists(shapes("global_secondary_index", {"name": _INDEX_NAME, "hash_key": _KEY}), max_size=2)
_LSIS = st.lists(shapes("local_secondary_index", {"name": _INDEX_NAME, "range_key": _KEY}), max_size=1)
_PITR = st.lists(shapes("point_in_time_recovery", {}), max_size=1)
_TABLES = st.builds(
    lambda arguments, *blocks: TableShape(arguments, tuple(itertools.chain(*blocks))),
    st.fixed_dictionaries(
        {
            "name": leaves(["t", "my-t", "!"], prefix="my-", suffix="-dev"),
            "billing_mode": leaves(["PAY_PER_REQUEST", "PROVISIONED"]),
            "hash_key": _KEY,
        },
        optional={"range_key": _KEY},
    ),
    _ATTRIBUTES,
    _GSIS,
    _LSIS,
    _PITR,
)

PARAMS: dict[str, dict[str, Any]] = {
    "DDB401": {"pattern": "my-{entity}-{env}"},
    "DDB402": {"pattern": "{table}-gsi{n}"},
    "DDB403": {"required": ["Owner", "Env"]},
    "DDB404": {"values": {"Env": {"environment": True}, "Owner": {"one_of": ["me", "you"]}}},
}
TABLE_RULES = [r.meta.id for r in REGISTRY.rules if r.subject.__name__ == "Table"]


def verdict(id: str, estate: Estate) -> Verdict:
    rule = REGISTRY.get(id)
    params = msgspec.convert(PARAMS.get(id, {}), rule.params)
    judgement = judge(estate, [ActiveRule(rule, rule.meta.severity, params)])
    assert not judgement.crashes
    (entry,) = judgement.ledger
    return entry.verdict


@pytest.mark.parametrize("id", TABLE_RULES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shape=_TABLES, seed=st.integers(0, 10**6))
def test_tables(id: str, shape: TableShape, seed: int) -> None:
    found = verdict(id, shape.estate(partial, None))
    if shape.is_known():
        assert found is not Verdict.UNKNOWN
    if found is Verdict.UNKNOWN:
        return
    rng = random.Random(seed)
    for _ in range(12):
        chosen = _choice(shape.hidden(), rng)

        def copies(each: Shape) -> Sequence[Fill]:
            return [completion(_choice(shape.hidden(), rng)) for _ in range(rng.randrange(3))]

        assert verdict(id, shape.estate(completion(chosen), copies)) is found, chosen


def _choice(hidden: Sequence[Leaf], rng: random.Random) -> dict[int, str | None]:
    texts = [*NAMES, "S", "PAY_PER_REQUEST", "t", "gsi1", "my-", "", None]
    return {leaf.key: rng.choice(texts) for leaf in hidden}


# -- tags ----------------------------------------------------------------------------------------------------------

_TAGS = st.dictionaries(
    st.sampled_from(["Owner", "Env", "Other"]), leaves(["me", "dev", "", "x"], prefix="de"), max_size=3
)


def _tagged(entries: Mapping[str, Leaf], fill: Fill) -> Estate:
    config = Config()
    config.add("aws_dynamodb_table", "t", {"name": "t", "tags": tags({k: fill(leaf) for k, leaf in entries.items()})})
    return config.estate()


@pytest.mark.parametrize("id", ["DDB403", "DDB404"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(entries=_TAGS, seed=st.integers(0, 10**6))
def test_tag_values(id: str, entries: Mapping[str, Leaf], seed: int) -> None:
    found = verdict(id, _tagged(entries, partial))
    hidden = [leaf for leaf in entries.values() if leaf.hidden]
    assert hidden or found is not Verdict.UNKNOWN
    if found is Verdict.UNKNOWN:
        return
    rng = random.Random(seed)
    for _ in range(10):
        chosen = {leaf.key: rng.choice(["me", "v", "dev", "", None, "x"]) for leaf in hidden}
        assert verdict(id, _tagged(entries, completion(chosen))) is found


@pytest.mark.parametrize("id", ["DDB403", "DDB404"])
def test_tags_that_are_not_known_at_all(id: str) -> None:
    config = Config()
    config.add("aws_dynamodb_table", "t", {"name": "t", "tags": unknown(type_=map_of(STRING))})
    assert verdict(id, config.estate()) is Verdict.UNKNOWN


# -- policies ------------------------------------------------------------------------------------------------------

_ARN = Symbol("aws_dynamodb_table.t", ("arn",))
_RESOURCES: dict[str, Value] = {
    "table": template(_ARN),
    "all": template(_ARN, "/index/*"),
    "one": template(_ARN, "/index/i1"),
    "two": template(_ARN, "/index/i?"),
    "star": val("*"),
    "written": val("arn:aws:dynamodb:eu-west-1:111122223333:table/t"),
    "tables": val("arn:aws:dynamodb:eu-west-1:111122223333:table/*"),
    "bucket": val("arn:aws:s3:::b/*"),
    "other": template(Symbol("aws_s3_bucket.b", ("arn",))),
}
_ACTIONS = ["dynamodb:Query", "dynamodb:*", "dynamodb:GetItem", "dynamodb:Q*", "s3:*", "*", "dynamodb:ListTables"]


@dataclass(frozen=True)
class Item:
    """An element of a list in a statement; hidden ones are unknown."""

    key: int
    name: str
    hidden: bool


@dataclass(frozen=True)
class StatementShape:
    effect: Item
    actions: tuple[Item, ...]
    resources: tuple[Item, ...]
    condition: bool
    negated: bool

    def items(self) -> tuple[Item, ...]:
        return (self.effect, *self.actions, *self.resources)


def _items(names: Sequence[str]) -> st.SearchStrategy[Item]:
    hidden = st.sampled_from([False] * 5 + [True])
    return st.builds(lambda name, hide: Item(next(_keys), name, hide), st.sampled_from(names), hidden)


_STATEMENTS = st.builds(
    StatementShape,
    _items(["Allow", "Allow", "Allow", "Deny"]),
    st.lists(_items(_ACTIONS), min_size=1, max_size=2).map(tuple),
    st.lists(_items(list(_RESOURCES)), min_size=1, max_size=2).map(tuple),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
)
Text = Callable[[Item], Plain]


def _policy(statements: Sequence[StatementShape], effect: Text, action: Text, resource: Text) -> Estate:
    config = Config()
    attribute, index = Block({"name": "pk", "type": "S"}), {"hash_key": "pk", "projection_type": "ALL"}
    indexes = [Block({"name": name, **index}) for name in ("i1", "i2")]
    config.table("t", blocks={"attribute": [attribute], "global_secondary_index": indexes})
    config.add(
        "aws_iam_policy",
        "p",
        {
            "name": "p",
            "policy": {
                "Statement": [
                    {
                        "Effect": effect(s.effect),
                        "NotAction" if s.negated else "Action": [action(a) for a in s.actions],
                        "Resource": [resource(r) for r in s.resources],
                        **({"Condition": {"Bool": {"aws:SecureTransport": "true"}}} if s.condition else {}),
                    }
                    for s in statements
                ]
            },
        },
    )
    return config.estate()


def _plain(item: Item) -> Plain:
    return unknown() if item.hidden else item.name


def _resource(item: Item) -> Plain:
    return unknown() if item.hidden else _RESOURCES[item.name]


@pytest.mark.parametrize("id", ["IAM501", "IAM503", "IAM504"])
@settings(max_examples=2 * EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(statements=st.lists(_STATEMENTS, min_size=1, max_size=3), seed=st.integers(0, 10**6))
def test_policies(id: str, statements: Sequence[StatementShape], seed: int) -> None:
    found = verdict(id, _policy(statements, _plain, _plain, _resource))
    hidden = [item for statement in statements for item in statement.items() if item.hidden]
    if not hidden and not any(statement.condition for statement in statements):
        assert found is not Verdict.UNKNOWN
    if found is Verdict.UNKNOWN:
        return
    rng = random.Random(seed)
    for _ in range(10):
        effects = {item.key: rng.choice(["Allow", "Deny"]) for item in hidden}
        actions = {item.key: rng.choice(_ACTIONS) for item in hidden}
        resources = {item.key: _RESOURCES[rng.choice(list(_RESOURCES))] for item in hidden}
        filled = _policy(statements, _by(effects), _by(actions), _by(resources, _RESOURCES))
        assert verdict(id, filled) is found, (effects, actions, resources)


def _by(filled: Mapping[int, Plain], names: Mapping[str, Plain] | None = None) -> Text:
    return lambda item: filled[item.key] if item.hidden else (names or {}).get(item.name, item.name)


def test_unknown_parts_are_unknown() -> None:
    """The tests above would say nothing if what is hidden were known."""
    leaf = Leaf(0, "x", hidden=True, prefix="a-")
    found = partial(leaf)
    assert isinstance(found, Unknown)
    assert found.parts is not None
    assert found.parts[0] == "a-"
