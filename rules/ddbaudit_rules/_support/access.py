"""What the statements of a policy allow and deny, statement by statement, with three answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Hole, Unknown
from ddbaudit.model.actions import Granted, granted
from ddbaudit.model.arns import ArnTarget, classify
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import wild_match
from ddbaudit.model.iam import Policy, Statement, Terms
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import NotApplicable

_JUDGED = ("identity", "document")

Cover = Callable[[ArnTarget], Verdict]


@dataclass(frozen=True, slots=True)
class Target:
    """An element of `Resource` or `NotResource` and what it covers."""

    item: Attr
    arn: ArnTarget

    @property
    def table(self) -> str | None:
        """The address of the one table that it is about: it is that table's ARN, ended or followed by `/`."""
        rest = self.item.parts[1:]
        ends = not rest or (isinstance(rest[0], str) and rest[0].startswith("/"))
        return self.arn.anchor.address if self.arn.anchor is not None and ends else None

    @property
    def unknown(self) -> Unknown | None:
        """Why it is not known what it covers; the ARN of a known table is known well enough."""
        hole = next((part.value for part in self.item.parts if isinstance(part, Hole)), None)
        return hole if hole is not None or self.arn.service is not None else self.item.unknown


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """A statement of an identity policy, ready for questions. `allows` and `denies` tell its effect."""

    statement: Statement
    allows: Verdict
    denies: Verdict
    actions: Granted
    targets: tuple[Target, ...]

    @property
    def is_conditional(self) -> bool:
        return bool(self.statement.conditions) or self.statement.conditions_unknown is not None

    @property
    def resources(self) -> Terms:
        """The list that counts: `Resource`, else `NotResource`."""
        statement = self.statement
        return statement.resources if statement.resources.present else statement.not_resources

    @property
    def only(self) -> frozenset[str] | None:
        """The addresses of the tables that it may be about; None when it may be about any."""
        if self.is_negated or self.resources.unknown is not None:
            return None
        tables = [target.table for target in self.targets]
        return None if None in tables else frozenset(address for address in tables if address is not None)

    @property
    def is_negated(self) -> bool:
        return self.statement.not_resources.present and not self.statement.resources.present

    def covers(self, cover: Cover) -> Verdict:
        """Whether the resources cover what `cover` asks of each."""
        if not self.resources.present:
            return Verdict.FAIL
        verdict = any_of(cover(target.arn) for target in self.targets)
        if self.resources.unknown is not None:
            verdict |= Verdict.UNKNOWN
        return ~verdict if self.is_negated else verdict

    @property
    def unknown(self) -> Unknown | None:
        """Why something of it is not known: its effect, actions, resources or conditions."""
        lists = (self.actions.unknown, self.resources.unknown, self.statement.conditions_unknown)
        items = (item.unknown for item in (self.statement.effect, *self.actions.possible.values()))
        return first_unknown(*lists, *items, *(target.unknown for target in self.targets))


def is_dynamodb(target: ArnTarget) -> Verdict:
    """Whether an ARN is of a service that may be DynamoDB."""
    if target.service is None:
        return Verdict.UNKNOWN
    return Verdict.PASS if wild_match(target.service, "dynamodb") else Verdict.FAIL


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    return reduce(or_, verdicts, Verdict.FAIL)


def accesses(policy: Policy, estate: Estate) -> tuple[Access, ...]:
    """The statements of an identity policy; NotApplicable for other policies. A statement with principals is one of a
    resource's policy and left out."""
    if policy.kind not in _JUDGED:
        raise NotApplicable(f"it is a {policy.kind} policy")
    return tuple(_access(s, estate) for s in policy.statements if not s.principals and s.principals_unknown is None)


def _access(statement: Statement, estate: Estate) -> Access:
    terms = statement.resources if statement.resources.present else statement.not_resources
    targets = tuple(Target(item, classify(item.parts, estate)) for item in terms.items)
    allows, denies = _is(statement.effect, "Allow"), _is(statement.effect, "Deny")
    return Access(statement, allows, denies, granted(statement), targets)


def _is(effect: Attr, word: str) -> Verdict:
    if effect.is_unknown:
        return Verdict.UNKNOWN
    return Verdict.PASS if effect.text == word else Verdict.FAIL


def unseen(policy: Policy, question: str) -> Iterator[Problem]:
    """The problem with a policy that cannot be seen as a whole; `question` goes on after `whether policy "x"`."""
    message = f"whether {policy.label} {question} is not known"
    if policy.unknown is not None:
        yield unknown(message, policy.span, because=policy.unknown, label="not all of it can be seen")
    elif policy.invalid is not None:
        yield unknown(f"{message}: {policy.invalid}", policy.span, label="no valid policy")
