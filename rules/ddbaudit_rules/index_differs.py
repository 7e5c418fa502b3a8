"""MOD804: indexes that are missing, too many, or not as in the data model."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import BuiltTable
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import design_of, undecided
from ddbaudit_rules._support.design_examples import INDEXED, NAMED, designed, model
from ddbaudit_rules._support.design_indexes import Comparison
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import gsi, table, variable

_MODEL = model(designed(INDEXED))
_BY_EMAIL = gsi('"email-index"', '"email"')


def _with(index: str, attributes: str = "id email", **arguments: str) -> str:
    return table(index, name=NAMED, attributes=attributes, **arguments)


class IndexDiffers(Rule[BuiltTable]):
    meta = RuleMeta(
        id="MOD804",
        name="index-differs",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="An index is missing, is not in the data model, or has other keys, types or another projection.",
        rationale=(
            "A query names its index: without it, it is refused; with other keys, it finds other items; with another "
            "projection, attributes are missing from what it returns. An index that the design does not know costs "
            "storage and a write for every write, for nobody. Indexes are found by their names."
        ),
        remedy="Make the index as the model has it, or correct the model.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html",
        ),
        good=(
            Example("As in the model.", _with(_BY_EMAIL), model=_MODEL),
            Example("No index in either.", table(name=NAMED), model=model()),
            Example(
                "Some attributes are projected.",
                _with(
                    _BY_EMAIL.replace('= "ALL"', '= "INCLUDE"').replace(
                        "\n}", '\n  non_key_attributes = ["total", "state"]\n}'
                    )
                ),
                model=model(
                    designed(
                        "indexes:\n  email-index: {hash: email, projection: INCLUDE, include: [state, total]}",
                        attributes="{id: S, email: S, state: S, total: N}",
                    )
                ),
            ),
        ),
        bad=(
            Example("The index is missing.", table(name=NAMED, header="# expect: MOD804"), model=_MODEL),
            Example(
                "An index that the model does not have.",
                _with(_BY_EMAIL.replace("{", "{ # expect: MOD804", 1)),
                model=model(),
            ),
            Example(
                "Another hash key.", _with(gsi('"email-index"', '"mail" # expect: MOD804'), "id mail"), model=_MODEL
            ),
            Example(
                "Another projection.",
                _with(_BY_EMAIL.replace('"ALL"', '"KEYS_ONLY" # expect: MOD804')),
                model=_MODEL,
            ),
        ),
        unknown=(
            Example(
                "The projection is a variable without a value.",
                variable("projection") + _with(_BY_EMAIL.replace('"ALL"', "var.projection # expect-unknown: MOD804")),
                model=_MODEL,
            ),
            Example(
                "The name is a variable without a value.",
                variable("index") + _with(gsi("var.index # expect-unknown: MOD804", '"email"')),
                model=_MODEL,
            ),
        ),
    )
    subject = BuiltTable

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        found = design_of(subject)
        if found is None:
            yield undecided(subject, "the indexes")
            return
        comparison = Comparison(subject.table, *found, context.environment)
        yield from neutral(comparison.problems(), context.environment)
