"""Every rule says the same of a configuration in other words, at the place that corresponds.

Each bad example is a fault, and each way to spell it is a mutant that the rule must catch: values through locals,
defaults, tfvars, arguments of modules, conditions and functions; blocks out of dynamic ones; instances of count and
for_each, of resources and of modules; override files; JSON. Good examples in other words must not become findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from ddbaudit.engine.judge import RawFinding
from ddbaudit.engine.registry import RuleType, load_rules
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import Declaration, ModuleInstance
from ddbaudit.model.estate import Estate
from ddbaudit.model.modules import Module
from ddbaudit.model.validity import Validated
from ddbaudit.testing.cases import Case, cases, judge_files
from tests.rules.rewriting import MAIN, WAYS, Rewritten, read

RULES = tuple(rule for rule in load_rules().rules if any(example.hcl for example in rule.meta.bad))
"""Those about Terraform: a data model by itself is written in one way."""
LEAST = 8
"""Mutants of each rule, all caught."""

KINDS = 5
"""Ways that apply to every rule: those of what has no resources are modules and syntax."""

_CALLS = ("argument", "module", "module-count", "module-for-each")
_MOVES = frozenset({*_CALLS, "count", "for-each"})
"""Ways after which everything has another address, so that a plan replaces it, and other environments have it at the
old one: not for examples about a change or about several environments."""

ROOT = "(root)"

OPEN: Final[Mapping[str, str]] = {
    "try": "`try` of what is not known is not known: it may fail when it is",
    "heredoc": "`chomp` of what is not known gives no known part",
}
"""Ways that make a text of which a part is not known one of which nothing is."""

OTHER: Final[Mapping[tuple[str, str], str]] = {
    ("TF605", "default"): "a default is where such a value belongs",
    ("TF605", "tfvars"): "tfvars are where such a value belongs",
    ("DDB204", "dynamic"): "of two equal blocks, one from a dynamic block, Terraform keeps one",
    ("DDB405", "tfvars"): "each environment has tfvars of its own",
    ("DDB405", "conditional"): "a condition may choose the environment",
    ("DDB405", "functions"): "a function may choose the environment",
    ("DDB405", "element"): "an index may choose the environment",
    ("DDB405", "format"): "what a function made does not tell what it was made of",
}
"""Ways in which the fault is none, or another one."""

ADDRESSED: Final[Mapping[str, str]] = {
    "EST707-log-group-without-retention-good-4": "its parameter names the address of a resource",
    "EST708-api-method-unauthorised-good-5": "its parameter names the address of a resource",
    "TF611-argument-deprecated-good-3": "only a `null` that stands there is known to set nothing",
}
"""Good examples that are good as they are written only."""

_NO_VALUE = re.compile(r'^variable "\w+" \{\n(?!(?:.*\n)*?  default)[^}]*\}', re.M)


def mutants(case: Case) -> Iterator[tuple[str, Rewritten]]:
    """The example in all other words, by the names of the ways."""
    source = read(case.example.hcl)
    for name, way in WAYS.items() if source is not None else ():
        if (case.example.before is not None or case.example.others) and name in _MOVES:
            continue
        rewritten = way(source) if source is not None else None
        if rewritten is not None:
            yield name, rewritten


def judged(case: Case, files: Mapping[str, str]) -> list[RawFinding]:
    """What the rule reports on these files in the place of the example."""
    judgement, _, _ = judge_files(case, files)
    assert judgement.crashes == []
    return judgement.findings


def missed(case: Case, base: list[RawFinding], rewritten: Rewritten, found: list[RawFinding]) -> list[str]:
    """The findings on the source that are not on what is rewritten: at all, or at the place where they belong."""
    told: list[str] = []
    failed, now = ([f for f in findings if f.problem.verdict is Verdict.FAIL] for findings in (base, found))
    if len(now) < len(failed):
        told.append(f"{len(now)} of {len(failed)} findings")
    for finding in failed:
        addresses = _addresses(case.rule, rewritten, finding.address)
        places = [f.problem.primary for f in now if f.address in addresses]
        if not any(_corresponds(rewritten, finding.problem.primary, place) for place in places):
            shown = [str(place) for place in places]
            told.append(f"{addresses}: {finding.problem.message}: {finding.problem.primary} is told at {shown}")
    return told


def _addresses(rule: RuleType, rewritten: Rewritten, address: str) -> set[str]:
    """Where a finding may be told. What is passed to a module is told of the root, or of the module."""
    if rule.subject is Estate or address.startswith("model."):  # what is in a data model is where it is
        return {address}
    now = rewritten.address(address)
    if rule.subject is Declaration:
        return {re.sub(r"\[[^]]*\]$", "", now)}
    return {now, address} if address == ROOT else {now}


def _corresponds(rewritten: Rewritten, place: Span, found: Span) -> bool:
    name = _relative(found)
    if _relative(place) != MAIN:  # a place in a plan
        return _relative(place) == name
    return rewritten.rendered.holds(place.start, place.end, name, found.start, found.end)


def _relative(span: Span) -> str:
    return re.sub(r"^.*/ddbaudit-example-[^/]*/", "", span.path)


def _is_of_modules(rule: RuleType) -> bool:
    return rule.subject in (Module, ModuleInstance, Validated)


def is_other(case: Case, way: str, found: list[RawFinding]) -> bool:
    """Whether the example means something else in these words, for a reason that is listed."""
    if (case.rule.meta.id, way) in OTHER:
        return True
    unsure = any(f.problem.verdict is Verdict.UNKNOWN for f in found)
    return way in OPEN and unsure and _NO_VALUE.search(case.example.hcl) is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.meta.id)
def test_every_mutant_is_caught(rule: RuleType) -> None:
    caught: list[str] = []
    survivors: list[str] = []
    for case in (case for case in cases([rule]) if case.kind == "bad"):
        base = judged(case, {MAIN: case.example.hcl})
        assert any(f.problem.verdict is Verdict.FAIL for f in base)
        for way, rewritten in mutants(case):
            found = judged(case, rewritten.rendered.files)
            told = missed(case, base, rewritten, found)
            if not told:
                caught.append(way)
            elif not is_other(case, way, found):
                survivors.append(f"{case.id} {way}: {told}")
    assert survivors == []
    assert len(caught) >= LEAST
    assert len(set(caught)) >= KINDS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.meta.id)
def test_a_good_example_in_other_words_is_good(rule: RuleType) -> None:
    for case in (case for case in cases([rule]) if case.kind == "good" and case.id not in ADDRESSED):
        for way, rewritten in mutants(case):
            if way in _CALLS and _is_of_modules(rule):
                continue  # the module around it is another one, with faults of its own
            found = judged(case, rewritten.rendered.files)
            faults = [f.problem.message for f in found if f.problem.verdict is Verdict.FAIL]
            assert faults == [], f"{case.id} {way}"
            assert not found or is_other(case, way, found), f"{case.id} {way}: {[f.problem.message for f in found]}"


def test_what_is_listed_is_so() -> None:
    """A way that is listed as another meaning is one: no list holds what has become the same."""
    for id, way in OTHER:
        rule = load_rules().get(id)
        told: list[str] = []
        for case in (case for case in cases([rule]) if case.kind == "bad"):
            base = judged(case, {MAIN: case.example.hcl})
            for name, rewritten in mutants(case):
                if name == way:
                    told += missed(case, base, rewritten, judged(case, rewritten.rendered.files))
        assert told, (id, way)
