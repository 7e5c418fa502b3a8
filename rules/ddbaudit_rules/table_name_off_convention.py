"""DDB401: table names that do not follow the naming convention."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.naming import NamingParams, compile_pattern, judge_name

_BBWS = {"pattern": "bbws-{entity}-{env}"}
_ENVIRONMENT = variable("environment", default='"dev"')


class TableNameOffConvention(Rule[Table]):
    """Parameters: `pattern`, such as `bbws-{entity}-{env}`, and `placeholders`."""

    meta = RuleMeta(
        id="DDB401",
        name="table-name-off-convention",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table's name does not match the naming pattern of the pack.",
        rationale=(
            "Functions, dashboards and policies find a table by its name; a name off the convention is found by none "
            "of them, and one with another environment's name in it leads to that environment's data. In the pattern, "
            "`{env}` is the environment that is being evaluated, `{entity}` is words of lower-case letters and digits "
            "joined by hyphens; the pack may define placeholders of its own. A name of which only parts are known is "
            "judged by those."
        ),
        remedy="Put the name together as the pattern says. Renaming a table that exists replaces it: move the data.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
            "https://developer.hashicorp.com/terraform/language/expressions/strings",
        ),
        good=(
            Example(
                "The environment is a variable.",
                _ENVIRONMENT + table(name='"bbws-tenants-${var.environment}"'),
                _BBWS,
            ),
            Example(
                "An entity of two words, in production.",
                table(name='"bbws-audit-events-prod"'),
                _BBWS,
                environment="prod",
            ),
            Example(
                "Another pattern with a list of services.",
                table(name='"dev-auth-users"'),
                {"pattern": "{env}-{service}-{entity}", "placeholders": {"service": ["auth", "contract"]}},
            ),
        ),
        bad=(
            Example(
                "The environment is missing.",
                table(name='"bbws-tenants" # expect: DDB401'),
                _BBWS,
            ),
            Example(
                "The name holds another environment.",
                table(name='"bbws-tenants-prod" # expect: DDB401'),
                _BBWS,
            ),
            Example(
                "The known beginning is wrong already.",
                variable("entity") + table(name='"${var.entity}_dev" # expect: DDB401'),
                _BBWS,
            ),
        ),
        unknown=(
            Example(
                "The environment is a variable without a value.",
                variable("environment") + table(name='"bbws-tenants-${var.environment}" # expect-unknown: DDB401'),
                _BBWS,
            ),
            Example(
                "The whole name is a variable without a value.",
                variable("name") + table(name="var.name # expect-unknown: DDB401"),
                _BBWS,
            ),
        ),
    )
    subject = Table
    params = NamingParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        params: NamingParams = context.params
        if not params.pattern:
            raise NotApplicable("no pattern is set for table names")
        pattern = compile_pattern(params.pattern, params.placeholders, {"env": ((context.environment,),)})
        yield from judge_name(subject.name, f"table {subject.address}", pattern)
