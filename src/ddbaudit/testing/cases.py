"""Test cases out of the examples of rules: each example goes the whole way, from its source to the rule's verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from ddbaudit.datamodel.reader import read_model
from ddbaudit.engine.faults import diagnostics_of
from ddbaudit.engine.judge import ActiveRule, Judgement, judge
from ddbaudit.engine.registry import RuleType
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.ir.instance import Evaluation
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example
from ddbaudit.testing.changes import plan_between
from ddbaudit.testing.expectations import Expectation, differences, read_expectations

Kind: TypeAlias = Literal["good", "bad", "unknown"]

MAIN = "main.tf"
MODEL = "model.yaml"


@dataclass(frozen=True, slots=True)
class Case:
    """An example of a rule; `number` counts within its kind, from 1."""

    rule: RuleType
    kind: Kind
    number: int
    example: Example

    @property
    def id(self) -> str:
        """`DDB101-pitr-disabled-bad-2`: the same name everywhere."""
        return f"{self.rule.meta.id}-{self.rule.meta.name}-{self.kind}-{self.number}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case. `differences` explain what is not as the example says; empty when all is well."""

    case: Case
    problems: tuple[Problem, ...]
    differences: tuple[str, ...]


def cases(rules: Iterable[RuleType]) -> Iterator[Case]:
    """Every example of the rules."""
    for rule in rules:
        kinds: tuple[tuple[Kind, tuple[Example, ...]], ...] = (
            ("good", rule.meta.good),
            ("bad", rule.meta.bad),
            ("unknown", rule.meta.unknown),
        )
        for kind, examples in kinds:
            for number, example in enumerate(examples, 1):
                yield Case(rule, kind, number, example)


def run_case(case: Case) -> Result:
    """Evaluates the example, runs the rule on all its subjects and compares both ways."""
    example = case.example
    try:
        expected = read_expectations(example.hcl) | read_expectations(example.model, MODEL)
    except ValueError as error:
        return Result(case, (), (str(error),))
    judgement, estate, active = judge_files(case, {MAIN: example.hcl})
    problems = tuple(raw.problem for raw in judgement.findings)
    actual = [_expectation(problem, case) for problem in problems]
    found = [
        *_unfit(case, expected),
        *_unreadable(case, estate, active),
        *judgement.crashes,
        *differences(expected, actual),
    ]
    if all(entry.verdict is Verdict.NOT_APPLICABLE for entry in judgement.ledger) and case.kind != "good":
        found.append("the rule judges nothing in this example")
    return Result(case, problems, tuple(found))


def judge_files(case: Case, files: Mapping[str, str]) -> tuple[Judgement, Estate, ActiveRule]:
    """What the rule says of these files (path to text) in the place of the example's source."""
    example = case.example
    evaluation = evaluate_source(files, example.environment)
    if example.before is not None:
        before = evaluate_source({MAIN: example.before}, example.environment)
        evaluation = replace(evaluation, plan=plan_between(before, evaluation))
    active = ActiveRule(case.rule, case.rule.meta.severity, msgspec.convert(dict(example.params), case.rule.params))
    models = (read_model(example.model, MODEL),) if example.model else ()
    estate = build_estate(evaluation, models)
    others = [build_estate(evaluate_source({MAIN: text}, name), models) for name, text in example.others.items()]
    return judge(estate, [active], (estate, *others)), estate, active


def _expectation(problem: Problem, case: Case) -> Expectation:
    file = MODEL if problem.primary.path == MODEL else ""
    return Expectation(problem.primary.begin.line, case.rule.meta.id, problem.verdict, file)


def _unfit(case: Case, expected: Iterable[Expectation]) -> Iterator[str]:
    """What is wrong with the expectations themselves, for an example of that kind."""
    verdicts = {e.verdict for e in expected}
    for other in sorted({e.rule for e in expected} - {case.rule.meta.id}):
        yield f"it expects {other}, which is another rule"
    if case.kind == "good" and verdicts:
        yield "a good example expects nothing"
    if case.kind == "bad" and Verdict.FAIL not in verdicts:
        yield "a bad example expects a FAIL"
    if case.kind == "unknown" and verdicts != {Verdict.UNKNOWN}:
        yield "an unknown example expects an UNKNOWN and nothing else"


def _unreadable(case: Case, estate: Estate, active: ActiveRule) -> Iterator[str]:
    """Errors in a source that is to be in order. What cannot be read is an example of not knowing."""
    if case.kind == "unknown":
        return
    for diagnostic in diagnostics_of(estate, [active]):
        if diagnostic.level is Level.ERROR:
            yield f"{diagnostic.where}: {diagnostic.summary}: {diagnostic.detail}"


def evaluate_source(files: Mapping[str, str], environment: str) -> Evaluation:
    """A root module of these files (path to text), evaluated without any values from outside."""
    with tempfile.TemporaryDirectory(prefix="ddbaudit-example-") as folder:
        root = Path(folder).resolve()
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return evaluate_root(str(root), Loader(ParseOptions(), [root]), Inputs(), environment)
