"""IAM510: access patterns that the data model gives a principal and its policies do not allow."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design_access import DesignedPrincipal
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import NOTE
from ddbaudit_rules._support.design_access import holders_of, needs, permitted, tables_of
from ddbaudit_rules._support.design_examples import INDEXED, designed, model
from ddbaudit_rules._support.examples import allow, gsi, policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, managed, role, role_policy

_REST = """
principals:
  service: {role: orders}
patterns:
  Get an order: {table: orders, operation: GetItem, where: {id: equals}, principal: service}
  Of a customer: {table: orders, index: email-index, operation: Query, where: {email: equals}, principal: service}
"""
_MODEL = model(designed(INDEXED), rest=_REST)
_TABLE = table(gsi('"email-index"', '"email"'), name='"orders-dev"', attributes="id email") + "\n"
_ARN = "aws_dynamodb_table.orders.arn"
_BOTH = f'["${{{_ARN}}}", "${{{_ARN}}}/index/email-index"]'
_EXPECT = "# expect: IAM510"


def _allowed(actions: str, resources: str, header: str = "") -> str:
    return _TABLE + role(header=header) + policy(allow(actions, resources)) + "\n" + role_policy()


class PatternNotPermitted(Rule[DesignedPrincipal]):
    meta = RuleMeta(
        id="IAM510",
        name="pattern-not-permitted",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The data model gives a principal an access pattern that its policies do not allow.",
        rationale=(
            "What the design lets a service do and its policy does not, ends as AccessDenied at the first request. A "
            "Query of an index authorises on the index's ARN, not on the table's. Conditions on a statement that "
            "allows are taken to be met."
        ),
        remedy="Allow the operation on the table or index, or take the pattern from the principal.",
        references=(
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html",
        ),
        good=(
            Example("Table and index.", _allowed("GetItem Query", _BOTH), model=_MODEL),
            Example("Every index.", _allowed("GetItem Query", f'[{_ARN}, "${{{_ARN}}}/index/*"]'), model=_MODEL),
            Example(
                "The principal is a policy.",
                _TABLE + policy(allow("GetItem Query", _BOTH)) + "\n" + managed(),
                model=_MODEL.replace("{role: orders}", "{policy: orders}"),
            ),
        ),
        bad=(
            Example("The index is missing.", _allowed("GetItem Query", f"[{_ARN}]", _EXPECT), model=_MODEL),
            Example("No GetItem.", _allowed("Query", _BOTH, _EXPECT), model=_MODEL),
            Example("No policy at all.", _TABLE + role(header=_EXPECT), model=_MODEL),
        ),
        unknown=(
            Example(
                "A policy of the role is a variable without a value.",
                variable("policy_arn") + _TABLE + role(header="# expect-unknown: IAM510") + attached("var.policy_arn"),
                model=_MODEL,
            ),
            Example(
                "The resource is a variable without a value.",
                variable("arn") + _allowed("GetItem Query", "[var.arn]", "# expect-unknown: IAM510"),
                model=_MODEL,
            ),
        ),
    )
    subject = DesignedPrincipal

    def check(self, subject: DesignedPrincipal, context: RuleContext) -> Iterator[Problem]:
        estate = context.estate
        for holder in holders_of(subject):
            for made, design in tables_of(subject, estate):
                for pattern in needs(subject, design):
                    verdict = permitted(pattern, holder, made, design, subject.model, estate)
                    related = (Related(pattern.span, NOTE),)
                    what = f"{pattern.operation} on {made.label}" + (f' by "{pattern.index}"' if pattern.index else "")
                    if verdict is Verdict.FAIL:
                        yield fail(
                            f'{holder.label} may not {what}, which "{pattern.name}" needs',
                            holder.place,
                            label=f"no {pattern.operation}",
                            help="allow it, or take the pattern from the principal in the data model",
                            related=related,
                            detail=pattern.name,
                        )
                    elif verdict is Verdict.UNKNOWN:
                        unseen = holder.identity.unseen if holder.identity is not None else None
                        message = f'whether {holder.label} may {what}, which "{pattern.name}" needs, is not known'
                        because = first_unknown(unseen, made.indexes_unknown)
                        yield unknown(message, holder.place, because=because, related=related, detail=pattern.name)
