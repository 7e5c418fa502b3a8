"""The environment variables that task definitions and functions carry in plain text.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (`environment` is a list
of objects with `name` and `value`; what `secrets` names is fetched when the task starts, and is not read here), and the
schema of hashicorp/aws 5.100.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Absent, Known, Unknown, Value
from ddbaudit.model.attached import of_type
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.policy_text import PolicyTextError, value_of_text
from ddbaudit.model.reading import attr, elements, first_unknown, members, nested, own_place
from ddbaudit.model.subjects import judged

TASK = "aws_ecs_task_definition"
FUNCTION = "aws_lambda_function"
_NAMED = ("aws_secretsmanager_secret", "aws_ssm_parameter")


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """A variable of a known name. `value` is at its own place, or at the expression that holds it; `container` is the
    name of the container, as far as known, and empty for a function."""

    name: str
    value: Attr
    container: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment variables of a task definition or a function; `unknown` tells why there may be more."""

    instance: ResourceInstance
    variables: tuple[EnvironmentVariable, ...]
    unknown: Unknown | None
    span: Span

    @property
    def address(self) -> str:
        return self.instance.address


def environments_of(estate: Estate) -> tuple[Environment, ...]:
    tasks = (_of_task(instance) for instance in of_type(estate, TASK))
    return (*tasks, *(_of_function(instance) for instance in of_type(estate, FUNCTION)))


judged(Environment, "task definition or function", lambda e: e.once(environments_of))


def names_of_secrets(estate: Estate) -> frozenset[str]:
    """The names of the secrets and parameters that the configuration makes: they tell where a secret is, not what."""
    found = (attr(instance.body, "name").text for instance in of_type(estate, *_NAMED))
    return frozenset(name for name in found if name)


def _of_function(instance: ResourceInstance) -> Environment:
    blocks = nested(instance.body, "environment")
    unknown = blocks.unknown
    variables: list[EnvironmentVariable] = []
    place = instance.body.header
    for block, _ in blocks.all:
        found = attr(block, "variables")
        known, more = members(found.value)
        unknown, place = first_unknown(unknown, more), found.span
        variables.extend(EnvironmentVariable(name, _at(value, found.span)) for name, value in known.items())
    return Environment(instance, tuple(variables), unknown, place)


def _of_task(instance: ResourceInstance) -> Environment:
    found = attr(instance.body, "container_definitions")
    containers, unknown = elements(_decoded(found.value))
    variables: list[EnvironmentVariable] = []
    for number, definition in enumerate(containers):
        entries, more = members(definition)
        name = Attr(entries.get("name", Absent()), found.span)
        container = name.public or str(number)
        listed, rest = elements(entries.get("environment", Absent()))
        unknown = first_unknown(unknown, more, rest)
        for entry in listed:
            known, hidden = members(entry)
            unknown = first_unknown(unknown, hidden, *_nameless(known))
            variables.extend(_variable(known, found.span, container))
    return Environment(instance, tuple(variables), unknown, found.span)


def _decoded(value: Value) -> Value:
    """What the JSON was encoded from, or its text read; nothing when it is no JSON."""
    if isinstance(value, Known | Unknown) and value.structure is not None:
        return value.structure
    if isinstance(value, Absent):
        return value
    try:
        return value_of_text(value)
    except PolicyTextError:
        return Absent()


def _nameless(entry: dict[str, Value]) -> Iterator[Unknown | None]:
    name = entry.get("name")
    yield name if isinstance(name, Unknown) else None


def _variable(entry: dict[str, Value], place: Span, container: str) -> Iterator[EnvironmentVariable]:
    name, value = entry.get("name"), entry.get("value", Absent())
    if isinstance(name, Known) and isinstance(name.data, str) and not isinstance(value, Absent):
        yield EnvironmentVariable(name.data, _at(value, place), container)


def _at(value: Value, place: Span) -> Attr:
    return Attr(value, own_place(value, place))
