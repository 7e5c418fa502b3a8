"""TF603: references to what does not exist, and cycles."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile
from ddbaudit.foundation.verdict import Severity
from ddbaudit.ir.instance import ModuleInstance
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.faults import problems

_KINDS = frozenset({"undeclared-reference", "cycle"})
_UNREADABLE = ("HCL0", "HCL1", "HCL202", "HCL203", "IO")


class ReferenceUndeclared(Rule[ModuleInstance]):
    meta = RuleMeta(
        id="TF603",
        name="reference-undeclared",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A reference names something that the module does not declare, or leads back to itself.",
        rationale=(
            "Terraform refuses the whole configuration (`Reference to undeclared resource`, `Reference to undeclared "
            "input variable`, `Cycle`). Copied examples often refer to a key or a role that stayed in the document "
            "they came from."
        ),
        remedy="Declare what is named, correct the name, or break the cycle.",
        errors=(
            'terraform validate: Reference to undeclared resource: A managed resource "aws_kms_key" "nope" '
            "has not been declared in",
        ),
        references=(
            "https://developer.hashicorp.com/terraform/language/expressions/references",
            "https://developer.hashicorp.com/terraform/cli/commands/validate",
        ),
        good=(
            Example(
                "Everything is declared.",
                variable("name") + table(name="var.name") + "\n"
                'output "arn" {\n  value = aws_dynamodb_table.orders.arn\n}\n',
            ),
            Example(
                "A local refers to another one.",
                'locals {\n  prefix = "bbws"\n  name   = "${local.prefix}-orders"\n}\n\n' + table(name="local.name"),
            ),
            Example(
                "Terraform's own names need no declaration, names of `for` and `dynamic` declare themselves.",
                table(
                    """
                    dynamic "ttl" {
                      for_each = ["expiresAt"]
                      iterator = it
                      content {
                        attribute_name = it.value
                        enabled        = true
                      }
                    }
                    """,
                    for_each='toset([for name in ["orders", "users"] : lower(name)])',
                    name='"${each.value}-${terraform.workspace}-${basename(path.root)}"',
                ),
            ),
        ),
        bad=(
            Example(
                "The key is not declared.",
                table("""
                server_side_encryption {
                  enabled     = true
                  kms_key_arn = aws_kms_key.dynamodb.arn # expect: TF603
                }
                """),
            ),
            Example(
                "The variable and the local are not declared.",
                table(
                    "tags = {\n  Environment = var.environment # expect: TF603\n}", name="local.name # expect: TF603"
                ),
            ),
            Example(
                "A local refers to itself.",
                'locals {\n  name = "${local.name}-v2" # expect: TF603\n}\n\n' + table(name="local.name"),
            ),
        ),
        unknown=(
            Example(
                "The variable may be declared where the file cannot be parsed.",
                'variable "environment" {\n  type = = string # expect-unknown: TF603\n}\n\n'
                + table(name='"orders-${var.environment}"'),
            ),
            Example(
                "A resource cannot be parsed.",
                table(name="var.name") + '\nresource "aws_kms_key" "orders" {\n  tags = ] # expect-unknown: TF603\n}\n',
            ),
        ),
    )
    subject = ModuleInstance

    def check(self, subject: ModuleInstance, context: RuleContext) -> Iterator[Problem]:
        yield from problems(subject.faults, _KINDS)
        for diagnostic in context.estate.evaluation.diagnostics:
            if _is_unreadable(diagnostic) and _directory(diagnostic) == subject.directory:
                yield _unreadable(subject, diagnostic)
                return


def _is_unreadable(diagnostic: Diagnostic) -> bool:
    """Whether it says that a part of a file was not read, in which names may be declared."""
    return diagnostic.level is Level.ERROR and diagnostic.code.startswith(_UNREADABLE)


def _directory(diagnostic: Diagnostic) -> str:
    path = diagnostic.span.path if diagnostic.span is not None else diagnostic.path or ""
    return posixpath.dirname(path) or "."


def _unreadable(module: ModuleInstance, diagnostic: Diagnostic) -> Problem:
    """Names may be declared in what cannot be read, so that evaluation reports none as undeclared."""
    place = diagnostic.span or SourceFile(diagnostic.path or module.directory, "").span(0, 0)
    what = f"module {module.address}" if module.address else "the root module"
    message = f"whether all references in {what} are declared is not known: not all of it can be read"
    return unknown(message, place, label="cannot be read", detail="unreadable")
