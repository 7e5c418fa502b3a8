"""Whether a plan was made of the source at hand: what certainly does not agree between the two (PLAN014).

Three kinds: what the source declares against the configuration in the plan (found while the source is evaluated), the
instances of both, and the values of DynamoDB and IAM resources where both know them. A plan of an older source is
judged by what it does, but its findings would point at places that no longer say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.plan.stale_values import differing_values
from ddbaudit.ir.instance import Declaration, Evaluation
from ddbaudit.ir.plan import Difference, Plan

MOST = 20
"""Of more differences than this only the number is told."""
HELP = "make the plan again, or give the source that it was made of"
_KEY = re.compile(r'\[(?:\d+|\?|"(?:[^"\\]|\\.)*")\]')


def staleness(evaluation: Evaluation, plan: Plan) -> tuple[Diagnostic, ...]:
    """A diagnostic for every difference, at its place in the source; `evaluation` is that under the plan, before
    anything of it was filled in."""
    found = list(evaluation.differences)
    if plan.mode == "normal" and plan.kind == "plan":
        found.extend(_without_known(found, _Instances(evaluation, plan).differences()))
        found.extend(_without_known(found, differing_values(evaluation, plan)))
    found.extend(_undeclared_variables(evaluation, plan))
    return _diagnostics(list(dict.fromkeys(found)), evaluation.root)


def _without_known(known: list[Difference], more: Iterable[Difference]) -> Iterator[Difference]:
    """What says something new: of a block that is missing as a whole its instances are missing too."""
    blocks = {d.address for d in known if _is_whole(d)}
    places = {(_static(d.address), d.place) for d in known if d.place is not None}
    for difference in more:
        static = _static(difference.address)
        if (static, difference.place) not in places and blocks.isdisjoint(_leading(static)):
            yield difference


def _leading(static: str) -> Iterator[str]:
    """An address without keys, and those of the module calls that lead to it."""
    yield static
    module = static.rpartition(".data.")[0] if ".data." in static else static.rpartition(".")[0].rpartition(".")[0]
    while module:
        yield module
        module = module.rpartition(".module.")[0]


def _is_whole(difference: Difference) -> bool:
    return difference.detail.endswith(("made without it", "not declare it", "not call it"))


def _static(address: str) -> str:
    """An address without instance keys."""
    return _KEY.sub("", address)


def _undeclared_variables(evaluation: Evaluation, plan: Plan) -> Iterator[Difference]:
    declared = evaluation.modules[0].variables if evaluation.modules else {}
    for name in plan.variables if evaluation.modules and not _is_broken(evaluation) else ():
        if name not in declared:
            yield Difference(f"var.{name}", "the plan has a value for it, the source does not declare it")


def _is_broken(evaluation: Evaluation) -> bool:
    """Whether some of the source could not be read, so that what seems missing may be there."""
    return any(d.level is Level.ERROR and d.code.startswith(("HCL", "IO")) for d in evaluation.diagnostics)


def _diagnostics(found: list[Difference], root: str) -> tuple[Diagnostic, ...]:
    found.sort(key=lambda d: (d.place is None, d.place.sort_key() if d.place is not None else (), d.address, d.detail))
    made = [_diagnostic(f"{d.address}: {d.detail}", d.place, root) for d in found[:MOST]]
    if len(found) > MOST:
        made.append(_diagnostic(f"there are {len(found) - MOST} further differences", None, root))
    return tuple(made)


def _diagnostic(detail: str, place: Span | None, root: str) -> Diagnostic:
    path = root if place is None else None
    return Diagnostic("PLAN014", Level.ERROR, "Plan and source disagree", safe_text(detail), place, path, HELP)


@dataclass(slots=True)
class _Instances:
    """Which instances the source has, and which the plan."""

    evaluation: Evaluation
    plan: Plan

    def differences(self) -> Iterator[Difference]:
        plan = self.plan
        theirs = {c.address: c for c in (*plan.data, *plan.changes) if c.remains}
        ours = {r.address: r for r in self.evaluation.resources}
        declared: dict[str, Declaration] = {_static(d.address): d for d in self.evaluation.declarations}
        open_ = {_static(d.address) for d in self.evaluation.declarations if _is_open(d)}
        broken = _is_broken(self.evaluation)
        for address, change in theirs.items():
            if address in ours or not open_.isdisjoint(_leading(_static(change.declaration))):
                continue
            declaration = declared.get(_static(change.declaration))
            if declaration is not None:
                detail = "the plan has this instance, the source does not make it"
                yield Difference(address, detail, declaration.header)
            elif not broken and change.mode == "managed":
                yield Difference(address, "it is in the plan, and the source does not declare it")
        if plan.targets or plan.deferred or plan.errored or plan.complete is False:
            return
        for address, instance in ours.items():
            if address not in theirs and instance.expansion is None:
                yield Difference(address, "the source makes this instance, the plan lacks it", instance.body.header)


def _is_open(declaration: Declaration) -> bool:
    """Whether the source cannot tell what instances there are: their number is unknown, or the module is not there."""
    return declaration.instances is None or (declaration.type == "module" and not declaration.schema_known)
