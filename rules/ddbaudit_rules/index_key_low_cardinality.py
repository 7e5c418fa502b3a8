"""DDB215: index hash keys of which the data model lists a few values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design import BuiltTable
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import NOTE
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.design_use import designed_indexes, values_of
from ddbaudit_rules._support.examples import gsi, table, variable

_STATE = "{id: S, state: {type: S, values: [open, paid]}}"


def _model(attributes: str = _STATE, *lines: str) -> str:
    return model(designed("indexes:\n  state-index: {hash: state}", *lines, attributes=attributes))


def _with(comment: str = "", name: str = '"state-index"') -> str:
    return table(gsi(name, f'"state"{comment}'), name=NAMED, attributes="id state")


class IndexKeyLowCardinalityParams(Params, frozen=True):
    """Parameters: how few values are few."""

    at_most: Annotated[int, msgspec.Meta(ge=1, description="a hash key of this many values or fewer is reported")] = 10


class IndexKeyLowCardinality(Rule[BuiltTable]):
    meta = RuleMeta(
        id="DDB215",
        name="index-key-low-cardinality",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="The hash key of an index has a few values only, as the data model lists them.",
        rationale=(
            "All items of one hash key value share a partition of the index, with 1,000 write units a second at most; "
            "when it is full, writes to the table are throttled as well. A state, a type or a boolean as hash key puts "
            "most items into one partition. Of a table of several kinds of items, each kind counts for itself."
        ),
        remedy="Put something with many values into the hash key, or a shard, and the state into the range key.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-gsi-sharding.html",
        ),
        good=(
            Example("The model lists no values.", _with(), model=_model("{id: S, state: S}")),
            Example("Two values are enough.", _with(), {"at_most": 1}, model=_model()),
            Example(
                "The values are part of a longer key.",
                _with(),
                model=_model(_STATE, 'entities:\n  order: {state: "CUSTOMER#{customer}#{state}"}'),
            ),
        ),
        bad=(
            Example("Two states.", _with(" # expect: DDB215"), model=_model()),
            Example("A boolean.", _with(" # expect: DDB215"), model=_model("{id: S, state: BOOL}")),
            Example(
                "One of two kinds of items.",
                _with(" # expect: DDB215"),
                model=_model(_STATE, 'entities:\n  order: {id: "O#{order}", state: "OPEN"}\n  bill: {id: "B#{bill}"}'),
            ),
        ),
        unknown=(
            Example(
                "Which index of the model it is, is not known.",
                variable("index") + _with(" # expect-unknown: DDB215", "var.index"),
                model=_model(),
            ),
            Example(
                "Which table of the model it is, is not known.",
                variable("table") + _with(" # expect-unknown: DDB215").replace(NAMED, "var.table"),
                model=_model(),
            ),
        ),
    )
    subject = BuiltTable
    params = IndexKeyLowCardinalityParams

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        params: IndexKeyLowCardinalityParams = context.params
        judged = False
        for _, design, wanted, index, verdict in designed_indexes(subject, context.environment):
            judged = True
            few = [(entity, count) for entity, count in values_of(design, wanted) if count <= params.at_most]
            if not few:
                continue
            entity, count = min(few, key=lambda pair: pair[1])
            owner = f"{index.label} of {subject.table.label}"
            place = index.keys.hash[0] if index.keys.hash else index.header
            if verdict is Verdict.PASS:
                of = f" for {entity.name}" if entity is not None and len(design.entities) > 1 else ""
                yield fail(
                    f"the hash key of {owner} has {plural(count, 'value')}{of}",
                    place,
                    label=f"{plural(count, 'value')} in the data model",
                    help="put something with many values into the hash key, or a shard",
                    related=(Related(wanted.span, NOTE),),
                    detail=wanted.key,
                )
            else:
                message = f"whether the hash key of {owner} has a few values only is not known"
                yield unknown(
                    message,
                    place,
                    because=first_unknown(index.name.unknown, subject.table.name.unknown),
                    detail=wanted.key,
                )
        if not judged:
            raise NotApplicable("no data model has an index of it")
