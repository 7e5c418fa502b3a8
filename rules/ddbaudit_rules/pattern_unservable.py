"""MOD807: access patterns that no key and no index of the data model serves."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import DesignedPattern
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_examples import designed, model

_ATTRIBUTES = "{id: S, email: S, state: {type: S, values: [open, paid]}, createdAt: S, total: N}"


def _model(index: str, pattern: str, name: str = "By e-mail address") -> str:
    """A model with one index and one pattern; the comment that it is expected of goes behind the pattern's name."""
    orders = designed(f"indexes:\n  by-email: {index}", attributes=_ATTRIBUTES)
    return model(orders, rest=f"patterns:\n  {name}\n    {{table: orders, {pattern}}}")


class PatternUnservable(Rule[DesignedPattern]):
    meta = RuleMeta(
        id="MOD807",
        name="pattern-unservable",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="No key and no index of the data model serves an access pattern with a Query or a GetItem.",
        rationale=(
            "A Query takes one exact value of the partition key and at most one condition on the sort key, returns "
            "items in the order of the sort key, and an index returns what it projects. A GetItem takes the whole key "
            "of the table. What asks for a range of a partition key, for an order that is not the sort key's, or for "
            "attributes that are not projected, ends as a Scan or as code that works around the table. Patterns may "
            "ask value by value (`each`) for attributes whose values the model lists, and filter (`filter`) what was "
            "read."
        ),
        remedy="Give the table a key or an index that serves the pattern, or change what the pattern asks for.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Projections",
        ),
        good=(
            Example(
                "An exact value.",
                "",
                model=_model(
                    "{hash: email}", "index: by-email, operation: Query, where: {email: equals}", "By e-mail:"
                ),
            ),
            Example(
                "A period, in the order of time.",
                "",
                model=_model(
                    "{hash: email, range: createdAt}",
                    "operation: Query, where: {email: equals, createdAt: between}, sort: createdAt",
                    "Recent orders:",
                ),
            ),
            Example(
                "Value by value.",
                "",
                model=_model(
                    "{hash: state, range: createdAt}",
                    "operation: Query, where: {state: each}, sort: createdAt",
                    "All orders by time:",
                ),
            ),
        ),
        bad=(
            Example(
                "A range over a partition key.",
                "",
                model=_model(
                    "{hash: createdAt}",
                    "index: by-email, operation: Query, where: {createdAt: between}",
                    "Orders of a week: # expect: MOD807",
                ),
            ),
            Example(
                "An order that the index does not have.",
                "",
                model=_model(
                    "{hash: email}",
                    "operation: Query, where: {email: equals}, sort: createdAt",
                    "Latest orders: # expect: MOD807",
                ),
            ),
            Example(
                "An attribute that is not projected.",
                "",
                model=_model(
                    "{hash: email, projection: KEYS_ONLY}",
                    "index: by-email, operation: Query, where: {email: equals}, reads: [id, total]",
                    "Totals by e-mail: # expect: MOD807",
                ),
            ),
            Example(
                "A GetItem by something that is no key.",
                "",
                model=_model(
                    "{hash: email}",
                    "operation: GetItem, where: {email: equals}",
                    "Get by e-mail: # expect: MOD807",
                ),
            ),
        ),
        # Nothing of a data model is unknown: it has no variables.
        unknown=(),
    )
    subject = DesignedPattern

    def check(self, subject: DesignedPattern, context: RuleContext) -> Iterator[Problem]:
        from ddbaudit.datamodel.findings import unservable

        for fault in unservable(subject.pattern, subject.model):
            help_ = "give it a key or an index with these attributes, or change the pattern"
            yield fail(fault.message, fault.span, label=fault.label, help=help_, detail=fault.detail)
