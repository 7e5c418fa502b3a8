"""IAM513: trust policies that let strangers assume a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.iam import Policy
from ddbaudit.model.trust import own_accounts
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import variable
from ddbaudit_rules._support.iam_examples import role, trust
from ddbaudit_rules._support.strangers import strangers

_GITHUB = '"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"'
_OWN = {"accounts": ["111122223333"]}
_WEB = "sts:AssumeRoleWithWebIdentity"


class TrustTooBroadParams(Params, frozen=True):
    """Parameters: the accounts that are no strangers."""

    accounts: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="ids of accounts of one's own, which roles may trust as a whole"),
    ] = ()


class TrustTooBroad(Rule[Policy]):
    meta = RuleMeta(
        id="IAM513",
        name="trust-too-broad",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A role may be assumed by everybody, by a foreign account as a whole, or with any token of a provider.",
        rationale=(
            "A role's policies are only as good as its trust policy. The principal `*` is every AWS account; the root "
            "of another account is whoever that account likes; an OIDC provider without a condition on the token is "
            "everybody whom it serves, and one that many share (GitHub, GitLab, HCP Terraform) needs a condition on "
            "the subject. Conditions that say who asks narrow it (aws:PrincipalOrgID, sts:ExternalId, aws:SourceArn); "
            "those that say how (TLS, MFA), negated ones and wildcards do not. Services, roles and users by name are "
            "not meant."
        ),
        remedy="Name the principals that assume the role, or add a condition that says who may.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
        ),
        good=(
            Example("A service.", role()),
            Example(
                "Another account, with an external id.",
                trust('"arn:aws:iam::444455556666:root"', ("StringEquals", "sts:ExternalId", "orders-7f3a")),
                _OWN,
            ),
            Example(
                "A repository of GitHub.",
                trust(
                    _GITHUB,
                    ("StringLike", "token.actions.githubusercontent.com:sub", "repo:example/orders:*"),
                    kind="Federated",
                    action=_WEB,
                ),
            ),
            Example("A role of another account.", trust('"arn:aws:iam::444455556666:role/orders-reader"'), _OWN),
        ),
        bad=(
            Example("Everybody.", trust('"*"', comment="# expect: IAM513")),
            Example(
                "Another account as a whole; MFA does not say whose.",
                trust(
                    '"arn:aws:iam::444455556666:root"',
                    ("Bool", "aws:MultiFactorAuthPresent", "true"),
                    comment="# expect: IAM513",
                ),
                _OWN,
            ),
            Example(
                "Every repository of GitHub.",
                trust(
                    _GITHUB,
                    ("StringEquals", "token.actions.githubusercontent.com:aud", "sts.amazonaws.com"),
                    kind="Federated",
                    action=_WEB,
                    comment="# expect: IAM513",
                ),
            ),
        ),
        unknown=(
            Example(
                "Whose account it is cannot be told.",
                trust('"arn:aws:iam::444455556666:root"', comment="# expect-unknown: IAM513"),
            ),
            Example(
                "Who is trusted is a variable without a value.",
                variable("trusted") + trust("var.trusted", comment="# expect-unknown: IAM513"),
            ),
        ),
    )
    subject = Policy
    params = TrustTooBroadParams

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        params: TrustTooBroadParams = context.params
        if subject.kind != "trust":
            raise NotApplicable(f"it is a {subject.kind} policy")
        yield from strangers(subject, {*params.accounts, *own_accounts(context.estate)})
