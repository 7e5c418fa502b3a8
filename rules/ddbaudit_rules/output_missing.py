"""TF608: modules that make tables and do not say which."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.modules import Module, given_by, is_inside
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, gsi, table, variable
from ddbaudit_rules._support.modules import reusable
from ddbaudit_rules._support.table_outputs import one_each, table_problems

_NAME = block('output "table_name"', "value = aws_dynamodb_table.orders.name")
_ARN = block('output "table_arn"', "value = aws_dynamodb_table.orders.arn")
_INDEXES = block('output "all_index_arns"', 'value = "${aws_dynamodb_table.orders.arn}/index/*"')
_INDEX = gsi('"id-index"', '"id"')
_EACH = table(name="each.key", for_each='toset(["orders", "invoices"])')


class OutputMissing(Rule[Module]):
    meta = RuleMeta(
        id="TF608",
        name="output-missing",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A module makes a table and has no output of its name, its ARN, or its stream's or indexes' ARNs.",
        rationale=(
            "Whoever calls the module needs the name for the application, the ARN for policies. Without outputs both "
            "are put together by hand somewhere else, and go wrong with the next change. What counts is what the "
            "outputs give: one each, a map over all tables, or whole resources. Where a table has a stream or indexes, "
            "their ARNs belong to it (`<arn>/index/*` stands for all indexes). Judged are modules, not the root of a "
            "configuration, which configures a provider or a backend."
        ),
        remedy="Add outputs for what is missing; a map for tables that are made with for_each.",
        references=(
            "https://developer.hashicorp.com/terraform/language/values/outputs",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/security_iam_service-with-iam.html",
        ),
        good=(
            Example("Name and ARN.", "\n".join((table(), _NAME, _ARN))),
            Example(
                "Maps over all tables.",
                "\n".join(
                    (
                        _EACH,
                        block(
                            'output "names"',
                            "value = { for key, table in aws_dynamodb_table.orders : key => table.name }",
                        ),
                        block(
                            'output "arns"',
                            "value = { for key, table in aws_dynamodb_table.orders : key => table.arn }",
                        ),
                    )
                ),
            ),
            Example("An index and the ARN of all indexes.", "\n".join((table(_INDEX), _NAME, _ARN, _INDEXES))),
        ),
        bad=(
            Example("No output.", table(header="# expect: TF608")),
            Example("Only the name.", table(header="# expect: TF608") + "\n" + _NAME),
            Example(
                "Neither the stream nor the index.",
                "\n".join(
                    (
                        table(
                            _INDEX,
                            header="# expect: TF608",
                            stream_enabled="true",
                            stream_view_type='"NEW_AND_OLD_IMAGES"',
                        ),
                        _NAME,
                        _ARN,
                    )
                ),
            ),
        ),
        unknown=(
            Example(
                "An output depends on a variable without a value.",
                variable("arns", "map(string)")
                + table(header="# expect-unknown: TF608")
                + "\n"
                + _NAME
                + '\noutput "arn" {\n  value = var.arns["orders"]\n}\n',
            ),
            Example(
                "Whether there is a stream is not known.",
                variable("stream", "bool")
                + "\n".join(
                    (
                        table(
                            header="# expect-unknown: TF608",
                            stream_enabled="var.stream",
                            stream_view_type='"NEW_AND_OLD_IMAGES"',
                        ),
                        _NAME,
                        _ARN,
                    )
                ),
            ),
        ),
    )
    subject = Module

    def check(self, subject: Module, context: RuleContext) -> Iterator[Problem]:
        written = reusable(subject)
        if not subject.instances:
            raise NotApplicable("it has no instances (count or for_each is empty)")
        found: list[Problem] = []
        tables = 0
        for instance in subject.instances:
            given = given_by(instance)
            for table_ in context.estate.tables:
                if is_inside(table_, instance):
                    tables += 1
                    found.extend(table_problems(subject, table_, given, broken=written.broken))
        if not tables:
            raise NotApplicable("it makes no tables")
        yield from one_each(found)
