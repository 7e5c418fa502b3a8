"""MOD809: totals, lists and generalities of a data model that its tables do not bear out."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import DesignedSystem
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_examples import INDEXED, designed, model


def _claims(*claims: str) -> str:
    return "claims:\n" + "\n".join(f"  - {claim}" for claim in claims)


class ModelContradictsItself(Rule[DesignedSystem]):
    meta = RuleMeta(
        id="MOD809",
        name="model-contradicts-itself",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A total, a list or a generality that the data model states is not what its tables are.",
        rationale=(
            "Documents end with summaries, and tables change after them. Whoever builds from the one and tests "
            "against the other builds something else. A claim that a decision overrules carries its number and is "
            "left alone."
        ),
        remedy="Correct the claim or the tables, or settle it and give the claim the number of the decision.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-modeling-nosql.html",
            "https://adr.github.io/",
        ),
        good=(
            Example(
                "The total is right.", "", model=model(rest=_claims('{about: tables, states: "One table", count: 1}'))
            ),
            Example(
                "At least that many.",
                "",
                model=model(designed(INDEXED), rest=_claims('{about: indexes, states: "1+ indexes", at_least: 1}')),
            ),
            Example(
                "Wrong, and settled.",
                "",
                model=model(rest=_claims('{about: tables, states: "4 tables", count: 4, decision: "7"}')),
            ),
        ),
        bad=(
            Example(
                "Another total.",
                "",
                model=model(rest=_claims('{about: tables, states: "4 tables", count: 4} # expect: MOD809')),
            ),
            Example(
                "A list with another table.",
                "",
                model=model(
                    designed("ttl: until", attributes="{id: S, until: N}"),
                    designed(key="items"),
                    rest=_claims('{about: ttl, states: "TTL: items", tables: [items]} # expect: MOD809'),
                ),
            ),
            Example(
                "All tables but one.",
                "",
                model=model(
                    designed("pitr: true"),
                    designed("pitr: false", key="items"),
                    rest=_claims('{about: pitr, states: "PITR for all tables", all: true} # expect: MOD809'),
                ),
            ),
        ),
        # Nothing of a data model is unknown: it has no variables.
        unknown=(),
    )
    subject = DesignedSystem

    def check(self, subject: DesignedSystem, context: RuleContext) -> Iterator[Problem]:
        from ddbaudit.datamodel.findings import contradictions

        for fault in contradictions(subject.model):
            help_ = "correct the one or the other, or give the claim the number of the decision that settles it"
            yield fail(fault.message, fault.span, label=fault.label, help=help_, detail=fault.detail)
