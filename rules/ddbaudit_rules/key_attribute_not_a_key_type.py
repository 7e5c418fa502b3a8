"""MOD808: key attributes of the data model that are no strings, numbers or binary."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import DesignedTable
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_examples import INDEXED, designed, model


class KeyAttributeNotAKeyType(Rule[DesignedTable]):
    meta = RuleMeta(
        id="MOD808",
        name="key-attribute-not-a-key-type",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The data model has a boolean, a list, a map or null as a key attribute.",
        rationale=(
            "Keys of tables and indexes are strings, numbers or binary. DynamoDB refuses an item whose key attribute "
            "is anything else, also where only an index has it as its key; null is no way to leave an item out of an "
            "index, leaving the attribute out is."
        ),
        remedy="Make it a string or a number (0 and 1 for a boolean), or leave it out where it has no value.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
        ),
        good=(
            Example("A string.", "", model=model()),
            Example("A number as range key.", "", model=model(designed("range: seq", attributes="{id: S, seq: N}"))),
            Example("A boolean that is no key.", "", model=model(designed(attributes="{id: S, paid: BOOL}"))),
        ),
        bad=(
            Example(
                "A boolean as the hash key of an index.",
                "",
                model=model(
                    designed(
                        "indexes:\n  paid-index:\n    hash: paid # expect: MOD808", attributes="{id: S, paid: BOOL}"
                    )
                ),
            ),
            Example(
                "An attribute that may be null.",
                "",
                model=model(
                    designed(
                        INDEXED.replace("{hash: email}", "{hash: email} # expect: MOD808"),
                        attributes='{id: S, email: {type: [S, "NULL"]}}',
                    )
                ),
            ),
            Example(
                "A map as the range key of the table.",
                "",
                model=model(designed("range: address # expect: MOD808", attributes="{id: S, address: M}")),
            ),
        ),
        # Nothing of a data model is unknown: it has no variables.
        unknown=(),
    )
    subject = DesignedTable

    def check(self, subject: DesignedTable, context: RuleContext) -> Iterator[Problem]:
        from ddbaudit.datamodel.findings import wrong_keys

        for fault in wrong_keys(subject.design):
            help_ = "model it as a string or a number, or leave it out of items that have no value"
            yield fail(fault.message, fault.span, label=fault.label, help=help_, detail=fault.detail)
