"""What evaluation makes of configurations that Terraform refuses: a diagnostic or a fault with its place, never a
crash, never a silent gap."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit, evaluate
from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.value import Known, Unknown, Value

TABLE = """resource "aws_dynamodb_table" "t" {
  name         = %s
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
"""
VIOLATIONS, INCOMPLETE = 1, 3
NAME = "aws_dynamodb_table.t"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty root; places are shown relative to it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(tree: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def evaluated(tree: Path, files: Mapping[str, str]) -> Evaluation:
    write(tree, files)
    (evaluation,) = evaluate(Settings(paths=(".",)))
    return evaluation


def problems(evaluation: Evaluation) -> list[str]:
    """Diagnostics by code and faults by kind, each with its place."""
    faults = [f for m in evaluation.modules for f in m.faults]
    return [f"{d.code} {d.where}" for d in evaluation.diagnostics] + [f"{f.kind} {f.span}" for f in faults]


def exit_code() -> int:
    return int(audit(Settings(paths=(".",))).outcome.code)


def output(evaluation: Evaluation, name: str = "o") -> Value:
    return evaluation.modules[0].outputs[name].value


CYCLES = {
    "locals": (
        {"main.tf": 'locals {\n  a = local.b\n  b = local.c\n  c = "${local.a}x"\n  d = local.a\n}\n'},
        "main.tf:2:3",
        "local.a → local.b → local.c → local.a",
    ),
    "one local": ({"main.tf": "locals {\n  a = local.a\n}\n"}, "main.tf:2:3", "local.a → local.a"),
    "two cycles meet": (
        {"main.tf": "locals {\n  a = [local.b, local.c]\n  b = local.a\n  c = local.c\n}\n"},
        "main.tf:4:3",
        "local.c → local.c",
    ),
    "resource": (
        {"main.tf": 'locals {\n  a = terraform_data.x.id\n}\nresource "terraform_data" "x" {\n  input = local.a\n}\n'},
        "main.tf:2:3",
        "local.a → terraform_data.x → local.a",
    ),
    "resources": (
        {
            "main.tf": 'resource "terraform_data" "x" {\n  input = terraform_data.y.id\n}\n'
            'resource "terraform_data" "y" {\n  input = terraform_data.x.id\n}\n'
        },
        "main.tf:1:1",
        "terraform_data.x → terraform_data.y → terraform_data.x",
    ),
    "module": (
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  a      = module.m.b\n}\n',
            "m/main.tf": 'variable "a" {}\n\noutput "b" {\n  value = var.a\n}\n',
        },
        "m/main.tf:1:1",
        "module.m.var.a → module.m.output.b → module.m.var.a",
    ),
}


@pytest.mark.parametrize("name", CYCLES)
def test_cycles(tree: Path, name: str) -> None:
    files, place, chain = CYCLES[name]
    evaluation = evaluated(tree, files)
    found = [f for m in evaluation.modules for f in m.faults if f.kind == "cycle"]
    assert (place, f"cycle: {chain}") in [(str(f.span), f.message) for f in found]


def test_what_needs_a_cycle_is_unknown_and_the_rest_is_not(tree: Path) -> None:
    text = 'locals {\n  a = local.a\n  b = 1\n}\n\noutput "o" {\n  value = [local.a, local.b]\n}\n'
    value = output(evaluated(tree, {"main.tf": text}))
    assert isinstance(value, Known)
    assert [isinstance(item, Unknown) for item in value.items] == [True, False]


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("var.nope", "undeclared-reference"),
        ("local.nope", "undeclared-reference"),
        ("module.nope.x", "undeclared-reference"),
        ("aws_sns_topic.nope.arn", "undeclared-reference"),
        ("data.aws_region.nope.name", "undeclared-reference"),
        ("nope", "undeclared-reference"),
        ("each.key", "EVAL001"),
        ("count.index", "EVAL001"),
        ("self.id", "EVAL001"),
        ("path.nope", "EVAL001"),
        ("terraform.nope", "EVAL001"),
    ],
)
def test_undeclared(tree: Path, reference: str, kind: str) -> None:
    evaluation = evaluated(tree, {"main.tf": TABLE % reference})
    assert [p.split(":")[0] for p in problems(evaluation)] == [f"{kind} main.tf"]
    assert problems(evaluation)[0].startswith(f"{kind} main.tf:2:")
    assert isinstance(evaluation.resources[0].body.value("name"), Unknown)
    assert exit_code() != 0


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ('1 + "x"', 7),
        ('!"maybe"', 8),
        ("[1][5]", 11),
        ("{ a = 1 }.b", 17),
        ("null.x", 12),
        ("nofn(1)", 7),
        ('"a" ? 1 : 2', 7),
        ("true ? [1] : {}", 7),
        ('"${[1]}x"', 10),
        ("upper()", 7),
        ('tonumber("a")', 16),
        ("{ for x in [1, 1] : x => x }", 7),
    ],
)
def test_invalid_expressions(tree: Path, expression: str, column: int) -> None:
    found = problems(evaluated(tree, {"main.tf": f"locals {{\n  a = {expression}\n}}\n" + TABLE % '"t"'}))
    assert len(found) == 1
    assert found[0].startswith("EVAL001 main.tf:2:")
    if expression[0] != "{" or "for" not in expression:
        assert found == [f"EVAL001 main.tf:2:{column}"]
    assert exit_code() == INCOMPLETE


@pytest.mark.parametrize("name", ["count", "for_each"])
@pytest.mark.parametrize(
    "value", ["null", '["a"]', '"a"', "-1", "1.5", "toset([null])", "toset([1])", "1000000", "{}.a"]
)
def test_refused_repetition(tree: Path, name: str, value: str) -> None:
    text = f'resource "terraform_data" "x" {{\n  {name} = {value}\n}}\n'
    evaluation = evaluated(tree, {"main.tf": text})
    assert [p.rsplit(":", 1)[0] for p in problems(evaluation)] == ["EVAL001 main.tf:2"]
    assert [r.address for r in evaluation.resources] == ["terraform_data.x[?]"]
    assert exit_code() == INCOMPLETE


def test_sensitive_keys_and_both_kinds_of_repetition(tree: Path) -> None:
    text = (
        'resource "terraform_data" "a" {\n  for_each = sensitive({ a = 1 })\n}\n'
        'resource "terraform_data" "b" {\n  count    = 1\n  for_each = {}\n}\n'
    )
    assert problems(evaluated(tree, {"main.tf": text})) == ["EVAL001 main.tf:2:14", "EVAL001 main.tf:6:3"]


@pytest.mark.parametrize("value", ["0", '"0"'])
def test_no_instances(tree: Path, value: str) -> None:
    evaluation = evaluated(tree, {"main.tf": f'resource "terraform_data" "x" {{\n  count = {value}\n}}\n'})
    assert (problems(evaluation), evaluation.resources) == ([], ())
    assert [d.instances for d in evaluation.declarations] == [0]


def test_unknown_keys_stand_for_all_instances(tree: Path) -> None:
    text = (
        'resource "aws_kms_key" "k" {}\n\nresource "terraform_data" "x" {\n'
        "  for_each = toset([aws_kms_key.k.arn])\n  input = each.value\n}\n"
    )
    evaluation = evaluated(tree, {"main.tf": text})
    assert problems(evaluation) == []
    assert [r.address for r in evaluation.resources] == ["aws_kms_key.k", "terraform_data.x[?]"]
    assert evaluation.resources[1].expansion is not None


MANIFEST = ".terraform/modules/modules.json"
REMOTE = 'module "m" {\n  source  = "terraform-aws-modules/dynamodb-table/aws"\n  version = "1.0"\n  name    = "x"\n}\n'


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"main.tf": 'module "m" {\n  source = "./gone"\n}\n'}, "main.tf:2:12"),
        ({"main.tf": REMOTE}, "main.tf:2:13"),
        ({"main.tf": REMOTE, MANIFEST: "[[["}, "main.tf:2:13"),
        ({"main.tf": REMOTE, MANIFEST: '{"Modules": [{"Key": "m", "Dir": "../.."}]}'}, "main.tf:2:13"),
        (
            {
                "main.tf": 'module "m" {\n  source = "./m"\n}\n',
                "m/main.tf": 'module "a" {\n  source = "../m"\n}\n',
            },
            "m/main.tf:2:12",
        ),
    ],
)  # fmt: skip
def test_modules_that_are_not_there(tree: Path, files: dict[str, str], place: str) -> None:
    evaluation = evaluated(tree, {**files, "table.tf": TABLE % '"t"'})
    assert problems(evaluation) == [f"MOD001 {place}"]
    assert [c.kind for c in evaluation.missing] == ["missing-module"]
    assert exit_code() == INCOMPLETE


def test_a_module_that_calls_itself_twice_ends_soon(tree: Path) -> None:
    twice = 'module "a" {\n  source = "../m"\n}\n\nmodule "b" {\n  source = "../m"\n}\n'
    evaluation = evaluated(tree, {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": twice})
    assert problems(evaluation) == ["MOD001 m/main.tf:2:12", "MOD001 m/main.tf:6:12"]


def test_an_installed_module_is_read(tree: Path) -> None:
    modules = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "m", "Source": "registry.terraform.io/x", "Version": "1.0", "Dir": ".terraform/modules/m"},
    ]
    files = {
        "main.tf": REMOTE + '\noutput "o" {\n  value = module.m.name\n}\n',
        MANIFEST: json.dumps({"Modules": modules}),
        ".terraform/modules/m/main.tf": 'variable "name" {}\n\n'
        'module "in" {\n  source = "./in"\n  name   = var.name\n}\n\n'
        'output "name" {\n  value = module.in.name\n}\n',
        ".terraform/modules/m/in/main.tf": 'variable "name" {}\n\n' + TABLE % "var.name"
        + f'\noutput "name" {{\n  value = {NAME}.name\n}}\n',
    }  # fmt: skip
    evaluation = evaluated(tree, files)
    assert problems(evaluation) == []
    assert [r.address for r in evaluation.resources] == [f"module.m.module.in.{NAME}"]
    value = output(evaluation)
    assert isinstance(value, Known)
    assert value.data == "x"


def test_a_hundred_thousand_locals_in_one_chain(tree: Path) -> None:
    size = 100_000
    lines = "".join(f"  l{i} = local.l{i - 1}\n" for i in range(1, size))
    start = time.monotonic()
    evaluation = evaluated(tree, {"main.tf": f'locals {{\n  l0 = "x"\n{lines}}}\n' + TABLE % f"local.l{size - 1}"})
    assert time.monotonic() - start < 60
    assert problems(evaluation) == []
    value = evaluation.resources[0].body.value("name")
    assert isinstance(value, Known)
    assert value.data == "x"


@pytest.mark.parametrize("pair", ["()", "[]"])
def test_deep_nesting(tree: Path, pair: str) -> None:
    text = f"locals {{\n  a = {pair[0] * 2000}1{pair[1] * 2000}\n}}\n"
    evaluation = evaluated(tree, {"main.tf": text + TABLE % '"t"'})
    assert [p.rsplit(":", 1)[0] for p in problems(evaluation)] == ["HCL003 main.tf:2"]
    assert exit_code() == INCOMPLETE


def test_variables_without_value(tree: Path) -> None:
    evaluation = evaluated(tree, {"main.tf": TABLE % "var.x" + '\nvariable "x" {}\n'})
    value = evaluation.resources[0].body.value("name")
    assert isinstance(value, Unknown)
    assert (value.cause.kind, str(value.cause.span)) == ("no-value", "main.tf:12:1")


def test_values_that_do_not_fit(tree: Path) -> None:
    text = (
        'variable "a" {\n  type    = number\n  default = "x"\n}\n\nvariable "b" {\n  type = nonsense\n}\n\n'
        'variable "c" {\n  default = 1\n\n  validation {\n    condition     = var.c > 5\n'
        '    error_message = "Too small: ${var.c}."\n  }\n}\n'
    )
    evaluation = evaluated(tree, {"main.tf": text})
    assert problems(evaluation) == [
        "EVAL001 main.tf:3:13",
        "EVAL001 main.tf:7:10",
        "EVAL001 main.tf:11:13",
        "invalid-value main.tf:3:13",
        "invalid-value main.tf:11:13",
    ]
    refused = evaluation.diagnostics[2]
    assert "Too small: 1." in refused.detail
    assert [str(related.span) for related in refused.related] == ["main.tf:14:21"]


def test_a_broken_file_beside_good_ones(tree: Path) -> None:
    good = TABLE % "local.n" + '\noutput "o" {\n  value = [var.a, aws_sqs_queue.q.name, 1]\n}\n'
    evaluation = evaluated(tree, {"main.tf": good, "broken.tf": 'locals {\n  n = "x\n}\nresource "a" {{{\n'})
    assert {d.where.split(":")[0] for d in evaluation.diagnostics} == {"broken.tf"}
    value = evaluation.resources[0].body.value("name")
    assert isinstance(value, Unknown)
    assert value.cause.kind == "broken"
    listed = output(evaluation)
    assert isinstance(listed, Known)
    assert [v.cause.kind if isinstance(v, Unknown) else None for v in listed.items] == ["broken", "broken", None]
    assert exit_code() == INCOMPLETE


def test_duplicates(tree: Path) -> None:
    second = (
        'variable "a" {}\n\nlocals {\n  x = 2\n}\n\n' + TABLE % '"t"' + '\nprovider "aws" {}\n\nprovider "aws" {}\n'
    )
    first = 'variable "a" {}\n\nlocals {\n  x = 1\n}\n\n' + TABLE % '"t"'
    evaluation = evaluated(tree, {"main.tf": first, "second.tf": second})
    places = {p.split()[1] for p in problems(evaluation) if p.startswith("declared-twice")}
    assert places == {"second.tf:1:1", "second.tf:4:3", "second.tf:7:1", "second.tf:20:1"}
    assert exit_code() == VIOLATIONS  # of TF613


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _outside(path: Path) -> None:
    other = path.parent.parent / "elsewhere.tf"
    other.write_text("locals {}\n")
    path.symlink_to(other)


def _dangling(path: Path) -> None:
    path.symlink_to("gone.tf")


@pytest.mark.skipif(os.name == "nt", reason="needs FIFOs and symbolic links")
@pytest.mark.parametrize("make", [_fifo, _loop, _outside, _dangling])
def test_files_that_cannot_be_read(tree: Path, make: object) -> None:
    assert callable(make)
    write(tree, {"main.tf": TABLE % '"t"'})
    make(tree / "x.tf")
    (evaluation,) = evaluate(Settings(paths=(".",)))
    assert [(d.code, d.where) for d in evaluation.diagnostics] == [("IO001", "x.tf")]
    assert exit_code() == INCOMPLETE


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a file that this user may not read")
def test_an_unreadable_file(tree: Path) -> None:
    write(tree, {"main.tf": TABLE % '"t"', "x.tf": ""})
    (tree / "x.tf").chmod(0)
    (evaluation,) = evaluate(Settings(paths=(".",)))
    assert [(d.code, d.where) for d in evaluation.diagnostics] == [("IO001", "x.tf")]


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_directory_loops_end(tree: Path) -> None:
    write(tree, {"main.tf": TABLE % '"t"'})
    (tree / "sub").symlink_to(".")
    (evaluation,) = evaluate(Settings(paths=(".",)))
    assert problems(evaluation) == []
