"""DDB214: indexes that project everything where the patterns on them read a few attributes."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design import BuiltTable
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import NOTE
from ddbaudit_rules._support.design_examples import INDEXED, NAMED, designed, model
from ddbaudit_rules._support.design_use import designed_indexes, unread
from ddbaudit_rules._support.examples import gsi, table, variable


def _model(reads: str = ", reads: [id, total]") -> str:
    rest = "patterns:\n  Totals:\n    {table: orders, index: email-index, operation: Query, where: {email: equals}"
    return model(designed(INDEXED, attributes="{id: S, email: S, total: N, note: S}"), rest=f"{rest}{reads}}}")


def _with(index: str) -> str:
    return table(index, name=NAMED, attributes="id email")


_INDEX = gsi('"email-index"', '"email"')


class IndexOverProjected(Rule[BuiltTable]):
    meta = RuleMeta(
        id="DDB214",
        name="index-over-projected",
        severity=Severity.INFO,
        since="0.1.0",
        summary="An index projects all attributes, and the patterns on it read a few of them.",
        rationale=(
            "Every projected attribute is stored once more and written again with every change; an index of few "
            "attributes is read faster and costs less. Judged are indexes of which the data model says for every "
            "pattern what it reads. A projection cannot be changed later, only with a new index."
        ),
        remedy="Project the attributes that are read (INCLUDE), or the keys alone.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Projections",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general.html",
        ),
        good=(
            Example(
                "What is read is projected.",
                _with(_INDEX.replace('"ALL"', '"INCLUDE"').replace("\n}", '\n  non_key_attributes = ["total"]\n}')),
                model=_model(),
            ),
            Example("Whole items are read.", _with(_INDEX), model=_model("")),
            Example("All attributes are read.", _with(_INDEX), model=_model(", reads: [total, note]")),
        ),
        bad=(
            Example("One of two is read.", _with(_INDEX.replace('"ALL"', '"ALL" # expect: DDB214')), model=_model()),
            Example(
                "Keys alone are read.",
                _with(_INDEX.replace('"ALL"', '"ALL" # expect: DDB214')),
                model=_model(", reads: [id]"),
            ),
            Example(
                "It is only counted.",
                _with(_INDEX.replace('"ALL"', '"ALL" # expect: DDB214')),
                model=_model(", reads: []"),
            ),
        ),
        unknown=(
            Example(
                "The projection is a variable without a value.",
                variable("projection") + _with(_INDEX.replace('"ALL"', "var.projection # expect-unknown: DDB214")),
                model=_model(),
            ),
            Example(
                "Which index of the model it is, is not known.",
                variable("index")
                + _with(gsi("var.index", '"email"').replace('"ALL"', '"ALL" # expect-unknown: DDB214')),
                model=_model(),
            ),
        ),
    )
    subject = BuiltTable

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        judged = False
        for data, design, wanted, index, verdict in designed_indexes(subject, context.environment):
            left = unread(data, design, wanted)
            if not left:
                continue
            judged = True
            owner, projection = f"{index.label} of {subject.table.label}", index.projection
            if projection.text not in (None, "ALL"):
                continue
            if projection.is_unknown or verdict is Verdict.UNKNOWN:
                message = f"whether {owner} projects more than its patterns read is not known"
                yield unknown(message, projection, because=projection.unknown, detail=wanted.key)
            else:
                yield fail(
                    f"{owner} projects all attributes, and no pattern on it reads {len(left)} of them",
                    projection,
                    label=f"nobody reads {', '.join(left[:5])}{' …' if len(left) > 5 else ''}",
                    help="project what is read, with a new index: a projection cannot be changed",
                    related=(Related(wanted.span, NOTE),),
                    detail=wanted.key,
                )
        if not judged:
            raise NotApplicable("no data model says of an index of it that its patterns read less than everything")
