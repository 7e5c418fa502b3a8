"""Rules over subjects: one verdict each, problems to findings, everything in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddbaudit.engine.registry import RuleType
from ddbaudit.foundation.errors import describe
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import safe_text
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.instance import Declaration
from ddbaudit.model.estate import Estate
from ddbaudit.model.subjects import KINDS, Subject, address_of, callers_of, type_of
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.report import LedgerEntry, Suppression
from ddbaudit.sdk.rule import NotApplicable, Rule, RuleContext

TABLE_TYPE = "aws_dynamodb_table"


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule as a pack sets it for one environment; `suppressible` tells whether its findings may be suppressed."""

    rule: RuleType
    severity: Severity
    params: Any
    suppressible: bool = True


@dataclass(frozen=True, slots=True)
class RawFinding:
    """A problem with the subject and environment it belongs to, before findings are merged over environments."""

    rule: RuleType
    severity: Severity
    address: str
    environment: str
    root: str
    callers: tuple[Span, ...]
    problem: Problem
    suppressed: Suppression | None = None


@dataclass(slots=True)
class Judgement:
    """What judging one estate gave; `crashes` are messages of rules that failed by themselves."""

    ledger: list[LedgerEntry] = field(default_factory=list)
    findings: list[RawFinding] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)


def subjects_of(rule: RuleType, estate: Estate) -> Sequence[Subject]:
    """Everything in the estate that a rule must judge."""
    found = KINDS[rule.subject].of(estate)
    if rule.resource_types is None:
        return found
    return [subject for subject in found if type_of(subject) in rule.resource_types]


def judge(estate: Estate, rules: Sequence[ActiveRule], estates: Sequence[Estate] = ()) -> Judgement:
    """Every rule on each of its subjects, exactly one ledger entry each. `estates` are all of the run; without them
    the estate is the only one."""
    result = Judgement()
    for active in rules:
        rule = active.rule()
        context = RuleContext(estate, estate.environment, active.params, tuple(estates) or (estate,))
        for subject in subjects_of(active.rule, estate):
            _judge_one(active, rule, subject, context, result)
        result.ledger.extend(_absent(active, estate))
    return result


def _judge_one(active: ActiveRule, rule: Rule[Any], subject: Subject, context: RuleContext, result: Judgement) -> None:
    meta, estate, address = active.rule.meta, context.estate, address_of(subject)

    def record(verdict: Verdict, reason: str = "") -> None:
        result.ledger.append(LedgerEntry(meta.id, address, estate.environment, estate.root, verdict, reason))

    try:
        problems = [_checked(problem) for problem in rule.check(subject, context)]
    except NotApplicable as reason:
        record(Verdict.NOT_APPLICABLE, reason.reason)
        return
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule's crash is a verdict, never the end of the run
        message = f"{meta.id} crashed on {safe_text(address)}: {describe(error)}"
        result.crashes.append(message)
        record(Verdict.ERROR, message)
        return
    record(_verdict(problems))
    for problem in problems:
        callers = callers_of(subject)
        raw = RawFinding(active.rule, active.severity, address, estate.environment, estate.root, callers, problem)
        result.findings.append(raw)


def _checked(problem: object) -> Problem:
    """What a rule yields, if it is a problem; anything else is a fault of the rule."""
    if not isinstance(problem, Problem) or not isinstance(problem.primary, Span):
        raise TypeError("a check yields problems, each with its place")
    if problem.verdict not in (Verdict.FAIL, Verdict.UNKNOWN):
        raise ValueError("a problem is FAIL or UNKNOWN")
    return problem


def _verdict(problems: Sequence[Problem]) -> Verdict:
    if any(p.verdict is Verdict.FAIL for p in problems):
        return Verdict.FAIL
    return Verdict.UNKNOWN if problems else Verdict.PASS


def _absent(active: ActiveRule, estate: Estate) -> Iterator[LedgerEntry]:
    """Tables and resources that are configured and have no instance (`count = 0`): not applicable, and said so."""
    types = _types(active.rule)
    for declaration in estate.declarations:
        if declaration.instances == 0 and type_of(declaration) in types:
            yield LedgerEntry(
                active.rule.meta.id,
                declaration.address,
                estate.environment,
                estate.root,
                Verdict.NOT_APPLICABLE,
                "it has no instances (count or for_each is empty)",
            )


def _types(rule: RuleType) -> frozenset[str]:
    """The types of resources that a rule is about, as far as it names them."""
    if rule.subject is Table:
        return frozenset({TABLE_TYPE})
    return rule.resource_types or frozenset()


def _is_table(declaration: Declaration) -> bool:
    return declaration.mode == "managed" and declaration.type == TABLE_TYPE


def imbalances(estate: Estate, rules: Sequence[ActiveRule], judgement: Judgement) -> list[str]:
    """What does not add up: a rule without exactly one verdict per subject, a configured table that no rule could see.

    Anything here is an error of ours and ends the run with code 4: it must never read as a pass.
    """
    problems: list[str] = []
    seen: dict[str, int] = {}
    for entry in judgement.ledger:
        seen[entry.rule] = seen.get(entry.rule, 0) + 1
    absent = Counter(type_of(d) for d in estate.declarations if d.instances == 0)
    for active in rules:
        expected = len(subjects_of(active.rule, estate)) + sum(absent[type_] for type_ in _types(active.rule))
        actual = seen.get(active.rule.meta.id, 0)
        if actual != expected:
            problems.append(f"{active.rule.meta.id} has {actual} verdicts for {expected} subjects in {estate.root}")
    problems.extend(_missing_tables(estate))
    return problems


def _missing_tables(estate: Estate) -> Iterator[str]:
    made: dict[str, int] = {}
    for table in estate.tables:
        made[table.instance.declaration] = made.get(table.instance.declaration, 0) + 1
    for declaration in estate.declarations:
        if not _is_table(declaration) or declaration.instances is None:
            continue
        have = made.get(declaration.address, 0)
        if have != declaration.instances:
            yield f"{declaration.address} has {declaration.instances} instances, of which {have} were judged"
