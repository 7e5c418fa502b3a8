"""One estate, judged from its configuration and from its plan: what the two may differ in, and what not.

Without the source, a plan may leave a verdict UNKNOWN that the configuration gives, with the reason and what to do. It
must never turn one verdict into the other, and must not be silent about a subject that the configuration judges.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.engine.judge import ActiveRule, Judgement, imbalances, judge
from ddbaudit.engine.packs import find_pack
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.plan.evaluation import evaluate_plan
from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.ir.instance import BlockInstance, Evaluation
from ddbaudit.ir.plan import Plan, keeps_all
from ddbaudit.ir.value import Known, Unknown, Value, is_wholly_known
from ddbaudit.model.build import build_estate
from ddbaudit.model.changes import TableChange

Subject = tuple[str, str]
"""A rule's id and the address of what it judges."""

# A document that a policy may be made of is judged on its own as long as the plan does not tell (see
# frontends/plan/documents.py), a policy that may be there beside those that are: both only from a plan.
_ONLY_IN_PLANS = ("data.aws_iam_policy_document.", ".inline_policy")


OF_SOURCE = {
    "DDB405": "what a name is made of",
    "IAM507": "what is written of an ARN",
    "TF604": "Terraform has refused what it finds before there is a plan",
    "TF605": "what is written of values",
    "TF606": "the validations of variables",
    "TF607": "the descriptions and types of variables and outputs",
    "TF608": "the outputs of modules",
    "TF609": "the versions that a module asks for",
    "TF610": "what refers to a variable",
    "TF611": "which arguments are written",
}
"""Rules about the source, with what they are about: a plan alone has none of it, and they are not applicable."""

OF_KEYS = {"DDB302", "DDB303"}
"""Rules about the key of a table. Where a plan does not tell which key is meant, the table is judged, and UNKNOWN.
Where the provider keeps a key that the configuration no longer names, only the plan has it."""

KEPT = {("blocks-removed", "DDB302")}
"""A finding of a plan alone: a table keeps the key of its state where the configuration no longer names one."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts on one estate; where a subject is judged more than once, all of them."""

    by_subject: Mapping[Subject, tuple[Verdict, ...]]
    unbalanced: tuple[str, ...]

    def of(self, rule: str, address: str) -> tuple[Verdict, ...]:
        return self.by_subject.get((rule, address), ())


def of_source(
    directory: Path, *arguments: tuple[str, str], environment: str = "test", pack: str = "strict"
) -> Verdicts:
    """The verdicts on the root module in a directory; `arguments` as for `Settings`."""
    (evaluation,) = evaluate(Settings((str(directory),), arguments=arguments))
    return of(evaluation, environment, pack)


def of(evaluation: Evaluation, environment: str = "test", pack: str = "strict") -> Verdicts:
    """The verdicts of a pack's rules but for those about the source, and those about changes: only a plan has any."""
    registry = load_rules()
    chosen = find_pack(pack, registry)
    rules = [
        ActiveRule(rule, chosen.severity(rule, environment), chosen.params(rule, environment))
        for rule in registry.rules
        if rule.meta.id in {*chosen.rules} - {*OF_SOURCE} and rule.subject is not TableChange
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


def of_plan(path: Path, environment: str = "test", pack: str = "strict") -> Verdicts:
    """The verdicts on a plan without its source."""
    return of(evaluate_plan(plan_of(path)), environment, pack)


def differences(source: Verdicts, plan: Verdicts) -> list[str]:
    """What a plan must not say, given what the configuration says."""
    found = [*source.unbalanced, *plan.unbalanced]
    for (rule, address), said in source.by_subject.items():
        planned = plan.of(rule, address)
        if not planned and rule in OF_KEYS and any(rule == other for other, _ in unknown(plan)):
            continue
        if not planned:
            found.append(f"{rule} {address}: {_shown(said)} from the source, nothing from the plan")
        elif Verdict.UNKNOWN not in planned and _findings(planned) != _findings(said):
            found.append(f"{rule} {address}: {_shown(said)} from the source, {_shown(planned)} from the plan")
    for (rule, address), planned in plan.by_subject.items():
        only = rule in OF_KEYS or any(part in address for part in _ONLY_IN_PLANS)
        if (rule, address) not in source.by_subject and not only:
            found.append(f"{rule} {address}: nothing from the source, {_shown(planned)} from the plan")
    return sorted(found)


def _findings(verdicts: Iterable[Verdict]) -> set[Verdict]:
    """Those that are findings: what the provider fills in can be judged in a plan where the source has nothing."""
    return set(verdicts) - {Verdict.PASS, Verdict.NOT_APPLICABLE}


def unknown(verdicts: Verdicts) -> list[Subject]:
    """What is left open."""
    return sorted(key for key, said in verdicts.by_subject.items() if Verdict.UNKNOWN in said)


def _shown(verdicts: Iterable[Verdict]) -> str:
    return "/".join(sorted({verdict.name for verdict in verdicts}))


# -- what is written ---------------------------------------------------------------------------------------------------

_IDENTITIES = ("name", "region_name", "sid")


def body_differences(source: Evaluation, plan: Evaluation) -> list[str]:
    """Where the bodies of managed resources say different things: an argument that both know and that is not the same,
    an argument or block that only one has. What the plan leaves open is no difference. Of types that no rule reads only
    the tags are compared."""
    planned = {r.address: r.body for r in plan.resources}
    found: list[str] = []
    for instance in source.resources:
        other = planned.get(instance.address)
        if instance.mode != "managed" or instance.expansion is not None:
            continue
        if other is None:
            found.append(f"{instance.address}: missing")
        elif keeps_all(instance.type) and instance.type.startswith("aws_"):
            found.extend(_unlike(instance.address, instance.body, other))
        elif _plain(instance.body.value("tags")) != _plain(other.value("tags")):
            found.append(f"{instance.address}.tags differ")
    return found


def _unlike(label: str, source: BlockInstance, plan: BlockInstance) -> Iterator[str]:
    for name in sorted({*source.arguments, *plan.arguments}):
        one, other = source.value(name), plan.value(name)
        if is_wholly_known(one) and is_wholly_known(other) and _plain(one) != _plain(other):
            yield f"{label}.{name}: {_plain(one)!r} from the source, {_plain(other)!r} from the plan"
    for name in sorted({*source.blocks, *plan.blocks}):
        one_group, other_group = source.group(name), plan.group(name)
        if one_group.unknown is None and other_group.unknown is None:
            yield from _unlike_blocks(f"{label}.{name}", one_group.items, other_group.items, other_group.merged)


def _unlike_blocks(
    label: str, source: Sequence[BlockInstance], plan: Sequence[BlockInstance], merged: Unknown | None
) -> Iterator[str]:
    rest = list(plan)
    for block in source:
        match = next((other for other in rest if _identity(other) == _identity(block)), None)
        if match is not None:
            rest.remove(match)
            yield from _unlike(f"{label}[{_identity(block)}]", block, match)
        elif merged is None:
            yield f"{label}[{_identity(block)}]: only in the source"
    # A block that is off is none.
    yield from (f"{label}[{_identity(b)}]: only in the plan" for b in rest if not _is_off(b))


def _is_off(block: BlockInstance) -> bool:
    enabled = block.value("enabled")
    return isinstance(enabled, Known) and enabled.data is False


def _identity(block: BlockInstance) -> str:
    return next((str(_plain(block.value(name))) for name in _IDENTITIES if name in block.arguments), "")


def _plain(value: Value) -> object:
    """The value for comparison: JSON by what it says, lists and sets alike, "" and empty collections as null."""
    if not isinstance(value, Known):
        return None
    data = value.data
    if isinstance(data, tuple):
        return sorted((_plain(item) for item in data), key=str) or None
    if isinstance(data, Mapping):
        return {key: found for key, item in data.items() if (found := _plain(item)) is not None} or None
    if isinstance(data, str) and data.startswith("{"):
        return json.dumps(json.loads(data), sort_keys=True)
    # null and false mean the same wherever the provider's default is false, which is what it shows for null.
    return None if data == "" or data is False else data
