"""`ddbaudit criteria` on small trees: what is a tick, what is none, and how it is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.harness import BROKEN, NO_PITR, TABLE, UNKNOWN_PITR, Shell

PLANS = Path(__file__).parents[2] / "fixtures" / "plans"
CRITERIA = """\
format: 1
document: The <orders> of *everybody*
environments: [dev, prod]
criteria:
  - {id: recovery, says: Tables can be restored., place: Section 1, proof: {rules: DDB101}}
  - {id: billing, says: Tables are billed by request., place: Section 2, proof: {rules: DDB102}}
"""


def give(shell: Shell, **tables: str) -> None:
    shell.write("c.yaml", CRITERIA)
    for environment, text in tables.items():
        shell.write(f"live/{environment}/main.tf", text)


def marks(shell: Shell, *arguments: str, code: int) -> dict[str, tuple[str, str]]:
    """Criterion -> its mark and what its first evidence says."""
    run = shell.run("criteria", "live", "--criteria", "c.yaml", *arguments, "-o", "json")
    assert run.code == code, run.all
    report = run.report
    assert report["code"] == code
    (checklist,) = report["checklists"]
    return {c["id"]: (c["mark"], c["evidence"][0]["text"]) for c in checklist["criteria"]}


def test_everything_is_met(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=TABLE)
    assert marks(shell, code=0) == {
        "recovery": ("met", "DDB101 passes on 2 subjects: 1 in dev, 1 in prod"),
        "billing": ("met", "DDB102 passes on 2 subjects: 1 in dev, 1 in prod"),
    }


def test_one_fault_unticks_one_criterion_and_names_the_place(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=NO_PITR)
    found = marks(shell, code=1)
    assert found["recovery"] == ("unmet", "DDB101 fails on 1 subject: 1 in prod")
    assert found["billing"][0] == "met"
    text = shell.run("criteria", "live", "--criteria", "c.yaml").out
    assert "✗ Tables can be restored.  (Section 1)" in text
    assert 'live/prod/main.tf:12:15: point-in-time recovery of table "orders" is off [prod]' in text
    assert text.rstrip().endswith("2 criteria: 1 met, 1 not met")


def test_what_is_suppressed_is_not_met(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=NO_PITR.replace("false", 'false # ddbaudit: ignore[DDB101] reason="For now."'))
    assert shell.run("check", "live").code == 0
    assert marks(shell, code=1)["recovery"][0] == "unmet"


def test_unknown_is_no_tick(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=UNKNOWN_PITR)
    assert marks(shell, code=3) == {
        "recovery": ("open", "DDB101 cannot tell on 1 subject: 1 in prod"),
        "billing": ("met", "DDB102 passes on 2 subjects: 1 in dev, 1 in prod"),
    }


def test_an_environment_that_is_not_there_is_no_tick(shell: Shell) -> None:
    give(shell, dev=TABLE)
    assert marks(shell, code=3)["recovery"] == ("open", "no root module of prod was judged")


def test_what_was_not_judged_is_no_tick(shell: Shell) -> None:
    give(shell, dev=TABLE, prod='resource "aws_sqs_queue" "q" {}\n')
    said = "DDB101 passes on 1 subject: 1 in dev, where 1 or more are asked for in prod"
    assert marks(shell, code=3)["recovery"] == ("open", said)
    shell.write("c.yaml", CRITERIA.replace("rules: DDB101", "rules: DDB103"))
    give(shell, dev=TABLE)
    shell.write("c.yaml", CRITERIA.replace("rules: DDB101", "rules: DDB103"))
    assert marks(shell, code=3)["recovery"] == (
        "open",
        "DDB103 judged nothing, where 1 or more are asked for in dev and prod",
    )


def test_a_tree_that_could_not_be_read_has_no_tick(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=TABLE)
    shell.write("live/prod/more.tf", 'module "more" {\n  source = "./gone"\n}\n')
    for mark, said in marks(shell, code=3).values():
        assert mark == "open"
        assert "passes, but not everything could be judged: MOD001 live/prod/more.tf:2" in said
    shell.write("live/prod/more.tf", BROKEN)
    assert [mark for mark, _ in marks(shell, code=3).values()] == ["open", "open"]


def test_fewer_than_asked_for_is_no_tick(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=TABLE)
    shell.write("c.yaml", CRITERIA.replace("rules: DDB101", "rules: DDB101, at_least: 2"))
    assert marks(shell, code=3)["recovery"][0] == "open"


def test_an_environment_alone_and_addresses_alone(shell: Shell) -> None:
    give(shell, dev=NO_PITR, prod=TABLE + NO_PITR.replace("orders", "others"))
    for narrowed, code in (("environments: [prod]", 1), ('environments: [prod], on: "*.orders"', 0), ('on: "*.x"', 3)):
        shell.write("c.yaml", CRITERIA.replace("rules: DDB101", f"rules: DDB101, {narrowed}"))
        assert marks(shell, code=code)["billing"][0] == "met"


def test_what_only_somebody_can_say(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=TABLE)
    shell.write("c.yaml", CRITERIA.replace("rules: DDB101", "by_hand: It is a matter of talking."))
    assert marks(shell, code=0)["recovery"] == ("by-hand", "It is a matter of talking.")


def test_formats_are_safe_for_what_reads_them(shell: Shell) -> None:
    give(shell, dev=TABLE, prod=NO_PITR.replace('"orders"\n', '"<b>or_de*rs"\n'))
    run = shell.run(
        "criteria", "live", "--criteria", "c.yaml", "-o", "markdown", "-o", "html=c.html", "-o", "text=c.txt"
    )
    assert run.code == 1
    assert "## The \\<orders\\> of \\*everybody\\*" in run.out
    assert "- [ ] ✗ **Tables can be restored.** (Section 1)" in run.out
    assert "- [x] **Tables are billed by request.** (Section 2)" in run.out
    page = (shell.cwd / "c.html").read_text("utf-8")
    assert "The &lt;orders&gt; of *everybody*" in page
    assert "<b>or" not in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "✗ Tables can be restored." in (shell.cwd / "c.txt").read_text("utf-8")


def errors_of(shell: Shell, *arguments: str) -> str:
    run = shell.run("criteria", *arguments)
    assert (run.code, run.out) == (2, "")
    return run.err


def test_mistakes_of_the_caller(shell: Shell) -> None:
    give(shell, dev=TABLE)
    assert 'there are no criteria "mind-link" (did you mean "mind-links"?)' in errors_of(
        shell, "live", "--criteria", "mind-link"
    )
    assert "no document's criteria concern the root modules" in errors_of(shell, "live")
    assert "nowhere.yaml: the file of criteria cannot be read" in errors_of(shell, "live", "--criteria", "nowhere.yaml")
    shell.write("c.yaml", CRITERIA.replace("DDB102", "DDB120"))
    assert 'c.yaml:6:89: there is no rule "DDB120"' in errors_of(shell, "live", "--criteria", "c.yaml")
    assert 'unknown output format "sarif"' in errors_of(shell, "live", "-o", "sarif")
    shell.write("c.yaml", CRITERIA)
    shell.write("nowhere/tfplan", "")
    said = errors_of(shell, "live", "--criteria", "c.yaml", "--plan", "nowhere/tfplan")
    assert "the plan nowhere/tfplan belongs to no root module that is judged here" in said
    assert "--plan ROOT=FILE" in said
    assert "the plan nowhere.json is no file" in errors_of(
        shell, "live", "--criteria", "c.yaml", "--plan", "live/dev=nowhere.json"
    )


# --- plans as evidence -----------------------------------------------------------------------------------------------

PLANNED = CRITERIA.replace("environments: [dev, prod]\n", "").replace("rules: DDB102", "plan: true")


@pytest.fixture
def planned(shell: Shell) -> Shell:
    """The configuration of the recorded plan `create`, and criteria that ask for a plan of it."""
    source = PLANS.parent / "scenarios" / "plans" / "create" / "after"
    for path in source.rglob("*"):
        if path.is_file():
            shell.write(f"live/dev/{path.relative_to(source)}", path.read_bytes())
    shell.write("c.yaml", PLANNED)
    return shell


def billing(shell: Shell, *arguments: str) -> Any:
    run = shell.run("criteria", "live", "--criteria", "c.yaml", *arguments, "-o", "json")
    (checklist,) = run.report["checklists"]
    (found,) = [c["evidence"][0] for c in checklist["criteria"] if c["id"] == "billing"]
    return found["mark"], found["text"]


def test_a_plan_proves_that_terraform_accepts_it(planned: Shell) -> None:
    assert billing(planned) == ("open", "no plan was given for dev: --plan ROOT=FILE")
    for name in ("tfplan", "plan.json"):
        planned.write(f"live/dev/{name}", (PLANS / "create" / name).read_bytes())
        mark, said = billing(planned, "--plan", f"live/dev/{name}")
        assert (mark, said) == ("met", f"Terraform validated and planned live/dev/{name}")


def test_a_plan_of_something_else_proves_nothing(planned: Shell) -> None:
    planned.write("stale.json", (PLANS / "create" / "plan.json").read_bytes())
    (main,) = [p for p in (planned.cwd / "live/dev").iterdir() if p.name == "main.tf"]
    main.write_text(main.read_text() + '\nresource "aws_sqs_queue" "more" {}\n')
    mark, said = billing(planned, "--plan", "live/dev=stale.json")
    assert mark == "open"
    assert said.startswith("stale.json proves nothing: PLAN")
    planned.write("state.json", (PLANS / "create" / "plan.json").read_bytes()[:100])
    assert billing(planned, "--plan", "live/dev=state.json")[0] == "open"


def test_a_plan_that_ended_with_an_error_refutes(planned: Shell) -> None:
    plan = json.loads((PLANS / "create" / "plan.json").read_text())
    planned.write("errored.json", json.dumps({**plan, "errored": True}))
    mark, said = billing(planned, "--plan", "live/dev=errored.json")
    assert (mark, said) == ("unmet", "Terraform ended errored.json with an error")
