"""TF604: values that Terraform, the provider or AWS refuse."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.tags import tags_of, takes_tags
from ddbaudit.model.validity import Validated, conflicts, limited
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.faults import problems
from ddbaudit_rules._support.limits import conflict_problems, limit_problems
from ddbaudit_rules._support.provider_values import provider_regions, replica_regions, reserved_tags
from ddbaudit_rules._support.table_values import table_problems

_ENCRYPTED = "server_side_encryption {{\n  enabled     = true\n  kms_key_arn = {}\n}}\n"
_VALIDATED = block(
    'variable "environment"',
    'type    = string\ndefault = "porduction" # expect: TF604',
    block(
        "validation",
        'condition     = contains(["dev", "production"], var.environment)\nerror_message = "No such environment."',
    ),
)


class ValueInvalid(Rule[Validated]):
    meta = RuleMeta(
        id="TF604",
        name="value-invalid",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A value is one that Terraform, the provider or AWS refuses.",
        rationale=(
            "`terraform validate`, `plan` or, worse, `apply` stops at it: a value outside the provider's enumeration "
            "or range, of the wrong type, or no ARN where one is needed; arguments that exclude each other; capacities "
            "that the billing mode forbids or needs; TTL or a stream without what they need; a tag key that is "
            "reserved for AWS; a region that there is not; a name in ignore_changes that the resource does not have; a "
            "value that a variable's type or validation refuses. The limits are those of the AWS provider 5.100, "
            "recorded from its own answers for the resources that rules judge. What is known only after apply is "
            "accepted by every plan, and here; a plan alone is valid, so nothing of it is judged."
        ),
        remedy="Give a value that is accepted.",
        errors=(
            'terraform validate: expected billing_mode to be one of ["PROVISIONED" "PAY_PER_REQUEST"], got ON_DEMAND',
            "terraform validate: Incorrect attribute value type: Inappropriate value for attribute "
            '"enabled": a bool is required.',
            'terraform plan: read_capacity can not be set when billing_mode is "PAY_PER_REQUEST"',
        ),
        references=(
            "https://developer.hashicorp.com/terraform/cli/commands/validate",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        ),
        good=(
            Example(
                "Everything is accepted.",
                table(_ENCRYPTED.format("aws_kms_key.orders.arn"), table_class='"STANDARD_INFREQUENT_ACCESS"')
                + '\nresource "aws_kms_key" "orders" {\n  deletion_window_in_days = 30\n}\n',
            ),
            Example(
                "Provisioned capacities, which are needed then.",
                table(billing_mode=None, read_capacity="5", write_capacity="5"),
            ),
            Example(
                "A value that the validation accepts.", _VALIDATED.replace('"porduction" # expect: TF604', '"dev"')
            ),
        ),
        bad=(
            Example("No such billing mode.", table(billing_mode='"ON_DEMAND" # expect: TF604')),
            Example(
                "An alias is no ARN, and the period is too long.",
                table(
                    _ENCRYPTED.format('"alias/orders" # expect: TF604')
                    + "\npoint_in_time_recovery {\n  enabled                 = true\n"
                    "  recovery_period_in_days = 36 # expect: TF604\n}\n"
                ),
            ),
            Example(
                "The billing mode is PROVISIONED where none is set, and needs capacities.",
                table(header="# expect: TF604", billing_mode=None),
            ),
            Example(
                "A capacity with on-demand billing, a reserved tag, and a name that nothing has.",
                table(
                    'tags = {\n  "aws:Name" = "orders" # expect: TF604\n}\n\n'
                    "lifecycle {\n  ignore_changes = [read_capacities] # expect: TF604\n}\n",
                    read_capacity="5 # expect: TF604",
                ),
            ),
            Example("The variable's own validation refuses it.", _VALIDATED),
            Example(
                "A text where a switch is needed, and a stream of nothing.",
                table(
                    'point_in_time_recovery {\n  enabled = "yes" # expect: TF604\n}\n',
                    stream_enabled="true # expect: TF604",
                ),
            ),
            Example(
                "A name and a prefix, and a region that there is not.",
                'provider "aws" {\n  region = "eu-wst-1" # expect: TF604\n}\n\nresource "aws_iam_role" "orders" {\n'
                '  name               = "orders"\n  name_prefix        = "orders-" # expect: TF604\n'
                '  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })\n}\n',
            ),
        ),
        unknown=(
            Example(
                "The billing mode is a variable without a value.",
                variable("mode") + table(billing_mode="var.mode # expect-unknown: TF604"),
            ),
            Example(
                "The ARN is a variable without a value.",
                variable("key") + table(_ENCRYPTED.format("var.key # expect-unknown: TF604")),
            ),
        ),
    )
    subject = Validated
    faults = frozenset({"invalid-value"})

    def check(self, subject: Validated, context: RuleContext) -> Iterator[Problem]:
        yield from problems(subject.faults, self.faults)
        if subject.module is not None and not subject.address:
            yield from provider_regions(context.estate)
        instance = subject.instance
        if instance is None:
            return
        for item in limited(instance):
            yield from limit_problems(item, subject.address, subject.doubt)
        for conflict in conflicts(instance):
            yield from conflict_problems(conflict, subject.address, subject.doubt)
        if instance.mode == "managed" and takes_tags(instance):
            yield from reserved_tags(tags_of(instance), subject.address)
        table_ = context.estate.tables_by_address.get(subject.address)
        if table_ is not None:
            yield from table_problems(table_, subject.doubt)
            yield from replica_regions(table_, subject.doubt)
