"""DDB403: resources without the tags that the pack requires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Origin
from ddbaudit.model.estate import Estate, TaggedResource
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Tags
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import default_tags, table, variable
from ddbaudit_rules._support.tags import TagParams, presence

_REQUIRED = {"required": ["Environment", "Owner"]}


class RequiredTagParams(TagParams, frozen=True):
    """Parameters: the keys that must be there, and on what."""

    required: Annotated[tuple[str, ...], msgspec.Meta(description="the tag keys that every resource must have")] = ()


class RequiredTagMissing(Rule[TaggedResource]):
    meta = RuleMeta(
        id="DDB403",
        name="required-tag-missing",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A resource lacks a tag that the pack requires.",
        rationale=(
            "Costs, ownership and access by attribute hang on tags; what is not tagged is found in no report. A "
            "resource has its own tags and the provider's `default_tags`. A tag with a null or an empty value counts "
            "as missing."
        ),
        remedy="Add the tags to the resource, or to `default_tags` of the provider for all resources at once.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging",
        ),
        good=(
            Example(
                "Both tags are there.",
                table('tags = {\n  Environment = "dev"\n  Owner       = "orders"\n}'),
                _REQUIRED,
            ),
            Example(
                "One tag comes from the provider.",
                default_tags('Environment = "dev"') + table('tags = {\n  Owner = "orders"\n}'),
                _REQUIRED,
            ),
            Example(
                "Tables are required to have tags, policies are not.",
                'resource "aws_iam_user" "ci" {\n  name = "ci"\n}\n',
                {**_REQUIRED, "types": ["aws_dynamodb_table"]},
            ),
        ),
        bad=(
            Example("There are no tags.", table(header="# expect: DDB403"), _REQUIRED),
            Example(
                "One of them is missing.",
                table('tags = { # expect: DDB403\n  Environment = "dev"\n}'),
                _REQUIRED,
            ),
            Example(
                "The key is spelt differently, and one value is empty.",
                table('tags = merge({ owner = "orders" }, { Environment = "" }) # expect: DDB403'),
                _REQUIRED,
            ),
        ),
        unknown=(
            Example(
                "The tags are a variable without a value.",
                variable("tags", "map(string)") + table("tags = var.tags # expect-unknown: DDB403"),
                _REQUIRED,
            ),
            Example(
                "The rest of the tags is a variable without a value.",
                variable("tags", "map(string)")
                + table('tags = merge(var.tags, { Environment = "dev" }) # expect-unknown: DDB403'),
                _REQUIRED,
            ),
        ),
    )
    subject = TaggedResource
    params = RequiredTagParams

    def check(self, subject: TaggedResource, context: RuleContext) -> Iterator[Problem]:
        params: RequiredTagParams = context.params
        if not (params.required and params.applies_to(subject)):
            raise NotApplicable("no tags are required of this type")
        tags = subject.tags
        found = {key: presence(tags, key) for key in params.required}
        missing = [key for key, verdict in found.items() if verdict is Verdict.FAIL]
        doubtful = [key for key, verdict in found.items() if verdict is Verdict.UNKNOWN]
        if missing:
            keys = join_names(missing)
            yield fail(
                f"{subject.address} lacks the {'tag' if len(missing) == 1 else 'tags'} {keys}",
                tags.span,
                label=f"no {join_names(missing, 'or')}",
                help=f"add {keys} to its tags, or to default_tags of the provider",
                detail=",".join(missing),
                origin=_where_tags_are_made(subject, missing[0], params.required, context.estate),
                near=_siblings(tags, params.required),
            )
        if doubtful:
            message = f"whether {subject.address} has the {'tag' if len(doubtful) == 1 else 'tags'} "
            values = (tags.entries[key].value.unknown for key in doubtful if key in tags.entries)
            because = first_unknown(tags.unknown, *values)
            detail = ",".join(doubtful)
            yield unknown(f"{message}{join_names(doubtful)} is not known", tags.span, because=because, detail=detail)


def _siblings(tags: Tags, required: tuple[str, ...]) -> tuple[Span, ...]:
    """The places of the required tags that are there: where these are made, the missing one should be."""
    origins = [tags.entries[key].value.value.origin for key in required if key in tags.entries]
    return tuple(origin.span for origin in origins if origin is not None and origin.span is not None)


def _where_tags_are_made(
    subject: TaggedResource, missing: str, required: tuple[str, ...], estate: Estate
) -> Origin | None:
    """Where the missing tag most likely belongs: in the resource's own tags when other resources have it among theirs,
    in the provider's default_tags when these give other required ones, else in its own."""
    elsewhere = [other.tags.entries[missing] for other in estate.tagged if missing in other.tags.entries]
    defaults = subject.instance.provider.default_tags
    own = subject.instance.body.value("tags").origin
    if any(not tag.from_provider for tag in elsewhere):
        return own
    given = {key for key in required if key in subject.tags.entries and subject.tags.entries[key].from_provider}
    return defaults.origin if given else own
