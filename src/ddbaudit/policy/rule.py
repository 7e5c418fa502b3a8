"""A declarative rule, compiled: a `Rule` over resource instances like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.plan import KEPT_ALWAYS, keeps_all
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.value import Absent
from ddbaudit.model.attr import Attr
from ddbaudit.model.subjects import type_of
from ddbaudit.policy.conditions import Condition, Scope
from ddbaudit.policy.find import root_of
from ddbaudit.policy.messages import also, filled, in_doubt, label, scope_in_doubt, violated
from ddbaudit.policy.outcome import Group, Outcome, Spot
from ddbaudit.sdk.details import neutral
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import NotApplicable, Rule, RuleContext


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule asks of resources of one type: `requirements` must all hold, `when` decides whether it asks at all.
    `reads` are the arguments and blocks that it looks at."""

    when: Condition | None
    requirements: tuple[Condition, ...]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule as it is written: conditions by resource type (`data.` in front of data sources), the environments in
    which it judges (all, if there are none), and the author's message."""

    conditions: Mapping[str, Conditions]
    environments: tuple[str, ...]
    message: str


class PolicyRule(Rule[ResourceInstance]):
    """Base of the classes that rules in YAML become."""

    subject = ResourceInstance
    policy: ClassVar[Policy]

    def check(self, subject: ResourceInstance, context: RuleContext) -> Iterator[Problem]:
        policy = self.policy
        if policy.environments and context.environment not in policy.environments:
            raise NotApplicable(f"the rule is for {join_names(policy.environments, 'and')} only")
        conditions = policy.conditions[type_of(subject)]
        if not _is_read(subject, conditions.reads):
            yield _unread(subject)
            return
        yield from neutral(_judged(policy, conditions, subject, context), context.environment)


def _is_read(instance: ResourceInstance, reads: frozenset[str]) -> bool:
    """Whether the arguments are there to be read: of a plan without its source, those of many types are not."""
    if not isinstance(instance.body.header.source, StructuredFile):
        return True
    has_schema = resource_schema(instance.mode, instance.type) is not None
    return (keeps_all(instance.type, instance.mode) and has_schema) or reads <= KEPT_ALWAYS


def _unread(instance: ResourceInstance) -> Problem:
    message = f"what {instance.address} is configured with is not read from a plan of {instance.type}"
    help = "give the configuration that the plan was made of with --source DIR"
    return unknown(message, instance.body.header, label="not read", help=help)


def _judged(
    policy: Policy, conditions: Conditions, instance: ResourceInstance, context: RuleContext
) -> Iterator[Problem]:
    scope, place = Scope(context.environment, context.params), root_of(instance)
    applies = conditions.when.ask(place, scope) if conditions.when is not None else None
    if applies is not None and applies.verdict is Verdict.FAIL:
        raise NotApplicable("the condition under `when` does not hold")
    outcomes = [condition.ask(place, scope) for condition in conditions.requirements]
    if applies is not None and applies.verdict is Verdict.UNKNOWN:
        if any(outcome.verdict is not Verdict.PASS for outcome in outcomes):
            yield from _doubts(applies, instance)
        return
    yield from _once(problem for outcome in outcomes for problem in _problems(policy, outcome, instance, scope))


def _problems(policy: Policy, outcome: Outcome, instance: ResourceInstance, scope: Scope) -> Iterator[Problem]:
    if outcome.verdict is Verdict.PASS:
        return
    said = False
    for group in outcome.groups:
        for problem in _problem(policy, group, instance, scope):
            said = said or problem.verdict is outcome.verdict
            yield problem
    if not said:
        raise RuntimeError("what does not pass is always said somewhere")


def _once(problems: Iterator[Problem]) -> Iterator[Problem]:
    """What is not known for one reason at one place is said once."""
    seen: set[tuple[object, ...]] = set()
    for problem in problems:
        key = (problem.primary, problem.message.rpartition("; ")[2], problem.origin)
        if problem.verdict is not Verdict.UNKNOWN or key not in seen:
            yield problem
        seen.add(key)


def _doubts(applies: Outcome, instance: ResourceInstance) -> Iterator[Problem]:
    """Whether the rule is for a resource is not known, and it would not simply pass."""
    for group in applies.groups:
        if group.verdict is Verdict.UNKNOWN:
            spot = group.spots[0]
            yield unknown(
                scope_in_doubt(spot, instance), spot.at, because=spot.because, label="not known", detail=spot.path
            )


def _problem(policy: Policy, group: Group, instance: ResourceInstance, scope: Scope) -> Iterator[Problem]:
    group = Group(group.verdict, tuple(sorted(group.spots, key=_is_absent)))
    spots = group.spots
    for spot in spots:
        _hide(spot)
    related = tuple(Related(spot.span, note) for spot, note in also(spots))
    detail = _detail(spots)
    if group.verdict is Verdict.UNKNOWN:
        spot = spots[0]
        yield unknown(
            in_doubt(spot, instance),
            spot.at,
            because=spot.because,
            label=label(spot),
            related=related,
            detail=detail,
        )
    elif group.verdict is Verdict.FAIL:
        spot = spots[0]
        own = filled(policy.message, instance, spot, scope.environment) if policy.message else ""
        message = own or violated(group, instance)
        yield fail(message, spot.at, label=label(spot), related=related, detail=detail)


def _is_absent(spot: Spot) -> bool:
    """Of several places, one at which something stands is the first to look at."""
    return isinstance(spot.at, Attr) and isinstance(spot.at.value, Absent)


def _hide(spot: Spot) -> None:
    """No report may quote what a secret is written as, in a related place neither."""
    if isinstance(spot.at, Attr) and spot.at.value.sensitive and spot.at.value.origin is not None:
        spot.at.value.origin.hide_literals()


def _detail(spots: tuple[Spot, ...]) -> str:
    return ", ".join(dict.fromkeys(spot.path for spot in spots))


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def make(name: str, members: Mapping[str, Any]) -> type[PolicyRule]:
    """A class of its own for each rule, as the engine wants them."""
    return type(camel(name), (PolicyRule,), {"__module__": __name__, **members})
