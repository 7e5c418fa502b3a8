"""IAM511: what a principal may do to a table and none of its access patterns needs."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design_access import DesignedPrincipal
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import NOTE
from ddbaudit_rules._support.design_access import allowed, holders_of, needs, reach, reasons_for, shown, tables_of
from ddbaudit_rules._support.design_examples import model
from ddbaudit_rules._support.examples import policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, role, role_policy

_REST = """
principals:
  service: {role: orders}
patterns:
  Get an order: {table: orders, operation: GetItem, where: {id: equals}, principal: service}
  Place an order: {table: orders, operation: PutItem, principal: service}
"""
_MODEL = model(rest=_REST)
_TABLE = table(name='"orders-dev"') + "\n"


def _allowed(actions: str, comment: str = "") -> str:
    listed = ", ".join(f'"dynamodb:{action}"' for action in actions.split())
    statement = f"actions   = [{listed}]\nresources = [aws_dynamodb_table.orders.arn]{comment}"
    return _TABLE + role() + policy(statement) + "\n" + role_policy()


class PermissionUnused(Rule[DesignedPrincipal]):
    meta = RuleMeta(
        id="IAM511",
        name="permission-unused",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A principal may do something to the items of a table that none of its access patterns needs.",
        rationale=(
            "What no pattern needs serves only whoever should not be there: a Scan reads all customers, a DeleteItem "
            "empties the table. The rule is of use where the model has all of a principal's patterns, the writes "
            "included. Batches of what is needed and condition checks beside writes are needed as well; tables on "
            "which the model gives a principal no pattern are left to IAM505."
        ),
        remedy="Take the action out of the policy, or give the model the pattern that needs it.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        ),
        good=(
            Example("What is needed.", _allowed("GetItem PutItem"), model=_MODEL),
            Example("Batches of it.", _allowed("BatchGetItem GetItem BatchWriteItem PutItem"), model=_MODEL),
            Example(
                "No patterns on the table.", _allowed("Scan"), model=model(rest="principals:\n  a: {role: orders}")
            ),
        ),
        bad=(
            Example("A Scan.", _allowed("GetItem PutItem Scan", " # expect: IAM511"), model=_MODEL),
            Example("Deleting.", _allowed("GetItem PutItem DeleteItem", " # expect: IAM511"), model=_MODEL),
            Example("Everything.", _allowed("*", " # expect: IAM511"), model=_MODEL),
        ),
        unknown=(
            Example(
                "A policy of the role is a variable without a value.",
                variable("policy_arn") + _TABLE + role(header="# expect-unknown: IAM511") + attached("var.policy_arn"),
                model=_MODEL,
            ),
            Example(
                "An action is a variable without a value.",
                variable("action")
                + _allowed("GetItem PutItem")
                .replace('["dynamodb:GetItem",', '["dynamodb:GetItem", var.action,')
                .replace(
                    'resource "aws_iam_role" "orders" {', 'resource "aws_iam_role" "orders" { # expect-unknown: IAM511'
                ),
                model=_MODEL,
            ),
        ),
    )
    subject = DesignedPrincipal

    def check(self, subject: DesignedPrincipal, context: RuleContext) -> Iterator[Problem]:
        estate, judged = context.estate, False
        for holder in holders_of(subject):
            for made, design in tables_of(subject, estate):
                needed = {action for p in needs(subject, design) for action in reasons_for(p.operation)}
                judged = judged or bool(needed)
                found = allowed(holder, made, estate) if needed else {}
                unused = {action: verdict for action, verdict in found.items() if action not in needed}
                certain = [action for action, verdict in unused.items() if verdict is Verdict.PASS]
                if certain:
                    yield fail(
                        f"{holder.label} may {shown(certain)} on {made.label}, which no pattern of it needs",
                        holder.granting(estate, reach(made)),
                        label="more than is needed",
                        help="leave these actions out, or give the model the patterns that need them",
                        related=(Related(design.span, NOTE),),
                        detail=made.address,
                    )
                elif unused:
                    unseen = holder.identity.unseen if holder.identity is not None else None
                    message = f"whether {holder.label} may do more on {made.label} than its patterns need is not known"
                    yield unknown(message, holder.place, because=unseen, detail=made.address)
        if not judged:
            raise NotApplicable("the data model gives it no patterns on tables of this root module")
