"""Files of rules are read strictly: every mistake ends the run with its place and, where there is one, a suggestion."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.strict_yaml import read_yaml
from ddbaudit.policy.load import load_rule_files
from ddbaudit.policy.reader import RULE_FIELDS, read_rules
from tests.policy.asking import rule, rule_text

ROOT = Path(__file__).parents[2]
GOOD = rule_text("require:\n  name: {equals: x}")


def schema() -> Draft202012Validator:
    content: dict[str, Any] = json.loads((ROOT / "docs" / "schema" / "rules-1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


def refused(text: str) -> UsageError:
    with pytest.raises(UsageError) as error:
        read_rules(text, "policy.yaml")
    return error.value


# what is written in place of what -> what is said; whether an editor with the JSON Schema sees it too
MISTAKES = [
    ("rules:\n", "rule:\n", 'has no field "rule" (did you mean "rules"?)', True),
    ("    name: some", "    nmae: some", 'a rule has no field "nmae" (did you mean "name"?)', True),
    ("id: ABC101", "id: abc101", 'the id "abc101" is not of the form ORD101', True),
    ("id: ABC101", "id: DDB999", "ids that begin with DDB belong to ddbaudit", False),
    ("id: ABC101", "id: MOD001", "ids that begin with MOD belong to ddbaudit", False),
    ("id: ABC101", "id: 101", '"id" is text, not a number', True),
    ("name: some-fault", "name: Some_Fault", "is not made of lower-case words", True),
    ("severity: medium", "severity: meduim", '(did you mean "medium"?)', True),
    ("severity: medium", "severity: 3", "a severity is text, not a number", True),
    ("summary: Something is wrong.", "summary: ''", '"summary" is text, not nothing', True),
    ("    rationale: It matters.\n", "", 'a rule needs the field "rationale"', True),
    ("references: [https://example.com]", "references: []", '"references" is empty', True),
    ("references: [https://example.com]", "references: x", '"references" is a list of names', True),
    ("resource: aws_dynamodb_table", "resource: aws_dynamodb_tabel", '(did you mean "aws_dynamodb_table"?)', False),
    ("resource: aws_dynamodb_table", "resource: data.aws_dynamodb_tabel", '"data.aws_dynamodb_table"?)', False),
    ("resource: aws_dynamodb_table", "resource: ''", '"resource" is a list of names', True),
    ("resource: aws_dynamodb_table", "resource: []", '"resource" names no resource type', True),
    ("resource: aws_dynamodb_table", "resource: a b", '"a b" is no resource type', False),
    ("resource: aws_dynamodb_table", "resource: aws_dynamodb_table\n    schema: unchecked", "is known", False),
    ("resource: aws_dynamodb_table", "resource: other_thing\n    schema: no", "can only be `unchecked`", True),
    ("name: {equals", "nmae: {equals", 'has no argument or block "nmae" (did you mean "name"?)', False),
    ("name: {equals: x}", "arn: {equals: x}", "a configuration cannot set it", False),
    ("name: {equals: x}", "id: {equals: x}", "a configuration cannot set it", False),
    ("name: {equals: x}", "name.x: {equals: x}", 'name is a string, which has no "x"', False),
    ("name: {equals: x}", "'name[*]': {equals: x}", "there is nothing for [*]", False),
    ("name: {equals: x}", "'[*]': {equals: x}", "is no path", False),
    ("name: {equals: x}", "'replica[0].region_name': {equals: x}", "is no path", False),
    ("name: {equals: x}", "name..x: {equals: x}", "is no path", False),
    ("name: {equals: x}", "'': {equals: x}", "the path is empty", False),
    ("name: {equals: x}", f"{'a' * 300}: {{equals: x}}", "the path is longer than 256", False),
    ("name: {equals: x}", "replica.region_name: {equals: x}", "there may be several replica blocks", False),
    ("name: {equals: x}", "'replica[*].region': {equals: x}", '(did you mean "region_name"?)', False),
    ("name: {equals: x}", "ttl: {equals: x}", "which equals is not for", False),
    ("name: {equals: x}", "'replica[*]': {exists: true}", "is a block, which has no value", False),
    ("name: {equals: x}", "tags: {equals: x}", "which equals is not for", False),
    ("name: {equals: x}", "name: x", "an operator must stand behind name, not text", True),
    ("name: {equals: x}", "name: {}", "an operator must stand behind name", True),
    ("name: {equals: x}", "name: {equal: x}", 'there is no operator "equal" (did you mean "equals"?)', True),
    ("name: {equals: x}", "name: {gte: 5}", '(did you mean "at-least"?)', True),
    ("name: {equals: x}", "name: {absent: true}", '(did you mean "exists: false"?)', True),
    ("name: {equals: x}", "name: {at-least: 5}", "which at-least is not for", False),
    ("name: {equals: x}", "name: {equals: 5}", "write it in quotes", False),
    ("name: {equals: x}", "name: {equals: [x]}", "one value must stand here, not a list", True),
    ("name: {equals: x}", "name: {equals: }", "one value must stand here, not nothing", True),
    ("name: {equals: x}", "name: {in: x}", 'a list of values must stand here, not "x"', True),
    ("name: {equals: x}", "name: {in: []}", "not an empty list", True),
    ("name: {equals: x}", "name: {starts-with: ''}", "text must stand here, not nothing", True),
    ("name: {equals: x}", "name: {matches: '('}", "is not a regular expression of RE2: missing )", False),
    ("name: {equals: x}", "name: {matches: '(?=a)'}", "is not a regular expression of RE2", False),
    ("name: {equals: x}", f"name: {{matches: '{'a' * 300}'}}", "longer than 256 characters", True),
    ("name: {equals: x}", "name: {matches: '((a{100}){100}){100}'}", "is not a regular expression of RE2", False),
    ("name: {equals: x}", f"name: {{contains: '{'a' * 5000}'}}", "longer than 4096 characters", False),
    ("name: {equals: x}", "read_capacity: {equals: '5'}", "write it without quotes", False),
    ("name: {equals: x}", "read_capacity: {at-least: '5'}", "a number must stand here", True),
    ("name: {equals: x}", "stream_enabled: {equals: on}", "write it without quotes", False),
    ("name: {equals: x}", "name: {exists: yes}", "true or false must stand here", True),
    ("name: {equals: x}", "name: {known: false}", "only `known: true` can be required", True),
    ("name: {equals: x}", "name: {length: -1}", "a length is a whole number", True),
    ("name: {equals: x}", "name: {length: {min: 1}}", 'a length has no "min"', True),
    ("name: {equals: x}", "name: {length: {}}", "a length has at-least or at-most", True),
    ("name: {equals: x}", "name: {length: {at-least: 3, at-most: 1}}", "no length is at least 3 and at most 1", False),
    ("name: {equals: x}", "name: {any: {equals: x}}", "nothing for `any` to choose from", False),
    ("name: {equals: x}", "replica: {any: {equals: x}}", 'has no argument or block "equals"', False),
    ("name: {equals: x}", "replica: {any: x}", "a condition is a mapping of attribute paths, not text", True),
    ("name: {equals: x}", "replica: {any: {}, all: {}}", '"any" stands alone', True),
    ("name: {equals: x}", "any: {name: {equals: x}}", '"any" is a list of conditions, not a mapping', True),
    ("name: {equals: x}", "any: []", '"any" is a list of conditions', True),
    ("name: {equals: x}", "any: [x]", "a condition is a mapping of attribute paths, not text", True),
    ("name: {equals: x}", "name: {equals: {param: p}}", 'the rule has no parameter "p"', False),
    ("    require:\n      name: {equals: x}", "", 'a rule needs the field "require", or "forbid"', True),
    ("    require:\n      name: {equals: x}", "    require: {}", "a condition is a mapping", True),
    ("    require:", "    forbid:\n      name: {known: true}\n    require:", "`known` can only be required", False),
    ("    require:", "    when:\n      name: {known: true}\n    require:", "`known` can only be required", False),
    ("      name: {equals", "      none: [{name: {known: true}}]\n      name: {equals", "can only be required", False),
    ("    require:", "    params: {p: 1}\n    require:", 'nothing in the rule asks for the parameter "p"', False),
    ("    require:", "    params: {P: 1}\n    require:", '"P" is no name of a parameter', False),
    ("    require:", "    params: {p: [1, a]}\n    require:", "a list of values of one kind", False),
    ("    require:", "    params: []\n    require:", '"params" is a mapping', True),
    (
        "    require:",
        "    params: {p: 1}\n    when: {name: {equals: {param: p}}}\n    require:",
        "write it in quotes",
        False,
    ),
    (
        "    require:",
        "    params: {p: x}\n    when: {name: {equals: {param: p, x: 1}}}\n    require:",
        "beside it",
        False,
    ),
    (
        "    require:",
        "    params: {p: 1}\n    when: {name: {length: {param: p}}}\n    require:",
        "cannot stand here",
        True,
    ),
    ("name: {equals: x}", f"name: {{in: {list(range(1001))}}}", "the list is longer than 1000 values", False),
    ("name: {equals: x}", "stream_enabled: true", "such as `stream_enabled: {equals: true}`", True),
    ("name: {equals: x}", "tags: {any: x}", "an operator must stand here, not text", True),
    ("name: {equals: x}", "'ttl[*][*]': {exists: true}", "is one block, so there is nothing for [*]", False),
    ("name: {equals: x}", "'security_group_ids[*]': {equals: x}", "has no argument or block", False),
    ('good: [{title: Fine., hcl: "# nothing"}]', "good: []", '"good" is a list of examples, not nothing', True),
    ('good: [{title: Fine., hcl: "# nothing"}]', "good: x", '"good" is a list of examples, not text', True),
    ("    require:", "    environments: dev\n    require:", '"environments" is a list of names', True),
    ("    require:", "    message: '{adress}'\n    require:", '(did you mean "address"?)', False),
    ("    require:", "    message: '{address'\n    require:", "has no counterpart", False),
    ("    require:", "    message: ''\n    require:", '"message" is text, not nothing', True),
    ("      good: ", "      god: ", 'has no field "god" (did you mean "good"?)', True),
    ('      bad: [{title: Not fine., hcl: "# nothing"}]\n', "", 'needs at least one under "bad"', True),
    ("{title: Fine., hcl:", "{titel: Fine., hcl:", '(did you mean "title"?)', True),
    ('{title: Fine., hcl: "# nothing"}', "{title: Fine.}", 'an example needs the field "hcl"', True),
    ('{title: Fine., hcl: "# nothing"}', '{title: x, hcl: "", params: {}}', '"hcl" is text, not nothing', True),
    ('hcl: "# nothing"}]\n      bad', 'hcl: "#", params: {p: 1}}]\n      bad', "unknown field `p`", False),
]


@pytest.mark.parametrize(("old", "new", "message", "seen"), MISTAKES, ids=[m[2][:50] for m in MISTAKES])
def test_a_mistake_is_refused_at_its_place(old: str, new: str, message: str, seen: bool) -> None:
    assert GOOD.count(old) >= 1
    text = GOOD.replace(old, new, 1)
    error = refused(text)
    assert message in f"{error.message} {error.help}"
    assert error.message.startswith("policy.yaml:")
    assert not seen or not schema().is_valid(read_yaml(text, "policy.yaml").plain())


HOSTILE = [
    ("", "the file is empty"),
    ("rules: []\n", "there are no rules in this file"),
    ("rules: {}\n", '"rules" is a list, not a mapping'),
    ("- 1\n", "a file of rules is a mapping, not a list"),
    ("rules:\n  - x\n", "a rule is a mapping, not text"),
    ("rules: &a [*a]\n", "anchors are not allowed"),
    ("rules: !!python/object:os.system [x]\n", "tags are not allowed"),
    ("rules: []\nrules: []\n", 'the key "rules" stands twice'),
    ("rules: []\n---\nrules: []\n", "only one YAML document"),
    ("a: " + "[" * 100_000, "nested deeper than 64 levels"),
    ("{a: " * 100, "nested deeper than 64 levels"),
    ("rules: [\n", "not valid YAML"),
    ("rules: \x07\n", "not valid YAML"),
    ("#" + "x" * (1 << 20), "larger than 1024 KiB"),
    ("? [a]\n: b\n", "a key must be text"),
    ("1: b\n", "a key must be text, not a number"),
    (GOOD.replace("name: {equals: x}", "name: {equals: 017}"), "the number 017 starts with a zero"),
    (GOOD.replace("name: {equals: x}", "name: {equals: x, equals: y}"), 'the key "equals" stands twice'),
    (GOOD.replace("name: {equals: x}", '"na\\nme": {equals: x}'), "na\\nme"),
    (GOOD.replace("name: {equals: x}", '"\\u001b[31mname": {equals: x}'), "\\x1b[31m"),
]


@pytest.mark.parametrize(("text", "message"), HOSTILE, ids=[m for _, m in HOSTILE])
def test_hostile_files_are_refused(text: str, message: str) -> None:
    assert message in refused(text).message


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.sampled_from(["", "{", "]", ":", "*", "&", "!", "\n", "  ", "é", "\x00", "'"]))
def test_a_damaged_file_is_read_or_refused(at: int, damage: str) -> None:
    with contextlib.suppress(UsageError):  # nothing else is ever raised
        read_rules(GOOD[:at] + damage + GOOD[at + 1 :], "policy.yaml")


def test_the_place_is_that_of_the_mistake() -> None:
    text = GOOD.replace("name: {equals: x}", "name: {eqals: x}")
    line = text.splitlines().index("      name: {eqals: x}") + 1
    assert refused(text).message.startswith(f"policy.yaml:{line}:14: there is no operator")


def test_a_rule_is_a_class_of_its_own() -> None:
    made = rule("require:\n  name: {equals: x}")
    assert made.__name__ == "SomeFault"
    assert made.meta.id == "ABC101"
    assert made.resource_types == frozenset({"aws_dynamodb_table"})
    assert made.params.__struct_fields__ == ()


def test_the_schema_for_editors_knows_every_field_and_accepts_what_is_right() -> None:
    check = schema()
    assert check.is_valid(read_yaml(GOOD, "policy.yaml").plain())
    properties = check.schema["$defs"]["rule"]["properties"]  # type: ignore[index]
    assert set(properties) == set(RULE_FIELDS)
    for path in sorted((ROOT / "fixtures" / "policies").glob("*.yaml")):
        found = [error.message for error in check.iter_errors(read_yaml(path.read_text("utf-8"), path.name).plain())]
        assert found == [], path.name


# --- files and directories ------------------------------------------------------------------------------------------


def nobody(key: str) -> str | None:
    return None


def load(*paths: Path) -> list[str]:
    return [made.meta.id for file in load_rule_files(map(str, paths), nobody) for made in file.rules]


def test_directories_are_read_whole_and_files_once(tmp_path: Path) -> None:
    for number, name in enumerate(("b.yaml", "a.yml", "deep/er/c.yaml", ".hidden/d.yaml", "note.txt", ".e.yaml"), 1):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GOOD.replace("ABC101", f"ABC10{number}").replace("some-fault", f"fault-{number}"))
    (tmp_path / "again.yaml").symlink_to(tmp_path / "b.yaml")
    assert load(tmp_path, tmp_path / "b.yaml", tmp_path / "deep") == ["ABC102", "ABC101", "ABC103"]


def test_what_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text(GOOD)
    (tmp_path / "latin.yaml").write_bytes(GOOD.replace("matters", "\xe4").encode("latin-1"))
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    for name, message in (
        ("nowhere", "there is no such file or directory of rules"),
        ("empty", "there are no rules"),
        ("text.txt", "a file of rules is called *.yaml or *.yml"),
        ("latin.yaml", "it is not UTF-8"),
        ("gone.yaml", "there is no such file"),
    ):
        with pytest.raises(UsageError) as error:
            load(tmp_path / name)
        assert message in error.value.message, name
        assert name in error.value.message


def test_a_directory_that_cannot_be_read_or_holds_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.yaml").write_text(GOOD.replace("101", f"10{number}").replace("fault", f"fault-{number}"))
    monkeypatch.setattr("ddbaudit.policy.load.MAX_FILES", 2)
    with pytest.raises(UsageError, match="there are more than 2 files of rules"):
        load(tmp_path)

    def refuse(path: str) -> object:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match="the directory cannot be read: Permission denied"):
        load(tmp_path)


def test_a_device_or_pipe_is_no_file_of_rules(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    for name in ("pipe.yaml", "zero.yaml"):
        with pytest.raises(UsageError, match="it is no regular file"):
            load(tmp_path / name)


@pytest.mark.parametrize("same", ["id", "name"])
def test_ids_and_names_are_unique(tmp_path: Path, same: str) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    other = GOOD.replace("some-fault", "other-fault") if same == "id" else GOOD.replace("ABC101", "ABC102")
    (tmp_path / "b.yaml").write_text(other)
    with pytest.raises(UsageError, match=r"b\.yaml:\d+:\d+: .* is already taken at .*a\.yaml:") as error:
        load(tmp_path)
    assert "unique" in error.value.help
    with pytest.raises(UsageError, match="is already taken by somebody"):
        load_rule_files([str(tmp_path / "a.yaml")], lambda key: "somebody")
