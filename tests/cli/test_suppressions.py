"""Comments that suppress findings: what they cover, what becomes of them, and that none of them passes unseen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.harness import NO_PITR, TABLE, UNKNOWN_PITR, Shell, extra_rule

IGNORE = 'ddbaudit: ignore[DDB101] reason="restored from exports"'
LINE = "enabled = false"


def _codes(report: dict[str, Any]) -> list[str]:
    return [d["code"] for d in report["diagnostics"]]


def _findings(report: dict[str, Any], *, live: bool) -> list[str]:
    return [f["rule"] for f in report["findings"] if (f["suppressed"] is None) is live]


@pytest.mark.parametrize("parser", ["native", "python-hcl2"])
@pytest.mark.parametrize(
    "text",
    [
        NO_PITR.replace(LINE, f"{LINE} # {IGNORE}"),
        NO_PITR.replace(LINE, f"{LINE} // {IGNORE}"),
        NO_PITR.replace(LINE, f"{LINE} /* {IGNORE} */"),
        NO_PITR.replace(LINE, f"# {IGNORE}\n    {LINE}"),
        NO_PITR.replace(LINE, f"# {IGNORE}\n    # and another comment\n    /* and\n one */\n    {LINE}"),
        NO_PITR.replace("  point", f"  # {IGNORE}\n  point"),
        NO_PITR.replace("recovery {", f"recovery {{ # {IGNORE}"),
        f"# {IGNORE}\n{NO_PITR}",
        NO_PITR.replace('"orders" {', f'"orders" {{ # {IGNORE}'),
        NO_PITR.replace(LINE, f"{LINE} # {IGNORE}").replace("DDB101", "pitr-disabled"),
        NO_PITR.replace(LINE, f"{LINE} # {IGNORE}").replace("\n", "\r\n"),
    ],
    ids=[
        *("behind", "slashes", "block-comment", "above", "comments-between", "block-above", "block-behind"),
        *("resource-above", "resource-behind", "by-name", "crlf"),
    ],
)
def test_a_comment_suppresses_in_its_line_argument_block_or_resource(shell: Shell, parser: str, text: str) -> None:
    shell.write("main.tf", text)
    report = shell.json("--parser", parser)
    assert (report["outcome"]["code"], _findings(report, live=True), _codes(report)) == (0, [], [])
    (finding,) = report["findings"]
    assert finding["suppressed"]["kind"] == "comment"
    assert finding["suppressed"]["reason"] == "restored from exports"
    assert finding["suppressed"]["until"] is None
    assert finding["suppressed"]["place"]["file"] == "main.tf"
    assert finding["blocking"] is False
    assert report["ledger"]["counts"]["fail"] == 1
    assert report["outcome"]["counts"]["suppressed"] == 1


@pytest.mark.parametrize(
    "text",
    [
        f"# {IGNORE}\n\n{NO_PITR}",
        NO_PITR.replace("hash_key ", f"# {IGNORE}\n  hash_key "),
        f"{NO_PITR}# {IGNORE}\n",
        NO_PITR.replace('"PAY_PER_REQUEST"', f'"PAY_PER_REQUEST" # {IGNORE}'),
    ],
    ids=["blank-line", "other-argument", "at-the-end", "other-line"],
)
def test_a_comment_elsewhere_suppresses_nothing_and_is_reported(shell: Shell, text: str) -> None:
    shell.write("main.tf", text)
    report = shell.json()
    assert report["outcome"]["code"] == 1
    assert (_findings(report, live=True), _findings(report, live=False)) == (["DDB101"], [])
    assert _codes(report) == ["SUP004"]


def test_an_unused_rule_among_used_ones_is_named(shell: Shell) -> None:
    both = IGNORE.replace("DDB101", "DDB101, DDB201")
    shell.write("main.tf", f"# {both}\n{NO_PITR}")
    report = shell.json()
    assert report["outcome"]["code"] == 0
    (diagnostic,) = report["diagnostics"]
    assert diagnostic["detail"] == "DDB201 finds nothing there"
    assert diagnostic["help"] == "remove DDB201 from it"


def test_a_rule_that_did_not_run_is_not_unused(shell: Shell) -> None:
    shell.write("main.tf", f"# {IGNORE}\n{NO_PITR}")
    assert _codes(shell.json("--select", "DDB102")) == []


def test_a_module_call_covers_what_is_in_the_module(shell: Shell) -> None:
    shell.write("modules/t/main.tf", NO_PITR)
    calls = 'module "a" {\n  source = "./modules/t"\n}\n\n# IGNORE\nmodule "b" {\n  source = "./modules/t"\n}\n'
    shell.write("main.tf", calls.replace("IGNORE", IGNORE))
    report = shell.json("--select", "DDB101")
    addresses = {f["address"]: f["suppressed"] is not None for f in report["findings"]}
    assert addresses == {"module.a.aws_dynamodb_table.orders": False, "module.b.aws_dynamodb_table.orders": True}
    assert _codes(report) == []


def test_one_environment_of_several_is_suppressed_alone(shell: Shell) -> None:
    shell.write("modules/t/main.tf", NO_PITR.replace(LINE, f"{LINE} # {IGNORE} env=dev,sit"))
    for name in ("dev", "sit", "prod"):
        shell.write(f"environments/{name}/main.tf", 'module "t" {\n  source = "../../modules/t"\n}\n')
    report = shell.json("--select", "DDB101")
    assert report["outcome"]["code"] == 1
    found = [(f["environments"], f["suppressed"] is not None) for f in report["findings"]]
    assert found == [(["prod"], False), (["dev", "sit"], True)]
    assert len({f["fingerprint"] for f in report["findings"]}) == 1


def test_until_holds_through_its_day_and_fails_afterwards(shell: Shell) -> None:
    from datetime import date

    from ddbaudit.app.audit import Settings, audit

    path = shell.write("main.tf", f"# {IGNORE} until=2026-11-20\n{NO_PITR}")
    settings = {"paths": (str(path.parent),)}
    held = audit(Settings(**settings, today=date(2026, 11, 20)))  # type: ignore[arg-type]
    assert (int(held.outcome.code), held.diagnostics) == (0, ())
    assert held.findings[0].suppressed is not None
    assert held.findings[0].suppressed.until == "2026-11-20"
    over = audit(Settings(**settings, today=date(2026, 11, 21)))  # type: ignore[arg-type]
    assert int(over.outcome.code) == 1
    assert [d.code for d in over.diagnostics] == ["SUP002"]
    assert over.findings[0].suppressed is None


def test_an_expired_suppression_fails_whatever_the_severity(shell: Shell) -> None:
    shell.write("main.tf", f"# {IGNORE} until=2020-01-01\n{NO_PITR}")
    run = shell.check("--fail-on", "never")
    assert run.code == 1
    assert "error[SUP002] Expired suppression: the suppression of DDB101 ended on 2020-01-01" in run.out
    assert "because: 1 suppression does not hold" in run.out


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("ddbaudit: ignore", "is no suppression"),
        ("ddbaudit ignore[DDB101] reason=x", "is no suppression"),
        ("DDBAUDIT: ignore[DDB101]", "is no suppression"),
        ("ddb-audit: ignore[DDB101]", "is no suppression"),
        ("ddbaudit: skip=DDB101", "is no suppression"),
        ("ddbaudit-disable DDB101", "is no suppression"),
        ("ddbaudit: ignore[DDB101", "is no suppression"),
        ('ddbaudit: ignore[] reason="x"', "it names no rule"),
        ('ddbaudit: ignore[DDB101,] reason="x"', "a rule is missing between its commas"),
        ('ddbaudit: ignore[*] reason="x"', '"*" is a wildcard'),
        ('ddbaudit: ignore[DDB*] reason="x"', '"DDB*" is a wildcard'),
        ('ddbaudit: ignore[DDB1] reason="x"', 'there is no rule "DDB1"'),
        ('ddbaudit: ignore[pitr-disable] reason="x"', 'did you mean "pitr-disabled"'),
        ('ddbaudit: ignore[DDB101,pitr-disabled] reason="x"', "it names DDB101 twice"),
        ("ddbaudit: ignore[DDB101]", "it gives no reason"),
        ('ddbaudit: ignore[DDB101] reason=" "', "it gives no reason"),
        ("ddbaudit: ignore[DDB101] reason=exports", "its reason is not quoted"),
        ('ddbaudit: ignore[DDB101] reason="x" reason="y"', "it says reason twice"),
        ('ddbaudit: ignore[DDB101] reasn="x"', 'it has no "reasn" (did you mean "reason"?)'),
        ('ddbaudit: ignore[DDB101] reason="x" until=2027-02-30', '"2027-02-30" is no day'),
        ('ddbaudit: ignore[DDB101] reason="x" until=31.01.2027', '"31.01.2027" is no day'),
        ('ddbaudit: ignore[DDB101] reason="x" env=*', '"*" is no list of environments'),
        ('ddbaudit: ignore[DDB101] reason="x" env="dev,,sit"', '"dev,,sit" is no list of environments'),
        ('ddbaudit: ignore[DDB101] reason="x" as agreed', '"as agreed" is not understood'),
        ('ddbaudit: ignore[DDB101] reason="x', "is not understood"),
        ('see ticket 4; ddbaudit: ignore[DDB101] reason="x"', "must stand at the beginning"),
    ],
)
def test_a_comment_that_is_not_understood_suppresses_nothing_and_fails(shell: Shell, comment: str, says: str) -> None:
    shell.write("main.tf", f"# {comment}\n{NO_PITR}")
    report = shell.json()
    assert report["outcome"]["code"] == 1
    assert _findings(report, live=True) == ["DDB101"]
    (diagnostic,) = report["diagnostics"]
    assert (diagnostic["code"], diagnostic["level"]) == ("SUP001", "error")
    assert says in diagnostic["detail"]
    assert diagnostic["help"]
    assert diagnostic["place"]["start"] == {"line": 1, "column": 1}


def test_a_broken_comment_fails_a_clean_tree(shell: Shell) -> None:
    shell.write("main.tf", f"# ddbaudit: ignore[all]\n{TABLE}")
    assert shell.check().code == 1


def test_a_comment_that_speaks_of_ddbaudit_is_none_of_its_business(shell: Shell) -> None:
    shell.write("main.tf", f"# ddbaudit ignores nothing here; see ddbaudit.toml and `ddbaudit explain`\n{TABLE}")
    assert (shell.check().code, _codes(shell.json())) == (0, [])


def test_no_ignores_suppresses_nothing(shell: Shell) -> None:
    shell.write("main.tf", f"# {IGNORE}\n{NO_PITR}")
    report = shell.json("--no-ignores")
    assert (report["outcome"]["code"], _findings(report, live=True), _codes(report)) == (1, ["DDB101"], [])


def test_what_is_suppressed_can_be_listed(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR.replace(LINE, f"{LINE} # {IGNORE} until=2999-12-31"))
    said = (
        "suppressed[DDB101] main.tf:12:15 aws_dynamodb_table.orders [default] by a comment (main.tf:12:21) "
        'until 2999-12-31: "restored from exports"\n'
    )
    assert said in shell.check("--show-suppressed").out
    assert "suppressed[" not in shell.check().out


def test_an_unknown_verdict_is_counted_apart(shell: Shell) -> None:
    shell.write("main.tf", f"# {IGNORE}\n{UNKNOWN_PITR}")
    run = shell.check()
    assert run.code == 0
    assert "1 suppressed (1 of them unknown)" in run.last


def test_the_crash_of_a_rule_is_not_suppressed(shell: Shell) -> None:
    shell.install("crashing", extra_rule("1 / 0"))
    shell.write("main.tf", f'# ddbaudit: ignore[ZZZ901] reason="x"\n{TABLE}')
    assert shell.check("--select", "ZZZ901").code == 4


PACK = """\
name: ours
description: Ours.
extends: baseline
environments: [dev, prod]
rules:
  DDB101:
    SETTING
"""


@pytest.mark.parametrize(
    ("setting", "environment", "code"),
    [
        ("suppressible: false", "dev", 1),
        ("environments: {prod: {suppressible: false}}", "dev", 0),
        ("environments: {prod: {suppressible: false}}", "prod", 1),
        ("suppressible: true", "prod", 0),
    ],
)
def test_a_pack_forbids_to_suppress_a_rule(shell: Shell, setting: str, environment: str, code: int) -> None:
    shell.write("pack.yaml", PACK.replace("SETTING", setting))
    shell.write("main.tf", f"# {IGNORE}\n{NO_PITR}")
    report = shell.json("--pack", "pack.yaml", "--env", environment)
    assert report["outcome"]["code"] == code
    assert _codes(report) == (["SUP003"] if code else [])
    assert _findings(report, live=True) == (["DDB101"] if code else [])


def test_what_one_of_two_packs_forbids_is_forbidden(shell: Shell) -> None:
    shell.write("pack.yaml", PACK.replace("SETTING", "suppressible: false"))
    shell.write("other.yaml", PACK.replace("SETTING", "suppressible: true").replace("ours", "other"))
    shell.write("main.tf", f"# {IGNORE}\n{NO_PITR}")
    for packs in ("pack.yaml,other.yaml", "other.yaml,pack.yaml"):
        assert _codes(shell.json("--pack", packs)) == ["SUP003"]


def test_suppressible_is_true_or_false(shell: Shell) -> None:
    shell.write("pack.yaml", PACK.replace("SETTING", "suppressible: never"))
    shell.write("main.tf")
    run = shell.check("--pack", "pack.yaml")
    assert run.code == 2
    assert '"suppressible" is true or false' in run.err


def test_a_property_of_the_json_syntax_suppresses(shell: Shell) -> None:
    table = (
        '{"resource": {"aws_dynamodb_table": {"t": {\n"//": "ddbaudit: ignore[DDB101] reason=\\"x\\"",\n'
        '"name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",\n'
        '"attribute": [{"name": "pk", "type": "S"}],\n"point_in_time_recovery": {"enabled": false}}}}}\n'
    )
    shell.write("main.tf.json", table)
    report = shell.json()
    assert (report["outcome"]["code"], _findings(report, live=False), _codes(report)) == (0, ["DDB101"], [])
    shell.write("main.tf.json", table.replace("ignore[", "ignore"))
    assert _codes(shell.json()) == ["SUP001"]


def test_a_comment_in_a_variable_file_is_not_passed_over(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    shell.write("terraform.tfvars", f"# {IGNORE}\npitr = false\n")
    report = shell.json()
    assert (report["outcome"]["code"], _codes(report)) == (1, ["SUP004"])


def test_hostile_text_in_a_comment_is_escaped(shell: Shell) -> None:
    shell.write("main.tf", '# ddbaudit: ignore[\x1b[31m] reason="x"\n' + TABLE)
    run = shell.check()
    assert run.code in (1, 3)
    assert "\x1b" not in run.all
