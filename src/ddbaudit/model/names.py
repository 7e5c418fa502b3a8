"""Resources by the names that people gave them, and where the environment in a name comes from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import part_width
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import text_attr
from ddbaudit.model.subjects import judged

# The argument that gives the name, of types that are kept whole of a plan. Source: the schema of hashicorp/aws 5.100.
NAME_ARGUMENTS: Final[Mapping[str, str]] = {
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_dynamodb_table": "name",
    "aws_ecs_task_definition": "family",
    "aws_iam_group": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_iam_role_policy": "name",
    "aws_iam_user": "name",
    "aws_kms_alias": "name",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
    "aws_secretsmanager_secret": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_ssm_parameter": "name",
}


@dataclass(frozen=True, slots=True)
class NamedResource:
    """A resource of a type that has a name; `name` is Absent where the provider makes one up."""

    instance: ResourceInstance
    name: Attr

    @property
    def address(self) -> str:
        return self.instance.address


def named_resources(estate: Estate) -> tuple[NamedResource, ...]:
    return tuple(
        NamedResource(instance, text_attr(instance.body, NAME_ARGUMENTS[instance.type]))
        for instance in estate.resources
        if instance.mode == "managed" and instance.type in NAME_ARGUMENTS
    )


judged(NamedResource, "resource with a name", lambda estate: estate.once(named_resources))


@dataclass(frozen=True, slots=True)
class EnvironmentWord:
    """The name of an environment as a word in a name. `literal` is the text that it is written in when it is part of a
    longer one; None when a value of its own gives it. `offset` is its place, as `Origin.widths` counts."""

    environment: str
    offset: int
    literal: Span | None


def environment_words(name: Attr, environments: Collection[str]) -> Iterator[EnvironmentWord]:
    """Those in the known parts of a name whose way there is known."""
    pattern = re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(map(re.escape, environments))})(?![0-9A-Za-z])")
    start = 0
    for part in name.parts:
        for match in pattern.finditer(part) if isinstance(part, str) else ():
            word = _word(name, match[0], start + match.start())
            if word is not None:
                yield word
        start += part_width(part)


# Something chosen by another value, such as the environment: it varies, whatever is written.
_CHOSEN = re.compile(r"\?|\blookup\(|\[[^\]]*\b(?:var|local|terraform|each)\.")


def _word(name: Attr, environment: str, offset: int) -> EnvironmentWord | None:
    origin = name.value.origin
    if origin is None:
        return None
    chain = origin.chain(offset)
    end = chain[-1].span
    if end is None or end.path.endswith((".tfvars", ".tfvars.json")):
        return EnvironmentWord(environment, offset, None)
    text = end.text.strip().strip('"')
    if text == environment:
        return EnvironmentWord(environment, offset, None)
    if not re.search(rf"(?<![0-9A-Za-z]){re.escape(environment)}(?![0-9A-Za-z])", text):
        return None
    chosen = any(link.span is not None and _CHOSEN.search(link.span.text) for link in chain[:-1])
    return None if chosen else EnvironmentWord(environment, offset, end)
