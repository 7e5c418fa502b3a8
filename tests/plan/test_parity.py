"""One estate, four inputs, the same findings: directories, plan JSON with and without its source, binary plans.

Plan JSON without its source may say UNKNOWN where the others decide (a policy that mentions a table which does not
exist yet is not in the plan); it may not say anything else, and no rule is silent.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from scripts.record_plans import REPOSITORY

from ddbaudit.sdk.report import ExitCode, Report
from tests.plan.parity import KEPT, OF_KEYS, OF_SOURCE
from tests.plan.recorded import RECORDED, Laid, Signature, lay

GONE = {"destroy": "nothing remains that a rule could speak of"}
"""Recordings whose plan leaves nothing of what the configuration says."""

FILES = {"service": "it reads tables.yaml"}
"""Recordings whose configuration reads files that a binary plan does not carry: what they say is UNKNOWN in it, unless
`--source` gives them."""

LEFT_OUT = {"PLAN010", "PLAN011", "PLAN013"}
"""What is said of plans that leave resources out: no finding is expected of those."""

MEASURED = frozenset(yaml.safe_load((REPOSITORY / "fixtures/scenarios/plans/pack.yaml").read_text())["rules"])
MAX_OPEN = {"DDB101": 6}
MAX_SHARE = 0.2
"""Of all verdicts of these rules on the plans of all recordings (measured: 0.18). Three quarters are of policies, which
are not in the plan as long as they mention a new table; most others ask whether two dynamic blocks made the same twice.
DDB101: plans do not mention dynamic blocks, one of which may set it."""


@pytest.fixture(params=sorted(RECORDED))
def laid(request: pytest.FixtureRequest, tmp_path: Path) -> Laid:
    return lay(RECORDED[request.param], tmp_path)


def told(found: set[Signature]) -> list[str]:
    return [str(signature) for signature in sorted(found)]


def without_place(found: set[Signature]) -> set[Signature]:
    return {Signature(s.rule, s.address, s.verdict, s.fingerprint) for s in found}


def expected(laid: Laid) -> set[Signature]:
    """What the configuration alone gives, where the plan does not take it away."""
    found = laid.signatures(laid.hcl())
    return {s for s in found if s.rule in OF_SOURCE} if laid.recording.name in GONE else found


def test_plan_json_with_its_source_says_what_the_source_says(laid: Laid) -> None:
    assert told(laid.signatures(laid.with_source())) == told(expected(laid))


def test_a_binary_plan_says_what_its_source_says(laid: Laid) -> None:
    said = laid.signatures(laid.binary())
    if laid.recording.name in FILES:
        assert any(s.verdict == "unknown" for s in said)
        said = laid.signatures(laid.binary(with_source=True))
    assert told(said) == told(expected(laid))


def test_plan_only_rules_say_the_same_of_every_form_of_a_plan(laid: Laid) -> None:
    reports = (laid.alone(), laid.with_source(), laid.binary())
    first, *others = ({(f.rule, f.address, f.verdict, f.fingerprint) for f in r.findings} for r in reports)
    plan_only = [{f for f in found if f[0] == "DDB216"} for found in (first, *others)]
    assert plan_only[0] == plan_only[1] == plan_only[2]


def test_plan_json_alone_is_never_more_lenient(laid: Laid) -> None:
    """Each finding of the source is one of the plan's, or at least UNKNOWN there; the plan fails nothing else."""
    report = laid.alone()
    said, alone = without_place(expected(laid)), laid.signatures(report, places=False)
    said = {s for s in said if s.rule not in OF_SOURCE}
    unknown = {(s.rule, s.address) for s in alone if s.verdict == "unknown"}
    open_rules = {rule for rule, _ in unknown} & OF_KEYS
    missing = {s for s in said - alone if (s.rule, s.address) not in unknown and s.rule not in open_rules}
    if report.outcome.code is ExitCode.INCOMPLETE and {d.code for d in report.diagnostics} & LEFT_OUT:
        judged = {entry.address for entry in report.ledger if not entry.rule.startswith("TF")}
        missing = {s for s in missing if s.address in judged}
    assert told(missing) == []
    surplus = {s for s in alone - said if s.verdict == "fail" and (laid.recording.name, s.rule) not in KEPT}
    assert told(surplus) == []
    assert {s.rule for s in alone} & {*OF_SOURCE} == set()


def test_what_plan_json_alone_leaves_open_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened: Counter[str] = Counter()
    verdicts = 0
    for name, recording in RECORDED.items():
        laid = lay(recording, tmp_path / name)
        report, said = laid.alone(), without_place(expected(laid))
        judged = [entry.verdict.value for entry in report.ledger if entry.rule in MEASURED]
        verdicts += sum(verdict in ("pass", "fail", "unknown") for verdict in judged)
        found = laid.signatures(report, places=False) - said
        opened.update(s.rule for s in found if s.verdict == "unknown" and s.rule in MEASURED)
    with capsys.disabled():
        print(f"\nplan JSON alone leaves {opened.total()} of {verdicts} verdicts open: {dict(opened)}")
    assert all(opened[rule] <= most for rule, most in MAX_OPEN.items())
    assert opened.total() <= MAX_SHARE * verdicts


def test_every_table_of_the_source_is_in_the_plan(laid: Laid) -> None:
    def tables(report: Report) -> set[tuple[str, str]]:
        return {(t.address, t.name) for t in report.inventory.tables}

    named = tables(laid.hcl())
    for report in (laid.with_source(), laid.binary(), laid.alone()):
        if laid.recording.name in GONE:
            named = set()
        elif {d.code for d in report.diagnostics} & LEFT_OUT:
            assert report.outcome.code is ExitCode.INCOMPLETE
            continue
        assert {address for address, _ in tables(report)} == {address for address, _ in named}
        assert {name for _, name in tables(report) if "$" not in name} >= {n for _, n in named if "$" not in n}
