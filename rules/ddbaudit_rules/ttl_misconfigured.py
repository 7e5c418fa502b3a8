"""DDB104: `ttl` blocks that say one thing and do another."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, reason
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.operation import is_given


def _ttl(*lines: str, header: str = "") -> str:
    return table(block("ttl", "\n".join(lines), header=header))


_NO_NUMBERS = frozenset({"S", "B"})
_ON = 'enabled        = true\nattribute_name = "expiresAt"'


class TtlMisconfigured(Rule[Table]):
    meta = RuleMeta(
        id="DDB104",
        name="ttl-misconfigured",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table's TTL is enabled without an attribute that holds a time, or has one and is not enabled.",
        rationale=(
            "TTL needs both: `enabled = true` and the attribute that holds the time of expiry. `enabled` is false "
            "unless it is set, so a block that only names an attribute switches TTL off, and Terraform plans and "
            "applies that without a word: items that should expire stay, and are paid for. The provider takes "
            "`attribute_name` only together with `enabled = true`: it must not be set otherwise. Enabled without an "
            "attribute is refused by the plan. An attribute that is declared as a key of the type S or B never holds a "
            "number, and TTL ignores every item whose attribute is no number."
        ),
        remedy="Set both `enabled = true` and the `attribute_name` of a number, or neither where TTL is to be off.",
        errors=(
            'terraform plan: Attribute "ttl[0].attribute_name" cannot have an empty value',
            'terraform plan: Attribute "ttl[0].attribute_name" must be specified when "ttl[0].enabled" is "true".',
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#ttl",
        ),
        good=(
            Example("TTL is on.", _ttl("enabled        = true", 'attribute_name = "expiresAt"')),
            Example("TTL is off, and no attribute is named.", _ttl("enabled = false")),
            Example(
                "Attribute and switch go together.",
                variable("ttl_enabled", "bool", "false")
                + _ttl("enabled        = var.ttl_enabled", 'attribute_name = var.ttl_enabled ? "expiresAt" : null'),
            ),
            Example(
                "The attribute is also a key, and a number.",
                table(block("ttl", _ON), attributes="id expiresAt:N", range_key='"expiresAt"'),
            ),
        ),
        bad=(
            Example(
                "The switch is forgotten, so TTL is off.",
                _ttl('attribute_name = "expiresAt"', header="# expect: DDB104"),
            ),
            Example(
                "An attribute is named, and TTL is switched off.",
                _ttl("enabled        = false # expect: DDB104", 'attribute_name = "expiresAt"'),
            ),
            Example("No attribute is named.", _ttl("enabled = true", header="# expect: DDB104")),
            Example(
                "The attribute's name is empty.",
                variable("ttl_attribute", default='""')
                + _ttl("enabled        = true", "attribute_name = var.ttl_attribute # expect: DDB104"),
            ),
            Example(
                "A key that is a string is no time: nothing ever expires.",
                table(block("ttl", f"{_ON} # expect: DDB104"), attributes="id expiresAt", range_key='"expiresAt"'),
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("ttl_enabled", "bool")
                + _ttl("enabled        = var.ttl_enabled # expect-unknown: DDB104", 'attribute_name = "expiresAt"'),
            ),
            Example(
                "The attribute is a variable without a value, and may be empty.",
                variable("ttl_attribute")
                + _ttl("enabled        = true", "attribute_name = var.ttl_attribute # expect-unknown: DDB104"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        ttl = subject.ttl
        if ttl.present is False:
            raise NotApplicable("it has no ttl block")
        name, enabled = ttl.extra["attribute_name"], ttl.enabled
        on, named = enabled.is_true(), is_given(name)
        if on is Verdict.PASS and named is Verdict.FAIL:
            message = f"TTL of {subject.label} is enabled and names no attribute"
            yield fail(message, name, label="no attribute_name", help="name the attribute that holds the expiry time")
        elif on is Verdict.FAIL and named is Verdict.PASS:
            yield fail(
                f'TTL of {subject.label} is off, although it names the attribute "{name.shown}"',
                enabled,
                label=f"enabled is {enabled.shown}" if enabled.is_set else "no enabled, which means false",
                help="set `enabled = true`, or leave attribute_name out",
                related=(Related(name.span, "the attribute is named here"),),
            )
        elif on is Verdict.UNKNOWN:
            message = f"whether TTL of {subject.label} is what it says is not known"
            yield unknown(message, enabled, label="on or off")
        elif named is Verdict.UNKNOWN:
            yield unknown(f"whether TTL of {subject.label} names an attribute is not known", name, label="may be empty")
        elif on is Verdict.PASS and named is Verdict.PASS:
            yield from _type(subject, name)


def _type(table: Table, name: Attr) -> Iterator[Problem]:
    """What is declared as a key has a type, which must be that of a time."""
    because = table.attributes_unknown
    for declared in table.attributes:
        same, type_ = equal(declared.name, name), declared.type.text
        if same is Verdict.PASS and type_ in _NO_NUMBERS:
            message = f'TTL of {table.label} reads "{name.shown}", which is declared with the type {type_}'
            help = "name an attribute that holds the time as a number, in seconds since 1970"
            related = (Related(declared.type.span, "the type"),)
            yield fail(message, name, label="never a number, so nothing expires", help=help, related=related)
            return
        if same is not Verdict.FAIL and (type_ in _NO_NUMBERS or declared.type.is_unknown):
            because = first_unknown(because, reason(declared.name, name, declared.type))
    if because is not None:
        message = f'whether TTL of {table.label} reads a number is not known: "{name.shown}" may be declared otherwise'
        yield unknown(message, name, because=because, label="may be no number")
