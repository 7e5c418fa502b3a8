"""In every example of every rule, each value is made unknown, one after the other: that may open a verdict, never turn
it. What was PASS or FAIL stays so or becomes UNKNOWN; what was UNKNOWN stays so; what was not judged is not failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from ddbaudit.engine.registry import RuleType, load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.relocate import walk
from ddbaudit.testing.cases import Case, cases, judge_files
from tests.rules.rewriting import MAIN, Source, read

RULES = load_rules().rules
PASS, FAIL, UNKNOWN, NOTHING = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
Turn = tuple[Verdict, Verdict]

_VALUES = (ast.Literal, ast.Template, ast.TupleExpr, ast.ObjectExpr, ast.Call, ast.GetAttr, ast.Conditional)
_UNKNOWN = 'variable "unknown" {\n  type = any\n}\n'

_WRITTEN = "it is about what is written, and a variable in its place is written differently"

SOURCE: Final[Mapping[str, str]] = {
    "DDB405": _WRITTEN,
    "IAM507": _WRITTEN,
    "TF603": _WRITTEN,
    "TF605": _WRITTEN,
    "TF610": _WRITTEN,
    "TF611": _WRITTEN,
    "IAM514": "a reference is what attaches a policy, and a variable holds no policy of this configuration",
}
"""Rules about the source: to make a value unknown is to write something else."""

_ANY = (PASS, FAIL, UNKNOWN)
_OF_MODEL = "what a data model speaks of is found by names and tags that are known"
_OF_NAMES = "only names that are known are compared between environments"
_OF_ROLES = "a policy of a role that is not known is held against no other"
_OF_ARNS = "only what certainly is the ARN of an index is judged"

ACCEPTED: Final[Mapping[tuple[str, Verdict, Verdict], str]] = {
    ("DDB204", FAIL, PASS): "a separate index whose table, or whose key, is not known is held against nothing",
    ("DDB217", UNKNOWN, PASS): "names that are not known, of instances that are not known, are made of their keys",
    ("EST709", FAIL, PASS): "only a name that says so makes an unknown value a secret; every other would be doubted",
    ("IAM502", FAIL, PASS): _OF_ARNS,
    ("IAM502", UNKNOWN, PASS): _OF_ARNS,
    **{(id, before, NOTHING): _OF_MODEL for id in ("IAM505", "IAM510", "IAM511") for before in _ANY},
    **{(id, before, PASS): _OF_MODEL for id in ("IAM505", "IAM510") for before in (FAIL, UNKNOWN)},
    **{("TF612", before, NOTHING): _OF_NAMES for before in _ANY},
    ("TF613", FAIL, PASS): _OF_ROLES,
    ("TF613", UNKNOWN, PASS): _OF_ROLES,
}
"""Where a rule says less than it could, so as not to doubt nearly everything."""


def variants(source: Source) -> Iterator[tuple[str, str]]:
    """The source with each value in turn made unknown, and what was there."""
    done: set[tuple[int, int]] = set()
    for attribute in source.attributes():
        for node in walk(attribute.expr):
            place = (node.start, node.end)
            if not isinstance(node, _VALUES) or place in done:
                continue
            done.add(place)
            text = source.text[: node.start] + "var.unknown" + source.text[node.end :]
            if read(text) is not None:
                yield text, f"{attribute.name}: {source.of(node)[:60]!r}"


def verdicts(case: Case, files: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdict on each subject; that which says most where there are several."""
    found: dict[str, Verdict] = {}
    for entry in judge_files(case, files)[0].ledger:
        before = found.get(entry.address)
        found[entry.address] = entry.verdict if before in (None, NOTHING, PASS) else before
    return found


def turned(case: Case) -> Iterator[tuple[Turn, str]]:
    """Each verdict that an unknown value has turned, with the value. Subjects that are gone, or that are there only
    because something is not known, are left out."""
    source = read(case.example.hcl)
    before = verdicts(case, {MAIN: case.example.hcl})
    for text, what in variants(source) if source is not None else ():
        after = verdicts(case, {MAIN: text, "unknown.tf": _UNKNOWN})
        for address, verdict in before.items():
            now = after.get(address, UNKNOWN)
            if now is not verdict and now is not UNKNOWN:
                yield (verdict, now), f"{case.id} {address}: {verdict.value} is {now.value} without {what}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.meta.id)
def test_an_unknown_value_turns_no_verdict(rule: RuleType) -> None:
    id = rule.meta.id
    accepted = _accepted(id)
    found = [(turn, what) for case in cases([rule]) if case.example.before is None for turn, what in turned(case)]
    if id in SOURCE:
        assert found, "a rule that is listed as one about the source turns"
        return
    assert [what for turn, what in found if turn not in accepted] == []
    assert accepted - {turn for turn, _ in found} == set()


def _accepted(id: str) -> set[Turn]:
    return {(before, after) for rule, before, after in ACCEPTED if rule == id}


def test_values_are_made_unknown() -> None:
    """The test above would say nothing if nothing were."""
    (case, *_) = (case for case in cases([load_rules().get("DDB102")]) if case.kind == "bad")
    source = read(case.example.hcl)
    assert source is not None
    assert len(list(variants(source))) >= 4
    assert {turn for turn, _ in turned(case)} == set()
    opened = [verdicts(case, {MAIN: text, "unknown.tf": _UNKNOWN}) for text, _ in variants(source)]
    assert any(UNKNOWN in found.values() for found in opened)
