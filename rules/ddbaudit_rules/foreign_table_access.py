"""IAM505: services that reach the tables of other services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design_access import Holder
from ddbaudit.model.principals import Identity
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_access import allowed, reach, shown
from ddbaudit_rules._support.design_examples import designed, model
from ddbaudit_rules._support.examples import policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, role, role_policy
from ddbaudit_rules._support.ownership import foreign_tables

_MODEL = model(
    designed("owner: orders"),
    designed("owner: billing", key="bills"),
    rest="principals:\n  orders: {role: orders}\n  billing: {role: billing}",
)
_TABLES = (
    table(name='"orders-dev"')
    + "\n"
    + table(name='"bills-dev"').replace('"aws_dynamodb_table" "orders"', '"aws_dynamodb_table" "bills"')
    + "\n"
)


def _role(actions: str, resource: str, comment: str = "") -> str:
    listed = ", ".join(f'"dynamodb:{action}"' for action in actions.split())
    statement = f"actions   = [{listed}]\nresources = [{resource}]{comment}"
    return _TABLES + role() + policy(statement) + "\n" + role_policy()


class ForeignTableAccessParams(Params, frozen=True):
    """Parameters: the tag that names the service."""

    tag: Annotated[
        str, msgspec.Meta(description="the tag that names the service of tables and roles, where no data model does")
    ] = ""


class ForeignTableAccess(Rule[Identity]):
    meta = RuleMeta(
        id="IAM505",
        name="foreign-table-access",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A service's role may read or write items of a table that belongs to another service.",
        rationale=(
            "A table that only its own service reaches can be changed with that service, and a fault or a break-in "
            "stays where it is. Whose a table is, is said by the data model (`owner`; a pattern that gives a principal "
            "access to it makes it no stranger), or by a tag that tables and roles have, when the parameter names it. "
            "Roles and tables of which neither says anything are not judged."
        ),
        remedy="Take the table out of the role's policies, and ask the service that owns it.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/prescriptive-guidance/latest/modernization-data-persistence/database-per-service.html",
        ),
        good=(
            Example("Its own table.", _role("GetItem PutItem", "aws_dynamodb_table.orders.arn"), model=_MODEL),
            Example(
                "The model gives it a pattern there.",
                _role("Query", "aws_dynamodb_table.bills.arn"),
                model=_MODEL
                + "patterns:\n  Bills of an order:\n    {table: bills, operation: Query, where: {id: equals}, "
                "principal: orders}\n",
            ),
            Example(
                "Nobody says whose the tables are.", _role("GetItem", "aws_dynamodb_table.bills.arn"), {"tag": "Team"}
            ),
        ),
        bad=(
            Example(
                "The table of another service.",
                _role("GetItem", "aws_dynamodb_table.bills.arn", " # expect: IAM505"),
                model=_MODEL,
            ),
            Example("Every table.", _role("Query Scan", '"*"', " # expect: IAM505"), model=_MODEL),
            Example(
                "By their tags.",
                _role("PutItem", "aws_dynamodb_table.bills.arn", " # expect: IAM505")
                .replace('hash_key     = "id"', 'hash_key     = "id"\n  tags         = { Service = "billing" }')
                .replace('name               = "orders"', 'name = "orders"\n  tags = { Service = "orders" }'),
                {"tag": "Service"},
            ),
        ),
        unknown=(
            Example(
                "A policy of the role is a variable without a value.",
                variable("policy_arn") + _TABLES + role(header="# expect-unknown: IAM505") + attached("var.policy_arn"),
                model=_MODEL,
            ),
            Example(
                "The resource is a variable without a value.",
                variable("arn")
                + _role("GetItem", "var.arn").replace(
                    'resource "aws_iam_role" "orders" {', 'resource "aws_iam_role" "orders" { # expect-unknown: IAM505'
                ),
                model=_MODEL,
            ),
        ),
    )
    subject = Identity
    params = ForeignTableAccessParams

    def check(self, subject: Identity, context: RuleContext) -> Iterator[Problem]:
        params: ForeignTableAccessParams = context.params
        foreign = foreign_tables(subject, context.estate, params.tag)
        if foreign is None:
            raise NotApplicable("neither a data model nor a tag says of which service it is")
        holder = Holder(subject, None)
        for other in foreign:
            made, owners = other.table, join_names(other.owners, "or")
            found = allowed(holder, made, context.estate)
            certain = [action for action, verdict in found.items() if verdict is Verdict.PASS]
            whose = f"{made.label} of {owners}"
            if certain and other.doubt is None:
                yield fail(
                    f"{subject.label} may {shown(certain)} on {whose}",
                    holder.granting(context.estate, reach(made)),
                    label=f"a table of {owners}",
                    help="leave the table out, or give the model a pattern that needs it",
                    related=(Related(made.header, made.label),),
                    detail=made.address,
                )
            elif found:
                because = first_unknown(other.doubt, subject.unseen)
                message = f"whether {subject.label} may read or write {whose} is not known"
                label = f"may reach a table of {owners}"
                yield unknown(message, subject.header, because=because, label=label, detail=made.address)
