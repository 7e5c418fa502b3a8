"""A configuration is evaluated from the snapshot in a binary plan as from the disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ddbaudit.app.dump import dump
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.filesystem import LOCK, snapshot_loader
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.plan.binary import read_binary
from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.plan import Snapshot
from ddbaudit.ir.value import Known, Unknown, Value
from tests.oracle import terraform

FIXTURES = Path(__file__).parents[2] / "fixtures"
PLANS = FIXTURES / "plans"
READS_FILES = {"service"}
RECORDED = sorted({path.parent.name for path in PLANS.glob("*/tfplan")} - READS_FILES)


def evaluated(snapshot: Snapshot, base: Path, inputs: Inputs | None = None) -> Evaluation:
    return evaluate_root(str(base), snapshot_loader(snapshot, str(base), ParseOptions()), inputs or Inputs(), "")


def unpack(snapshot: Snapshot, base: Path) -> None:
    """The snapshot's files on the disk."""
    lock = {LOCK: snapshot.lock} if snapshot.lock is not None else {}
    for name, content in {**snapshot.files, **lock}.items():
        path = Path(base, name).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def snapshot_of(files: Mapping[str, str], modules: Mapping[str, str] | None = None) -> Snapshot:
    return Snapshot(
        {"": ".", **(modules or {})}, {n: t.encode() for n, t in files.items()}, dict.fromkeys(modules or {}, "")
    )


def text(value: Value) -> str:
    """A value as the command line takes it."""

    def plain(inner: Value) -> object:
        if not isinstance(inner, Known):
            return None
        if isinstance(inner.data, tuple):
            return [plain(item) for item in inner.data]
        if isinstance(inner.data, dict):
            return {name: plain(item) for name, item in inner.data.items()}
        return inner.data if isinstance(inner.data, (str, bool)) else int(inner.number)

    found = plain(value)
    return found if isinstance(found, str) else json.dumps(found)


def output(evaluation: Evaluation, name: str) -> Value:
    return evaluation.modules[0].outputs[name].value


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_snapshot_evaluates_as_the_same_files_on_disk(name: str, tmp_path: Path) -> None:
    plan = read_binary((PLANS / name / "tfplan").read_bytes(), "tfplan")
    assert plan.snapshot is not None
    base = tmp_path / "one" / "two" / "three" / "root"
    inputs = Inputs(tuple(("var", f"{n}={text(value)}") for n, value in plan.variables.items()), {}, plan.workspace)
    carried = evaluated(plan.snapshot, base, inputs)
    assert not base.exists()
    unpack(plan.snapshot, base)
    on_disk = evaluate_root(str(base), Loader(ParseOptions(), [tmp_path]), inputs, "")
    assert dump([carried]) == dump([on_disk])
    assert carried.resources or carried.modules
    assert [file.path for file in carried.files] == [file.path for file in on_disk.files]
    assert [str(fault.span) for d in carried.declarations for fault in d.faults] == [
        str(fault.span) for d in on_disk.declarations for fault in d.faults
    ]


@pytest.mark.terraform
@pytest.mark.slow
@pytest.mark.parametrize("name", ["modules-repeated", "overrides", "json-root", "table-full"])
def test_what_terraform_carries_in_a_plan_evaluates_as_the_fixture(name: str) -> None:
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: only recorded plans are read")
    plan = read_binary(terraform.binary_plan(FIXTURES / "evaluate" / name), "tfplan")
    assert plan.snapshot is not None
    files = {n: content for n, content in plan.snapshot.files.items() if n != "offline_override.tf"}
    base = FIXTURES / "evaluate" / name
    inputs = Inputs((), {}, "default")
    carried = evaluated(Snapshot(plan.snapshot.directories, files, plan.snapshot.manifest), base, inputs)
    assert dump([carried]) == dump([evaluate_root(str(base), Loader(ParseOptions(), [base]), inputs, "")])


@pytest.mark.parametrize("name", sorted(READS_FILES))
def test_what_hangs_on_a_file_is_unknown(name: str, tmp_path: Path) -> None:
    plan = read_binary((PLANS / name / "tfplan").read_bytes(), "tfplan")
    assert plan.snapshot is not None
    found = evaluated(plan.snapshot, tmp_path)
    assert found.diagnostics == ()
    causes = {r.expansion.cause.text for r in found.resources if r.expansion is not None}
    assert causes == {"file: the plan does not carry tables.yaml; give --source DIR"}


FUNCTIONS = """
output "template" {
  value = templatefile("${path.module}/templates/x.tftpl", { name = "x" })
}
output "text" {
  value = file("policy.json")
}
output "hash" {
  value = filesha256("./policy.json")
}
output "exists" {
  value = fileexists("policy.json")
}
output "set" {
  value = fileset("tables", "*.json")
}
output "tried" {
  value = try(file("policy.json"), "none")
}
output "itself" {
  value = fileexists("main.tf")
}
output "module" {
  value = path.module
}
"""


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("template", "templatefile: the plan does not carry templates/x.tftpl; give --source DIR"),
        ("text", "file: the plan does not carry policy.json; give --source DIR"),
        ("hash", "filesha256: the plan does not carry policy.json; give --source DIR"),
        ("exists", "fileexists: the plan does not carry policy.json; give --source DIR"),
        ("set", "fileset: the plan does not carry tables/*.json; give --source DIR"),
        ("tried", "file: the plan does not carry policy.json; give --source DIR"),
    ],
)
def test_files_that_functions_read_are_unknown_and_never_read(name: str, cause: str, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text("{}")
    (tmp_path / "tables").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.tftpl").write_text("${name}")
    found = evaluated(snapshot_of({"main.tf": FUNCTIONS}), tmp_path)
    assert found.diagnostics == ()
    value = output(found, name)
    assert isinstance(value, Unknown)
    assert value.cause.text == cause


def test_files_of_the_configuration_itself_are_there(tmp_path: Path) -> None:
    found = evaluated(snapshot_of({"main.tf": FUNCTIONS}), tmp_path)
    assert isinstance(itself := output(found, "itself"), Known)
    assert itself.data is True
    assert isinstance(module := output(found, "module"), Known)
    assert module.text == "."


def test_variable_files_beside_the_plan_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('env = "prod"\n')
    (tmp_path / "x.auto.tfvars").write_text('env = "sit"\n')
    (tmp_path / "more.tf").write_text("this is not HCL")
    found = evaluated(snapshot_of({"main.tf": 'variable "env" {\n  default = "dev"\n}\n'}), tmp_path)
    assert found.diagnostics == ()
    assert isinstance(value := found.modules[0].variables["env"].value, Known)
    assert value.text == "dev"


CALL = """
module "table" {
  source = "example.org/tables/aws"
}
output "name" {
  value = module.table.name
}
output "path" {
  value = module.table.path
}
"""
CALLED = 'output "name" {\n  value = "orders"\n}\noutput "path" {\n  value = path.module\n}\n'


@pytest.mark.parametrize("directory", [".terraform/modules/table", "/data/modules/table"])
def test_installed_modules_come_from_the_manifest_of_the_plan(directory: str, tmp_path: Path) -> None:
    files = {"main.tf": CALL, f"{directory}/main.tf": CALLED}
    found = evaluated(snapshot_of(files, {"table": directory}), tmp_path)
    assert found.diagnostics == ()
    assert isinstance(name := output(found, "name"), Known)
    assert name.text == "orders"
    assert isinstance(path := output(found, "path"), Known)
    assert path.text == directory


def test_a_module_that_the_plan_does_not_carry_is_missing(tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "main.tf").write_text(CALLED)
    call = 'module "table" {\n  source = "./table"\n}\n'
    found = evaluated(snapshot_of({"main.tf": call}), tmp_path)
    assert [d.code for d in found.diagnostics] == ["MOD001"]


def test_files_are_shown_beside_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"main.tf": 'module "m" {\n  source = "../../modules/m"\n}\n', "../../modules/m/main.tf": CALLED}
    found = evaluated(snapshot_of(files, {"m": "../../modules/m"}), Path("envs/prod"))
    assert found.root == "envs/prod"
    assert [file.path for file in found.files] == ["envs/prod/main.tf", "modules/m/main.tf"]


def test_a_linked_directory_is_shown_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    found = evaluated(
        snapshot_of({"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": CALLED}, {"m": "m"}), Path("link")
    )
    assert found.diagnostics == ()
    assert [file.path for file in found.files] == ["real/main.tf", "real/m/main.tf"]


def test_a_root_below_the_directory_of_the_plan_is_found(tmp_path: Path) -> None:
    files = {"infra/main.tf": 'module "m" {\n  source = "../m"\n}\n', "m/main.tf": CALLED}
    carried = Snapshot({"": "infra", "m": "m"}, {n: t.encode() for n, t in files.items()})
    found = evaluated(carried, tmp_path)
    assert found.diagnostics == ()
    assert [module.address for module in found.modules] == ["", "module.m"]


@pytest.mark.parametrize(("version", "doubted"), [("5.99.1", False), ("6.2.0", True)])
def test_the_lock_file_of_the_plan_tells_the_provider(version: str, doubted: bool, tmp_path: Path) -> None:
    tables = 'resource "aws_dynamodb_table" "t" {\n  nonsense = 1\n}\n'
    entry = f'provider "example.org/hashicorp/aws" {{\n  version = "{version}"\n}}\n'
    carried = Snapshot({"": "."}, {"main.tf": tables.encode()}, {}, entry.encode())
    (fault,) = (
        f for d in evaluated(carried, tmp_path).declarations for f in d.faults if f.kind == "unsupported-argument"
    )
    assert (fault.doubt is not None) == doubted
