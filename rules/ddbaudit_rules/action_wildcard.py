"""IAM503: action wildcards that reach the administration of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.actions import ADMIN_ACTIONS, expand_parts
from ddbaudit.model.attr import Attr
from ddbaudit.model.iam import Policy
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.access import Access, accesses, is_dynamodb, unseen
from ddbaudit_rules._support.examples import allow, policy, table, variable

_TABLE = table() + "\n"
_ARN = "[aws_dynamodb_table.orders.arn]"
_FIX = 'name the actions that are needed, such as "dynamodb:GetItem" and "dynamodb:Query"'
_NOT_IAM = f'not_actions = ["iam:*"] # expect: IAM503\nresources   = {_ARN}'


class ActionWildcard(Rule[Policy]):
    meta = RuleMeta(
        id="IAM503",
        name="action-wildcard",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A policy allows a wildcard of actions that reaches the administration of tables.",
        rationale=(
            "A service reads and writes items. `dynamodb:*`, `*` or a prefix such as `dynamodb:Delete*` also lets it "
            "delete or reconfigure the table, its backups, replicas and policies, and whatever actions AWS adds. "
            "Wildcards that stay among reads and items (`dynamodb:*Item`, `dynamodb:Get*`) are not meant; nor are "
            "statements whose resources are not DynamoDB's."
        ),
        remedy="Name the actions that are needed.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        ),
        good=(
            Example("Actions by name.", _TABLE + policy(allow("GetItem PutItem Query", _ARN))),
            Example("Wildcards that stay among the items.", _TABLE + policy(allow("*Item Get*", _ARN))),
            Example(
                "All actions of another service.",
                policy('actions   = ["*"]\nresources = ["arn:aws:s3:::orders-exports/*"]'),
            ),
        ),
        bad=(
            Example(
                "Everything that DynamoDB can do.",
                _TABLE + policy(f'actions   = ["dynamodb:*"] # expect: IAM503\nresources = {_ARN}'),
            ),
            Example(
                "A prefix that deletes the table, too.",
                _TABLE
                + policy(
                    f'actions = [\n  "dynamodb:GetItem",\n  "dynamodb:Delete*", # expect: IAM503\n]\nresources = {_ARN}'
                ),
            ),
            Example("Everything but IAM.", _TABLE + policy(_NOT_IAM)),
        ),
        unknown=(
            Example(
                "An action is a variable without a value.",
                _TABLE
                + variable("access")
                + policy(f'actions   = ["dynamodb:${{var.access}}"] # expect-unknown: IAM503\nresources = {_ARN}'),
            ),
            Example(
                "The actions are a variable without a value.",
                _TABLE
                + variable("actions", "list(string)")
                + policy(f"actions   = var.actions # expect-unknown: IAM503\nresources = {_ARN}"),
            ),
        ),
    )
    subject = Policy

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        for access in accesses(subject, context.estate):
            weight = access.allows & access.covers(is_dynamodb)
            if weight is not Verdict.FAIL:
                yield from _judge(subject, access, weight)
        yield from unseen(subject, "allows a wildcard of actions")


def _judge(policy: Policy, access: Access, weight: Verdict) -> Iterator[Problem]:
    statement = access.statement
    if statement.not_actions.present and not statement.actions.present:
        admin = ADMIN_ACTIONS & access.actions.certain.keys()
        place = statement.not_actions.span
        if admin and weight is Verdict.PASS:
            yield _fails(policy, "everything but what NotAction names", place, admin)
        elif admin or ADMIN_ACTIONS & access.actions.possible.keys():
            yield _doubt(policy, access, place)
        return
    for item in statement.actions.items:
        certain, possible = (ADMIN_ACTIONS & actions for actions in expand_parts(item.parts))
        if item.is_unknown and possible:
            yield _doubt(policy, access, item)
        elif certain and _is_wild(item) and weight is Verdict.PASS:
            yield _fails(policy, item.shown, item, certain)
        elif certain and _is_wild(item):
            yield _doubt(policy, access, item)
    if statement.actions.unknown is not None:
        yield _doubt(policy, access, statement.actions.span)


def _is_wild(item: Attr) -> bool:
    return any(char in part for part in item.parts if isinstance(part, str) for char in "*?")


def _fails(policy: Policy, what: str, at: Attr | Span, reached: Iterable[str]) -> Problem:
    actions = sorted(reached)
    example = "dynamodb:DeleteTable" if "dynamodb:DeleteTable" in actions else actions[0]
    message = f"{policy.label} allows {what}, which reaches table administration such as {example}"
    label = f"reaches {plural(len(actions), 'administrative action')}"
    detail = at.text if isinstance(at, Attr) and at.text is not None else what
    return fail(message, at, label=label, help=_FIX, detail=detail)


def _doubt(policy: Policy, access: Access, at: Attr | Span) -> Problem:
    because = first_unknown(at.unknown if isinstance(at, Attr) else None, access.unknown)
    detail = f"{access.statement.label} {at.shown if isinstance(at, Attr) else ''}"
    message = f"whether {policy.label} allows a wildcard that reaches table administration is not known"
    return unknown(message, at, because=because, label="may be a wildcard", detail=detail)
