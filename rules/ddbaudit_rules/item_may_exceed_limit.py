"""MOD810: attributes of the data model that may take an item beyond 400 KB."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import DesignedTable
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_examples import designed, model


def _orders(attribute: str, comment: str = "") -> str:
    return model(designed(attributes=f"\n    id: S\n    {attribute}{comment}"))


class ItemMayExceedLimit(Rule[DesignedTable]):
    meta = RuleMeta(
        id="MOD810",
        name="item-may-exceed-limit",
        severity=Severity.INFO,
        since="0.1.0",
        summary="The data model has an attribute that may take an item beyond the 400 KB that DynamoDB takes.",
        rationale=(
            "An item has at most 400 KB, the names of attributes included. Whole documents reach that one day, lists "
            "that only grow reach it for certain; then the write is refused. Until then each read and write of such "
            "an item costs by its size, also where only the small attributes are of interest."
        ),
        remedy="Keep the document in S3 and its key in the item, or make each element of the list an item of its own.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-use-s3-too.html",
        ),
        good=(
            Example("Small attributes.", "", model=model()),
            Example("The key of an object in S3.", "", model=_orders("pdfKey: S")),
            Example("A list that does not grow.", "", model=_orders("tags: L")),
        ),
        bad=(
            Example("A whole document.", "", model=_orders("html: {type: S, growth: document}", " # expect: MOD810")),
            Example(
                "A list that only grows.", "", model=_orders("log: {type: L, growth: appended}", " # expect: MOD810")
            ),
            Example(
                "A map that only grows.", "", model=_orders("seen: {type: M, growth: appended}", " # expect: MOD810")
            ),
        ),
        # Nothing of a data model is unknown: it has no variables.
        unknown=(),
    )
    subject = DesignedTable

    def check(self, subject: DesignedTable, context: RuleContext) -> Iterator[Problem]:
        from ddbaudit.datamodel.findings import growing

        for fault in growing(subject.design):
            help_ = "keep the content in S3, or in items of its own"
            yield fail(fault.message, fault.span, label=fault.label, help=help_, detail=fault.detail)
