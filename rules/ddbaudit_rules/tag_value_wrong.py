"""DDB404: tags with a value that the pack does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import TaggedResource
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import default_tags, table, variable
from ddbaudit_rules._support.naming import Definition, Pattern, check_pattern, compile_pattern
from ddbaudit_rules._support.tags import TagParams

_VALUES = {"Environment": {"environment": True}, "ManagedBy": {"equals": "Terraform"}}
_OWNERS = {"Owner": {"one_of": ["orders", "billing"]}, "Name": {"pattern": "{entity}-{env}"}}


class TagValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tag's value must be; exactly one of the four. `pattern` is one of naming patterns (see DDB401)."""

    equals: str | None = None
    one_of: tuple[str, ...] | None = None
    pattern: str | None = None
    environment: bool = False
    placeholders: dict[str, Definition] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if sum((self.equals is not None, bool(self.one_of), self.pattern is not None, self.environment)) != 1:
            raise ValueError("a tag's value needs exactly one of equals, one_of, pattern and environment: true")
        check_pattern(self.pattern or "", self.placeholders, ("env",))

    def compile(self, environment: str) -> Pattern:
        if self.pattern is not None:
            return compile_pattern(self.pattern, self.placeholders, {"env": ((environment,),)})
        return compile_pattern("{value}", {}, {"value": tuple((word,) for word in self._words(environment))})

    def shown(self, environment: str) -> str:
        if self.pattern is not None:
            return f'a match of "{self.compile(environment).shown}"'
        return join_names([f'"{word}"' for word in self._words(environment)], "or")

    def _words(self, environment: str) -> tuple[str, ...]:
        return (environment,) if self.environment else self.one_of or (self.equals or "",)


class TagValueParams(TagParams, frozen=True):
    """Parameters: what the values must be, by key, and on what."""

    values: Annotated[
        dict[str, TagValue],
        msgspec.Meta(description="by key: `equals`, `one_of`, `pattern` or `environment: true`"),
    ] = msgspec.field(default_factory=dict)


class TagValueWrong(Rule[TaggedResource]):
    meta = RuleMeta(
        id="DDB404",
        name="tag-value-wrong",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A tag's value is not what the pack asks for.",
        rationale=(
            "Reports and policies compare the values of tags letter by letter: `production` is not `prod`, `terraform` "
            "is not `Terraform`. A tag that is not there is the matter of required-tag-missing."
        ),
        remedy="Give the tag the value that the pack asks for; take the environment's name from a variable.",
        references=(
            "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging",
        ),
        good=(
            Example(
                "Values as asked for.",
                variable("environment", default='"dev"')
                + table('tags = {\n  Environment = var.environment\n  ManagedBy   = "Terraform"\n}'),
                {"values": _VALUES},
            ),
            Example("A tag that is not there has no wrong value.", table(), {"values": _VALUES}),
            Example(
                "One of a list, and a pattern.",
                table('tags = {\n  Name  = "orders-dev"\n  Owner = "orders"\n}'),
                {"values": _OWNERS},
            ),
        ),
        bad=(
            Example(
                "Another spelling of the environment.",
                table('tags = {\n  Environment = "development" # expect: DDB404\n}'),
                {"values": _VALUES},
            ),
            Example(
                "The provider's default tags have the wrong value.",
                default_tags('ManagedBy = "terraform" # expect: DDB404') + table(),
                {"values": _VALUES},
            ),
            Example(
                "Not in the list, and the name of another environment.",
                table('tags = {\n  Name  = "orders-prod" # expect: DDB404\n  Owner = "me" # expect: DDB404\n}'),
                {"values": _OWNERS},
            ),
        ),
        unknown=(
            Example(
                "The value is a variable without a value.",
                variable("environment")
                + table("tags = {\n  Environment = var.environment # expect-unknown: DDB404\n}"),
                {"values": _VALUES},
            ),
            Example(
                "The tags are a variable without a value.",
                variable("tags", "map(string)") + table("tags = var.tags # expect-unknown: DDB404"),
                {"values": {"ManagedBy": {"equals": "Terraform"}}},
            ),
        ),
    )
    subject = TaggedResource
    params = TagValueParams

    def check(self, subject: TaggedResource, context: RuleContext) -> Iterator[Problem]:
        params: TagValueParams = context.params
        if not (params.values and params.applies_to(subject)):
            raise NotApplicable("no tag values are set for this type")
        for key, wanted in params.values.items():
            tag = subject.tags.entries.get(key)
            if tag is not None:
                yield from _judge(subject.address, key, tag.value, wanted, context.environment)
            elif subject.tags.unknown is not None:
                message = f'whether {subject.address} has a wrong value for the tag "{key}" is not known'
                yield unknown(message, subject.tags.span, because=subject.tags.unknown, detail=key)


def _judge(address: str, key: str, value: Attr, wanted: TagValue, environment: str) -> Iterator[Problem]:
    if not value.is_set or value.text == "":
        return
    verdict, offset = wanted.compile(environment).match(value)
    shown = wanted.shown(environment)
    if verdict is Verdict.FAIL:
        message = f'the tag "{key}" of {address} is "{value.shown}", not {shown}'
        yield fail(message, value, label=f"not {shown}", help=f"set {key} to {shown}", detail=key, offset=offset)
    elif verdict is Verdict.UNKNOWN:
        message = f'whether the tag "{key}" of {address} is {shown} is not known'
        yield unknown(message, value, label="not all known", detail=key)
