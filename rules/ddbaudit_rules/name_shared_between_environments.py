"""TF612: environments of one account that share a table by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.accounts import same_place
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table
from ddbaudit_rules._support.table_names import UNNAMED

_ACCOUNTS = {"accounts": {"dev": "111122223333", "prod": "111122223333"}}


def _provider(account: str) -> str:
    return block('provider "aws"', f'region              = "eu-west-1"\nallowed_account_ids = ["{account}"]') + "\n"


class SharedNameParams(Params, frozen=True):
    """Parameters of name-shared-between-environments."""

    accounts: Annotated[
        dict[str, str],
        msgspec.Meta(description="the account of each environment; else that in the provider's `allowed_account_ids`"),
    ] = msgspec.field(default_factory=dict)


class NameSharedBetweenEnvironments(Rule[Table]):
    """Parameters: `accounts`."""

    meta = RuleMeta(
        id="TF612",
        name="name-shared-between-environments",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="Two environments of one account and region name a table alike.",
        rationale=(
            "A table's name is unique in its account and region. Where two environments give the same, the second "
            "apply fails, or after an import both manage one table and tests write to production. Environments in "
            "accounts of their own may share names: the account is what the parameter `accounts` says, else the "
            "provider's only one in `allowed_account_ids`; where neither says it, whether the tables meet is not known."
        ),
        remedy="Put the environment into the name, or say which account each environment is in.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs",
        ),
        good=(
            Example(
                "The environment is in the name.",
                table(name='"orders-dev"'),
                others={"prod": table(name='"orders-prod"')},
            ),
            Example(
                "Each environment has its account.",
                _provider("111122223333") + table(),
                others={"prod": _provider("444455556666") + table()},
            ),
            Example("There is no other environment.", table()),
        ),
        bad=(
            Example(
                "One account, by the provider.",
                _provider("111122223333") + table(name='"orders" # expect: TF612'),
                others={"prod": _provider("111122223333") + table()},
            ),
            Example(
                "One account, by the pack.",
                'provider "aws" {\n  region = "eu-west-1"\n}\n\n' + table(name='"orders" # expect: TF612'),
                _ACCOUNTS,
                others={"prod": 'provider "aws" {\n  region = "eu-west-1"\n}\n\n' + table()},
            ),
            Example(
                "By way of a local.",
                _provider("111122223333")
                + 'locals {\n  name = "orders"\n}\n\n'
                + table(name="local.name # expect: TF612"),
                others={"prod": _provider("111122223333") + table()},
            ),
        ),
        unknown=(
            Example(
                "Nothing says which accounts these are.",
                table(name='"orders" # expect-unknown: TF612'),
                others={"prod": table()},
            ),
            Example(
                "Nothing says which regions these are.",
                table(name='"orders" # expect-unknown: TF612'),
                _ACCOUNTS,
                others={"prod": table()},
            ),
        ),
    )
    subject = Table
    params = SharedNameParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        params: SharedNameParams = context.params
        here = context.environment
        others = [e for e in context.estates if e.environment not in (here, UNNAMED)]
        if here == UNNAMED or not others:
            raise NotApplicable("there is no other environment to hold it against")
        if subject.name.text is None:
            raise NotApplicable("its name is not known; in each environment it may be another")
        for estate in others:
            for table_ in estate.tables:
                if table_.name.text != subject.name.text:
                    continue
                accounts = (params.accounts.get(here), params.accounts.get(estate.environment))
                verdict, why = same_place(subject, table_, accounts)
                if verdict is not Verdict.FAIL:
                    yield _problem(subject, table_, estate.environment, verdict, why)
                    break


def _problem(subject: Table, other: Table, environment: str, verdict: Verdict, why: str) -> Problem:
    related = (Related(other.name.span, f"in {environment}"),)
    named = f'the name "{subject.name.shown}" of {subject.address} is also that of {other.address} in {environment}'
    detail = f"shared:{subject.address}"
    if verdict is Verdict.PASS:
        label = f"also in {environment}"
        return fail(
            f"{named}, in the same account and region", subject.name, label=label, related=related, detail=detail
        )
    message = f"{named}; whether that is another table is not known: {why}"
    help = "name the account in allowed_account_ids of the provider, or in the parameter accounts"
    return unknown(message, subject.name.span, label="the same name", help=help, related=related, detail=detail)
