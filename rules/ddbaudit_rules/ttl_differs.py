"""MOD805: TTL that is switched on or off, or on another attribute, than the data model has it."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design import BuiltTable
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import NOTE, design_of, undecided
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.examples import block, table, variable

_MODEL = model(designed("ttl: expiresAt", attributes="{id: S, expiresAt: N}"))


def _ttl(attribute: str = '"expiresAt"', enabled: str = "true", header: str = "") -> str:
    body = block("ttl", f"attribute_name = {attribute}\nenabled        = {enabled}", header=header)
    return table(body, name=NAMED)


class TtlDiffers(Rule[BuiltTable]):
    meta = RuleMeta(
        id="MOD805",
        name="ttl-differs",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="TTL is switched on or off, or looks at another attribute, than in the data model.",
        rationale=(
            "Without TTL, what was meant to expire stays and is billed; with TTL that nobody planned, or on another "
            "attribute, items vanish. Neither shows until it is too late."
        ),
        remedy="Set the `ttl` block as the model has it, or correct the model.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#ttl",
        ),
        good=(
            Example("As in the model.", _ttl(), model=_MODEL),
            Example("No TTL in either.", table(name=NAMED), model=model()),
            Example("Switched off, as in the model.", _ttl('""', "false"), model=model()),
        ),
        bad=(
            Example("No TTL.", table(name=NAMED, header="# expect: MOD805"), model=_MODEL),
            Example("Switched off.", _ttl(enabled="false # expect: MOD805"), model=_MODEL),
            Example("Another attribute.", _ttl('"expires" # expect: MOD805'), model=_MODEL),
            Example("TTL that the model does not have.", _ttl(header="# expect: MOD805"), model=model()),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("expire", "bool") + _ttl(enabled="var.expire # expect-unknown: MOD805"),
                model=_MODEL,
            ),
            Example(
                "The attribute is a variable without a value.",
                variable("attribute") + _ttl("var.attribute # expect-unknown: MOD805"),
                model=_MODEL,
            ),
        ),
    )
    subject = BuiltTable

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        found, table = design_of(subject), subject.table
        if found is None:
            yield undecided(subject, "the TTL")
            return
        _, design = found
        ttl, attribute = table.ttl, table.ttl.extra["attribute_name"]
        related = (Related(design.place("ttl"), NOTE),)
        switched = ttl.enabled.is_true()
        if switched is Verdict.UNKNOWN:
            wanted = f'has TTL on "{design.ttl}"' if design.ttl else "has no TTL"
            yield unknown(f"whether {table.label} {wanted}, as in the data model, is not known", ttl.enabled)
        elif switched is Verdict.FAIL and design.ttl:
            yield fail(
                f'{table.label} has no TTL, and TTL on "{design.ttl}" in the data model',
                ttl.enabled,
                label=f'TTL on "{design.ttl}" in the data model',
                help="switch TTL on, or change the model",
                related=related,
            )
        elif switched is Verdict.PASS and not design.ttl:
            yield fail(
                f"{table.label} has TTL, and none in the data model",
                ttl.header,
                label="no TTL in the data model",
                help="items that expire are deleted: switch TTL off, or change the model",
                related=related,
            )
        elif switched is Verdict.PASS and attribute.is_unknown:
            yield unknown(f'whether TTL of {table.label} is on "{design.ttl}" is not known', attribute)
        elif switched is Verdict.PASS and attribute.text != design.ttl:
            yield fail(
                f'TTL of {table.label} is on "{attribute.shown}", and on "{design.ttl}" in the data model',
                attribute,
                label=f'"{design.ttl}" in the data model',
                help="name the attribute of the model, or change the model",
                related=related,
            )
