"""TF602: required arguments and blocks that are missing, blocks that are too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ddbaudit.foundation.verdict import Severity
from ddbaudit.ir.instance import Declaration
from ddbaudit.model.surplus import surplus_blocks
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import attribute, block, gsi, table
from ddbaudit_rules._support.faults import problems

_KINDS = frozenset({"missing-argument", "missing-block", "too-many-blocks"})
_TTL = 'ttl {\n  attribute_name = "expiresAt"\n  enabled        = true\n}\n'


class ArgumentMissing(Rule[Declaration]):
    meta = RuleMeta(
        id="TF602",
        name="argument-missing",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A resource lacks a required argument or block, or has a block too often.",
        rationale=(
            "Terraform refuses the whole configuration (`Missing required argument`, `Insufficient ... blocks`, `Too "
            "many ... blocks`). The schema is that of the AWS provider 5.100; types whose schema is not known are not "
            "judged. Module calls are judged by the variables of the module."
        ),
        remedy="Add what is missing, or remove the surplus block.",
        errors=(
            'terraform validate: Missing required argument: The argument "enabled" is required, but no '
            "definition was found.",
        ),
        references=(
            "https://developer.hashicorp.com/terraform/cli/commands/validate",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("Everything required is there.", table(gsi('"email-index"', '"email"'), attributes="id email")),
            Example("One TTL block.", table(_TTL)),
            Example(
                "A restored table has the keys of its source.",
                table(attributes="", hash_key=None, billing_mode=None, restore_source_name='"orders-old"'),
            ),
        ),
        bad=(
            Example("The table has no name.", table(header="# expect: TF602", name=None)),
            Example(
                "An index without a projection.",
                table(
                    block(
                        "global_secondary_index",
                        'name     = "email-index"\nhash_key = "email"',
                        header="# expect: TF602",
                    ),
                    attributes="id email",
                ),
            ),
            Example(
                "A dynamic block makes two TTL blocks.",
                table("""
                dynamic "ttl" { # expect: TF602
                  for_each = toset(["createdAt", "expiresAt"])
                  content {
                    attribute_name = ttl.value
                    enabled        = true
                  }
                }
                """),
            ),
            Example("Two TTL blocks.", table(_TTL + "\n" + _TTL.replace("{", "{ # expect: TF602", 1))),
        ),
        unknown=(
            Example(
                "The missing name may be in what cannot be parsed.",
                table('table_class = = "STANDARD"', header="# expect-unknown: TF602", name=None),
            ),
            Example(
                "Another block cannot be parsed.",
                table(attribute("email").replace('"S"', "["), header="# expect-unknown: TF602"),
            ),
        ),
    )
    subject = Declaration

    def check(self, subject: Declaration, context: RuleContext) -> Iterator[Problem]:
        if not subject.schema_known:
            raise NotApplicable(f"the schema of {subject.type} is not known")
        surplus = surplus_blocks(context.estate, subject.address)
        yield from problems((*subject.faults, *(replace(s, doubt=subject.doubt) for s in surplus)), _KINDS)
        if subject.broken:
            message = f"whether {subject.address} has all that is required is not known: it cannot be parsed"
            yield unknown(message, subject.header, label="not all of it can be parsed")
