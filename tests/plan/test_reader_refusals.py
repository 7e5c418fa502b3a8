"""What is no plan, or none that can be judged, is refused with a code, a place and a remedy; nothing else happens."""

from __future__ import annotations

import copy
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.frontends.plan.reader import is_binary, read_json
from ddbaudit.ir.plan import PlanError
from tests.plan.large import write_plan
from tests.plan.small_plan import PLAN, document, read

TEXT = json.dumps(PLAN).encode()
RAW_STATE = {"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "x", "outputs": {}, "resources": []}
LOG = b'{"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","type":"version"}\n'


def refused(raw: bytes) -> Diagnostic:
    with pytest.raises(PlanError) as caught:
        read_json(io.BytesIO(raw), "plan.json")
    found = caught.value.diagnostic
    assert found.level is Level.ERROR
    assert found.summary
    assert found.help
    assert found.where.startswith("plan.json")
    return found


def dumped(plan: Any) -> bytes:
    return json.dumps(plan).encode()


@pytest.mark.parametrize(
    ("raw", "detail", "remedy"),
    [
        (b"", "empty", "see whether the command"),
        (b" \r\n", "empty", "terraform show -json"),
        (b"{}", "empty JSON object", "terraform show -json"),
        (b"[]", "a JSON array", "terraform show -json"),
        (b"[{}]", "a JSON array", "terraform show -json"),
        (b"null", "null", "terraform show -json"),
        (b"17\n", "a JSON number", "terraform show -json"),
        (b"-1.5e3", "a JSON number", "terraform show -json"),
        (b'"tfplan"', "a JSON string", "terraform show -json"),
        (b"true", "a JSON boolean", "terraform show -json"),
        (b"hello", "neither JSON", "terraform show -json"),
        (b"resource {}", "neither JSON", "terraform show -json"),
        (b"\nTerraform used the selected providers to", "for people", "terraform show -json"),
        (b"[command]/usr/bin/terraform-bin show -json\n" + TEXT, "setup-terraform", "terraform_wrapper: false"),
        (b"\x1b[33mWarning: x\n\n" + TEXT, "other text stands before", "terraform_wrapper: false"),
        (b"[WARN] old provider\n" + TEXT, "other text stands before", "terraform_wrapper: false"),
        (gzip.compress(TEXT), "gzip", "unpack"),
        (b"PK\x03\x04....", "zip", "binary plan"),
        (dumped(RAW_STATE), "raw Terraform state", "terraform show -json > state.json"),
        (dumped({"format_version": "1.0"}), "no state", "terraform show -json tfplan"),
        (dumped({"format_version": "1.0", "provider_schemas": {}}), "providers schema", "terraform show -json"),
        (dumped({"format_version": "1.0", "valid": True, "error_count": 0}), "validate", "terraform show -json"),
        (dumped({"plan_format_version": "1.2", "resource_changes": []}), "terraform test", "terraform show -json"),
        (dumped({"name": "shop"}), "neither a plan nor a state", "terraform show -json"),
        (dumped(document(configuration=None)), "configuration is missing", "terraform show -json"),
        (
            dumped(document(resource_changes=None, planned_values=None)),
            "resource_changes is missing",
            "terraform show -json",
        ),
        (dumped(document(configuration={})), "no root_module", "terraform show -json"),
    ],
)
def test_what_is_no_plan_is_named(raw: bytes, detail: str, remedy: str) -> None:
    found = refused(raw)
    assert found.code == "PLAN001", found
    assert detail in found.detail
    assert remedy in found.help


@pytest.mark.parametrize("name", ["configuration", "resource_changes", "planned_values"])
def test_null_is_as_good_as_nothing(name: str) -> None:
    plan = document(resource_changes=[], planned_values=None) if name == "resource_changes" else document()
    if name == "planned_values":
        del plan["resource_changes"]
    assert refused(dumped({**plan, name: None})).code == "PLAN001"


@pytest.mark.parametrize("log", [LOG, LOG * 3, LOG.replace(b'"@level":"info",', b"")])
def test_the_log_of_a_command_is_named(log: bytes) -> None:
    found = refused(log)
    assert found.code == "PLAN003"
    assert "terraform plan -out=tfplan" in found.help


@pytest.mark.parametrize("tail", [b"x", b"{}", TEXT, b"::debug::exitcode: 0\n", b"\n[command]x", b"]", b"\0"])
def test_nothing_may_stand_behind_a_plan(tail: bytes) -> None:
    found = refused(TEXT + b"\n" + tail)
    assert found.code == "PLAN002"
    if tail.startswith(b"::"):
        assert "terraform_wrapper: false" in found.help


@pytest.mark.parametrize("version", ["0.1", "0.2", "2.0", "9.9", "10.0", "1", "1.x", "1.2.3", "", "x" * 999, 1.2, []])
def test_a_format_of_another_major_version_is_refused(version: object) -> None:
    for plan in (document(format_version=version), {"format_version": version, "values": {}}):
        found = refused(dumped(plan))
        assert found.code == "PLAN004"
        assert len(found.detail) < 400


def test_a_plan_must_tell_its_format() -> None:
    assert refused(dumped(document(format_version=None))).code == "PLAN004"
    assert refused(dumped({"values": {"root_module": {}}})).code == "PLAN004"


@pytest.mark.parametrize(("version", "codes"), [("1.0", []), ("1.1", []), ("1.2", []), ("1.3", ["PLAN005"])])
def test_a_newer_minor_version_is_read_with_a_warning(version: str, codes: list[str]) -> None:
    found = read(document(format_version=version, of_the_future={"deep": [1, {"more": None}]})).diagnostics
    assert [d.code for d in found] == codes
    assert all(d.level is Level.WARNING for d in found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("terraform_version", "hunter2"),
        ("terraform_version", 1.11),
        ("timestamp", "hunter2"),
        ("timestamp", "2026-01-01"),
        ("complete", "yes"),
        ("complete", 1),
        ("errored", "no"),
        ("format_version", "hunter2"),
    ],
)
def test_what_reports_print_of_a_plan_has_its_form(name: str, value: object) -> None:
    found = refused(dumped(document() | {name: value}))
    assert found.code == ("PLAN004" if name == "format_version" else "PLAN001")
    assert name in found.detail
    assert "hunter2" not in found.detail


@pytest.mark.parametrize("version", ["0.13.7", "1.11.4", "1.16.0-dev", "1.15.0-rc1", "1.9.0+ent", ""])
def test_versions_of_terraform(version: str) -> None:
    assert read(document(terraform_version=version)).terraform_version == version


# S27: a second key of the same name hides what the first one says


def paths(raw: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Of every object anywhere in a document."""
    if isinstance(raw, dict):
        return [path, *(p for key, inner in raw.items() for p in paths(inner, (*path, key)))]
    return [p for i, inner in enumerate(raw) for p in paths(inner, (*path, i))] if isinstance(raw, list) else []


def doubled(raw: Any, path: tuple[str | int, ...]) -> str:
    """The document, with the last key of one object standing twice."""
    if not path:
        inner = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in raw.items())
        key, value = list(raw.items())[-1]
        return f"{{{inner}, {json.dumps(key)}: {json.dumps(value)}}}"
    step, *rest = path
    parts = []
    for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
        text = doubled(value, tuple(rest)) if key == step else json.dumps(value)
        parts.append(f"{json.dumps(key)}: {text}" if isinstance(raw, dict) else text)
    return f"{{{', '.join(parts)}}}" if isinstance(raw, dict) else f"[{', '.join(parts)}]"


def filled(path: tuple[str | int, ...]) -> bool:
    here: Any = PLAN
    for step in path:
        here = here[step]
    return bool(here)


PASSED_OVER = (
    ("prior_state", "values", "root_module", "child_modules", 0, "resources", 0, "nothing"),
    ("planned_values", "root_module", "resources", 0),
)
"""Where nothing is read: a key that stands twice there hides nothing."""
KEPT_OF_OTHERS = {"tags", "tags_all"}


def is_read(path: tuple[str | int, ...]) -> bool:
    if any(path[: len(skipped)] == skipped for skipped in PASSED_OVER):
        return False
    if path[:2] == ("resource_changes", 2) and path[3:4] and path[3] in ("before", "after"):
        return len(path) == 4 or path[4] in KEPT_OF_OTHERS
    if path[:5] == ("configuration", "root_module", "resources", 1, "expressions"):
        return False
    if path[:4] == ("configuration", "provider_config", "module.a:helm", "expressions"):
        return len(path) == 4
    if path[:4] == ("configuration", "provider_config", "aws", "expressions"):
        return len(path) == 4 or path[4] in ("region", "default_tags")
    return path[:4] != ("configuration", "root_module", "variables", "none") or len(path) == 4


OBJECTS = [path for path in paths(PLAN) if filled(path) and is_read(path)]


def test_there_are_objects_to_double_a_key_of() -> None:
    assert len(OBJECTS) > 60


@pytest.mark.parametrize("path", OBJECTS, ids=lambda path: ".".join(map(str, path)) or "document")
def test_a_key_may_stand_once_in_every_object_that_is_read(path: tuple[str | int, ...]) -> None:
    found = refused(doubled(PLAN, path).encode())
    assert found.code == "PLAN006"
    assert found.span is not None


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    plan = document(variables={"name": {"value": "né \U0001f600"}})
    mark = "\ufeff" if encoding.endswith("-be") else ""
    raw = (mark + json.dumps(plan, ensure_ascii=False, indent=1).replace("\n", "\r\n")).encode(encoding)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 7) if size is None or size > 0 else 7)

    for stream in (io.BytesIO(raw), Slow(raw)):
        found = read_json(stream, "plan.json")
        assert [c.address for c in found.changes] == [c.address for c in read(plan).changes]
        assert found.variables["name"].data == "né \U0001f600"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (TEXT.decode().encode("utf-16-le"), "without a byte order mark"),
        (TEXT.decode().encode("utf-16-be"), "without a byte order mark"),
        (TEXT.decode().encode("utf-32-le"), "without a byte order mark"),
        (TEXT.replace(b"orders", "zürich".encode("latin-1")), "part of UTF-8"),
        (TEXT.replace(b"orders", b"\xed\xa0\x80"), "part of UTF-8"),
        (TEXT + b"\xc3", "part of UTF-8"),
        (TEXT.decode().encode("utf-16")[:-1], "part of UTF-16-LE"),
        (b"\xff\xfe" + b"{\0" + b"\0\xd8" + b"}\0", "part of UTF-16-LE"),
    ],
)
def test_other_encodings_are_named(raw: bytes, detail: str) -> None:
    found = refused(raw)
    assert found.code == "PLAN008"
    assert detail in found.detail
    assert "UTF-8" in found.help


def test_the_byte_that_is_none_of_the_encoding() -> None:
    raw = TEXT.replace(b"hunter2", b"hunter\xff")
    assert f"the byte {raw.index(0xFF) + 1} " in refused(raw).detail


# Whatever is broken, wherever


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_plan_that_breaks_off_anywhere_is_refused(encoding: str) -> None:
    small = document(resource_changes=PLAN["resource_changes"][1:3], prior_state=None, variables={"é": {"value": "é"}})
    raw = json.dumps(small, ensure_ascii=False).encode(encoding)
    codes = {refused(raw[:size]).code for size in range(len(raw))}
    assert codes <= {"PLAN001", "PLAN002", "PLAN008"}
    assert read_json(io.BytesIO(raw), "plan.json").changes


JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, "", "x", "aws", "data", "module.a"),
    *([], [None], [[]], [{}], ["delete"], {}, {"a": 1}, {"": {}}),
    *({"constant_value": {}}, {"references": 5}, {"references": [1]}, {"values": {"root_module": 1}}),
    *([{"references": 5}], {"a": [{"references": "x", "constant_value": []}]}, {"name": {"constant_value": None}}),
)


def nodes(raw: Any) -> list[tuple[Any, Any]]:
    """Every member and element, as its container and its key."""
    here = [(raw, key) for key in (list(raw) if isinstance(raw, dict) else range(len(raw)))]
    inner = [raw[key] for _, key in here if isinstance(raw[key], dict | list)]
    return here + [node for value in inner for node in nodes(value)]


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: json.dumps(junk)[:30])
def test_this_value_everywhere_is_read_or_refused(junk: Any) -> None:
    for number in range(len(nodes(PLAN))):
        plan = copy.deepcopy(PLAN)
        container, key = nodes(plan)[number]
        container[key] = junk
        assert outcome(json.dumps(plan).encode()) in ("", "PLAN001", "PLAN004"), (number, key)


def outcome(raw: bytes) -> str:
    """Nothing where a plan is read, else the code; any other exception fails the test."""
    try:
        read_json(io.BytesIO(raw), "plan.json")
    except PlanError as error:
        return error.diagnostic.code
    return ""


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(JUNK), st.booleans()), min_size=1, max_size=3),
    st.booleans(),
)
def test_any_other_value_anywhere_is_read_or_refused(edits: list[tuple[int, Any, bool]], sort_keys: bool) -> None:
    plan = copy.deepcopy(PLAN)
    for number, value, remove in edits:
        found = nodes(plan)
        container, key = found[number % len(found)]
        if remove:
            del container[key]
        else:
            container[key] = copy.deepcopy(value)
    raw = json.dumps(plan, sort_keys=sort_keys).encode()
    assert outcome(raw) in ("", "PLAN001", "PLAN004")


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_other_byte_anywhere_is_read_or_refused(edits: list[tuple[int, int]]) -> None:
    raw = bytearray(TEXT)
    for at, byte in edits:
        raw[at] = byte
    assert outcome(bytes(raw)) in ("", *(f"PLAN00{digit}" for digit in (1, 2, 4, 5, 6, 7, 8)))


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda e: e.pop("address"), "address is missing"),
        (lambda e: e.pop("type"), "type is missing"),
        (lambda e: e.pop("change"), "change is missing"),
        (lambda e: e.update(address="aws_dynamodb_table.other"), "does not belong"),
        (lambda e: e.update(address="orders"), "does not belong"),
        (lambda e: e.update(type="aws_sqs_queue"), "does not belong"),
        (lambda e: e["change"].pop("actions"), "actions are missing"),
        (lambda e: e["change"].update(actions="create"), "actions is no list"),
        (lambda e: e["change"].update(actions=[]), "actions are missing"),
        (lambda e: e["change"].update(after="orders"), "no object"),
        (lambda e: e["change"].update(before=[1]), "no object"),
        (lambda e: e["change"].update(after_unknown=True), "no object"),
    ],
)
def test_an_element_that_terraform_does_not_write_is_refused(change: Callable[[Any], Any], detail: str) -> None:
    plan = document()
    change(plan["resource_changes"][0])
    found = refused(dumped(plan))
    assert found.code == "PLAN001"
    assert "resource_changes[0]" in found.detail
    assert detail in found.detail


def test_no_message_tells_a_value() -> None:
    plan = document(variables={"password": {"value": "hunter2"}})
    for raw in (dumped(plan).replace(b'"hunter2"', b'"hunter2" x'), dumped(plan).replace(b'"hunter2"', b'"hunter2\t"')):
        found = refused(raw)
        assert "hunter2" not in found.detail + found.help + found.where


def test_what_a_message_names_is_safe_to_print() -> None:
    found = refused(b'{"\\u001b[31m::error::": 1, "\\u001b[31m::error::": 2}')
    assert found.code == "PLAN006"
    assert "\x1b" not in found.detail


# Limits


@pytest.mark.parametrize("depth", [205, 1_000, 10_000, 100_000])
@pytest.mark.parametrize("place", ["after", "variables", "of_the_future", "expressions"])
def test_deep_values_are_refused(depth: int, place: str, usual_stack: None) -> None:
    deep = "[" * depth + "]" * depth
    plan = document()
    where: dict[str, Any] = {
        "after": plan["resource_changes"][0]["change"]["after"],
        "variables": plan["variables"]["password"],
        "of_the_future": plan,
        "expressions": plan["configuration"]["root_module"]["resources"][0]["expressions"],
    }[place]
    where["value" if place == "variables" else "deep"] = "DEEP"
    assert refused(json.dumps(plan).replace('"DEEP"', deep).encode()).code == "PLAN007"


def test_values_as_deep_as_is_allowed_are_read(usual_stack: None) -> None:
    plan = json.dumps(document(variables={"v": {"value": "DEEP"}})).replace('"DEEP"', "[" * 190 + "]" * 190)
    assert read_json(io.BytesIO(plan.encode()), "plan.json").variables["v"].type.kind == "tuple"


@pytest.mark.parametrize(("number", "code"), [("1" * 5_000, "PLAN007"), ("1e9999", "PLAN007"), ("NaN", "PLAN002")])
def test_numbers_that_are_none_are_refused(number: str, code: str) -> None:
    raw = json.dumps(document(variables={"v": {"value": "NUMBER"}})).replace('"NUMBER"', number).encode()
    assert refused(raw).code == code


def test_binary_plans_are_told_by_their_first_bytes() -> None:
    assert is_binary(b"PK\x03\x04\x14")
    assert not is_binary(TEXT[:16])
    assert not is_binary(b"")


MEASURE = """
import resource, sys
from ddbaudit.frontends.plan.reader import read_json
small, large = sys.argv[1:]
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
read_json(open(small, "rb"), small)
before = peak()
plan = read_json(open(large, "rb"), large)
print(before, peak(), plan.total)
"""


def test_a_large_plan_takes_little_memory(tmp_path: Path) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    write_plan(small, 50)
    write_plan(large, 2_000)
    size = large.stat().st_size // 2**20
    assert size >= 16
    run = subprocess.run([sys.executable, "-c", MEASURE, small, large], capture_output=True, text=True, check=True)
    before, peak, total = map(int, run.stdout.split())
    assert total == 2_000
    assert peak - before < size
