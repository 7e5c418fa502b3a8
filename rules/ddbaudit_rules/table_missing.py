"""MOD801: tables of the data model that a root module does not create."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.design import DesignedTable, designed_tables, name_of, unseen
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.examples import table, variable

_ITEMS = designed(key="items", comment=" # expect: MOD801")


class TableMissing(Rule[DesignedTable]):
    meta = RuleMeta(
        id="MOD801",
        name="table-missing",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The data model has a table that the root module does not create.",
        rationale=(
            "A table that the design counts on and nobody creates fails at the first request, and in one environment "
            "only where the others have it. Tables are found by their names; one that another root module of the same "
            "environment creates under the same model is not missing."
        ),
        remedy="Create the table, or take it out of the model (or out of this environment there).",
        references=(
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-modeling-nosql.html",
        ),
        good=(
            Example("The table is there.", table(name=NAMED), model=model()),
            Example(
                "It exists in prod only.",
                table(name=NAMED),
                model=model(designed(), designed("environments: [prod]", key="items")),
            ),
            Example(
                "Another root module creates it.",
                table(name=NAMED),
                others={"dev": table(name='"items-dev"')},
                model=model(designed(), designed(key="items")),
            ),
        ),
        bad=(
            Example("One of two is missing.", table(name=NAMED), model=model(designed(), _ITEMS)),
            Example(
                "It has another name in this environment.",
                table(name='"orders-development"'),
                model=model(designed(comment=" # expect: MOD801")),
            ),
            Example(
                "It is not created in prod.",
                variable("environment", default='"prod"')
                + table('count = var.environment == "dev" ? 1 : 0', name='"orders-${var.environment}"'),
                environment="prod",
                model=model(designed(comment=" # expect: MOD801")),
            ),
        ),
        unknown=(
            Example(
                "The name begins with a variable without a value.",
                variable("prefix") + table(name='"${var.prefix}-dev"'),
                model=model(designed(comment=" # expect-unknown: MOD801")),
            ),
            Example(
                "Whether it is created is not known.",
                variable("enabled", "bool") + table("count = var.enabled ? 1 : 0", name=NAMED),
                model=model(designed(comment=" # expect-unknown: MOD801")),
            ),
        ),
    )
    subject = DesignedTable

    def check(self, subject: DesignedTable, context: RuleContext) -> Iterator[Problem]:
        estate, design = context.estate, subject.design
        plan = estate.evaluation.plan
        if plan is not None and plan.mode == "destroy":
            raise NotApplicable("the plan destroys everything")
        if any(table.instance.expansion is None for table in subject.built):
            return
        elsewhere = _elsewhere(subject, context)
        if elsewhere is not None:
            raise NotApplicable(f"{elsewhere} creates it")
        name = name_of(design, estate.environment).replace("{env}", estate.environment)
        related = tuple(_root(estate))
        reason = _doubt(subject, estate)
        partial = plan is not None and (plan.targets or plan.deferred or plan.errored)
        if reason is not None or partial:
            message = f"whether the root module creates the {subject.label} is not known"
            label = f'named "{name}"'
            yield unknown(message, design.span, because=reason, label=label, related=related, detail=design.key)
        else:
            yield fail(
                f"the root module does not create the {subject.label}",
                design.span,
                label=f'no table named "{name}"',
                help="create the table, or say in the model in which environments it exists",
                related=related,
                detail=design.key,
            )


def _root(estate: Estate) -> Iterator[Related]:
    """The first file of the root module, which has no place of its own."""
    for file in estate.evaluation.files[:1]:
        yield Related(file.span(0, 0), "the root module")


def _doubt(subject: DesignedTable, estate: Estate) -> Unknown | None:
    """Why the root may create it all the same."""
    possible = (first_unknown(table.instance.expansion, table.name.unknown) for table, _ in subject.found)
    return first_unknown(*possible, unseen(estate))


def _elsewhere(subject: DesignedTable, context: RuleContext) -> str | None:
    """Another root module of the environment that certainly creates it under the same model."""
    for other in context.estates:
        if other is context.estate or other.environment != context.environment:
            continue
        for found in other.once(designed_tables):
            same = found.model == subject.model and found.design.key == subject.design.key
            if same and any(v is Verdict.PASS and t.instance.expansion is None for t, v in found.found):
                return other.root
    return None
