"""DDB114: tables in another region than the pack names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.regions import TableRegion
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.operation import provider

_CAPE_TOWN = {"region": "af-south-1"}


class RegionParams(Params, frozen=True):
    """Parameters: the region."""

    region: Annotated[str, msgspec.Meta(description="the region that all tables of the environment are in")] = ""


class RegionNotAsRequired(Rule[TableRegion]):
    meta = RuleMeta(
        id="DDB114",
        name="region-not-as-required",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="The tables are in another region than the pack names for the environment.",
        rationale=(
            "Where data is kept is a matter of law and of latency, and what fails over where is agreed by region. The "
            "region of a table is that of its provider, and the wrong value in one file of variables makes all tables "
            "anew, and empty, somewhere else. A provider without `region` takes it from the shell that runs Terraform."
        ),
        remedy="Set `region` of the provider to the one that the pack names for the environment.",
        references=(
            "https://docs.aws.amazon.com/general/latest/gr/ddb.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs#region",
        ),
        good=(
            Example("The region is the one of the pack.", provider('"af-south-1"') + table(), _CAPE_TOWN),
            Example(
                "The region is a variable with a default.",
                variable("region", default='"af-south-1"') + provider("var.region") + table(),
                _CAPE_TOWN,
            ),
            Example(
                "A provider without tables may be elsewhere.",
                provider('"af-south-1"') + provider('"us-east-1"', '"certificates"') + table(),
                _CAPE_TOWN,
            ),
        ),
        bad=(
            Example("Another region.", provider('"eu-west-1" # expect: DDB114') + table(), _CAPE_TOWN),
            Example(
                "The default of a variable is another region.",
                variable("region", default='"eu-west-1"') + provider("var.region # expect: DDB114") + table(),
                _CAPE_TOWN,
            ),
            Example(
                "The table has a provider of its own.",
                provider('"af-south-1"')
                + provider('"eu-west-1" # expect: DDB114', '"ireland"')
                + table(provider="aws.ireland"),
                _CAPE_TOWN,
            ),
        ),
        unknown=(
            Example(
                "The region is a variable without a value.",
                variable("region") + provider("var.region # expect-unknown: DDB114") + table(),
                _CAPE_TOWN,
            ),
            Example(
                "The region comes from the shell.",
                table(header="# expect-unknown: DDB114"),
                _CAPE_TOWN,
            ),
        ),
    )
    subject = TableRegion
    params = RegionParams

    def check(self, subject: TableRegion, context: RuleContext) -> Iterator[Problem]:
        wanted, region = context.params.region, subject.region
        if not wanted:
            raise NotApplicable("no region is named")
        first, rest = subject.tables[0].label, len(subject.tables) - 1
        tables = first if not rest else f"{first} and {plural(rest, 'more table')}"
        be = "are" if rest else "is"
        if region.text is None:
            message = f"whether {tables} {be} in {wanted} is not known"
            yield unknown(message, region, label="may be another region")
        elif region.text != wanted:
            message = f"{tables} {be} in {region.shown}, not in {wanted}"
            yield fail(message, region, label="another region", help=f"use {wanted}")
