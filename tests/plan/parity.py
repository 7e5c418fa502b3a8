"""One estate, judged from its configuration and from its plan: what the two may differ in, and what not.

Without the source, a plan may leave a verdict UNKNOWN that the configuration gives, with the reason and what to do. It
must never turn one verdict into the other, and must not be silent about a subject that the configuration judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.engine.judge import ActiveRule, Judgement, imbalances, judge
from ddbaudit.engine.packs import find_pack
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.plan.evaluation import evaluate_plan
from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.plan import Plan
from ddbaudit.model.build import build_estate
from ddbaudit.model.changes import TableChange

Subject = tuple[str, str]
"""A rule's id and the address of what it judges."""

# A document that a policy may be made of is judged on its own as long as the plan does not tell (see
# frontends/plan/documents.py), a policy that may be there beside those that are: both only from a plan.
_ONLY_IN_PLANS = ("data.aws_iam_policy_document.", ".inline_policy")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts on one estate; where a subject is judged more than once, all of them."""

    by_subject: Mapping[Subject, tuple[Verdict, ...]]
    unbalanced: tuple[str, ...]

    def of(self, rule: str, address: str) -> tuple[Verdict, ...]:
        return self.by_subject.get((rule, address), ())


def of_source(
    directory: Path, *arguments: tuple[str, str], environment: str = "test", pack: str = "baseline"
) -> Verdicts:
    """The verdicts on the root module in a directory; `arguments` as for `Settings`."""
    (evaluation,) = evaluate(Settings((str(directory),), arguments=arguments))
    return of(evaluation, environment, pack)


def of(evaluation: Evaluation, environment: str = "test", pack: str = "baseline") -> Verdicts:
    """The verdicts of a pack's rules but for those that judge changes: only a plan has any."""
    registry = load_rules()
    chosen = find_pack(pack, registry)
    rules = [
        ActiveRule(rule, chosen.severity(rule, environment), chosen.params(rule, environment))
        for rule in registry.rules
        if rule.meta.id in chosen.rules and rule.subject is not TableChange
    ]
    estate = build_estate(replace(evaluation, environment=environment))
    judgement = judge(estate, rules)
    assert judgement.crashes == []
    return Verdicts(_grouped(judgement), tuple(imbalances(estate, rules, judgement)))


def _grouped(judgement: Judgement) -> dict[Subject, tuple[Verdict, ...]]:
    found: dict[Subject, tuple[Verdict, ...]] = {}
    for entry in judgement.ledger:
        key = (entry.rule, entry.address)
        found[key] = (*found.get(key, ()), entry.verdict)
    return found


def plan_of(path: Path) -> Plan:
    """The plan or state in a file of JSON."""
    with path.open("rb") as stream:
        return read_json(stream, path.name)


def of_plan(path: Path, environment: str = "test", pack: str = "baseline") -> Verdicts:
    """The verdicts on a plan without its source."""
    return of(evaluate_plan(plan_of(path)), environment, pack)


def differences(source: Verdicts, plan: Verdicts) -> list[str]:
    """What a plan must not say, given what the configuration says."""
    found = [*source.unbalanced, *plan.unbalanced]
    for (rule, address), said in source.by_subject.items():
        planned = plan.of(rule, address)
        if not planned:
            found.append(f"{rule} {address}: {_shown(said)} from the source, nothing from the plan")
        elif Verdict.UNKNOWN not in planned and set(planned) != set(said):
            found.append(f"{rule} {address}: {_shown(said)} from the source, {_shown(planned)} from the plan")
    for (rule, address), planned in plan.by_subject.items():
        if (rule, address) not in source.by_subject and not any(part in address for part in _ONLY_IN_PLANS):
            found.append(f"{rule} {address}: nothing from the source, {_shown(planned)} from the plan")
    return sorted(found)


def unknown(verdicts: Verdicts) -> list[Subject]:
    """What is left open."""
    return sorted(key for key, said in verdicts.by_subject.items() if Verdict.UNKNOWN in said)


def _shown(verdicts: Iterable[Verdict]) -> str:
    return "/".join(sorted({verdict.name for verdict in verdicts}))
