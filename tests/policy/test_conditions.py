"""What conditions say of blocks, tags, several places at once; where they point, and in which words."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.verdict import Verdict
from tests.policy.asking import judged, lines, problems, rule, verdict

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN

TABLE = """\
variable "flag" {
  type = bool
}
resource "aws_dynamodb_table" "t" {
  name = "orders"
%s
}
"""


def table(body: str) -> str:
    return TABLE % body


PITR_ON = "point_in_time_recovery {\n  enabled = true\n}"
PITR_MAYBE = (
    'dynamic "point_in_time_recovery" {\n  for_each = var.flag ? [1] : []\n  content {\n    enabled = true\n  }\n}'
)
PITR_NEVER = PITR_MAYBE.replace("var.flag ? [1] : []", "[]")


@pytest.mark.parametrize("path", ["point_in_time_recovery.enabled", "point_in_time_recovery[*].enabled"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PITR_ON, P),
        (PITR_ON.replace("true", "false"), F),
        (PITR_ON.replace("true", "var.flag"), U),
        ("point_in_time_recovery {}", F),
        ("", F),
        (PITR_MAYBE, U),
        (PITR_NEVER, F),
        (PITR_MAYBE.replace("enabled = true", "enabled = false"), F),
    ],
)
def test_a_block_of_which_there_is_one(path: str, body: str, expected: Verdict) -> None:
    assert verdict(f"require:\n  {path}: {{equals: true}}", table(body)) is expected


def test_a_missing_block_is_reported_at_the_resource_and_a_doubtful_one_at_its_header() -> None:
    asked = "require:\n  point_in_time_recovery.enabled: {equals: true}"
    assert lines(problems(asked, table(""))) == [(4, "fail")]
    assert lines(problems(asked, table(PITR_MAYBE))) == [(6, "unknown")]
    (problem,) = problems(asked, table(PITR_ON.replace("true", "false")))
    assert problem.primary.text == "false"
    assert problem.message == ("point_in_time_recovery.enabled is false in aws_dynamodb_table.t; it must equal true")
    assert problem.label == "enabled is false"
    assert problem.detail == "point_in_time_recovery.enabled"


REPLICAS = 'replica {\n  region_name = "eu-west-1"\n}\nreplica {\n  region_name = "%s"\n}'
MAYBE = 'dynamic "replica" {\n  for_each = var.flag ? ["a"] : []\n  content {\n    region_name = "eu-west-3"\n  }\n}'
EU, US = REPLICAS % "eu-west-3", REPLICAS % "us-east-1"


@pytest.mark.parametrize(
    ("asked", "none", "europe", "america", "maybe"),
    [
        ("require: {replica: {all: {region_name: {starts-with: eu-}}}}", P, P, F, P),
        ("require: {replica: {any: {region_name: {starts-with: us-}}}}", F, F, P, F),
        ("require: {replica: {any: {region_name: {starts-with: eu-}}}}", F, P, P, U),
        ("require: {replica: {none: {region_name: {starts-with: us-}}}}", P, P, F, P),
        ("require: {'replica[*].region_name': {starts-with: eu-}}", F, P, F, U),
        ("forbid: {'replica[*].region_name': {starts-with: us-}}", P, P, F, P),
        ("forbid: {'replica[*].region_name': {starts-with: eu-}}", P, F, F, U),
        ("require: {'replica[*].region_name': {any: {starts-with: us-}}}", F, F, P, F),
        ("require: {'replica[*].region_name': {none: {starts-with: us-}}}", P, P, F, P),
        ("require: {'replica[*]': {all: {region_name: {starts-with: eu-}}}}", P, P, F, P),
        ("require: {replica: {exists: true}}", F, P, P, U),
        ("require: {replica: {exists: false}}", P, F, F, U),
        ("require: {replica: {length: 2}}", F, P, P, U),
        ("require: {replica: {length: {at-most: 1}}}", P, F, F, U),
        ("require: {replica: {length: {at-least: 3}}}", F, F, F, U),
    ],
)
def test_blocks_of_which_there_may_be_several(
    asked: str, none: Verdict, europe: Verdict, america: Verdict, maybe: Verdict
) -> None:
    found = [verdict(asked, table(body)) for body in ("", EU, US, MAYBE)]
    assert found == [none, europe, america, maybe]


def test_each_block_at_fault_is_a_finding_of_its_own() -> None:
    found = problems("require: {'replica[*].region_name': {starts-with: ap-}}", table(EU))
    assert lines(found) == [(7, "fail"), (10, "fail")]
    assert [p.detail for p in found] == ['replica["eu-west-1"].region_name', 'replica["eu-west-3"].region_name']


def test_what_no_block_fulfils_is_one_finding_that_shows_them_all() -> None:
    (problem,) = problems("require: {replica: {any: {region_name: {starts-with: ap-}}}}", table(EU))
    assert problem.primary.begin.line == 7
    assert [(r.span.begin.line, r.note) for r in problem.related] == [
        (10, 'replica["eu-west-3"].region_name is "eu-west-3"')
    ]


def test_a_condition_in_a_block_speaks_of_one_block() -> None:
    both = "{region_name: {equals: eu-west-1}, point_in_time_recovery: {equals: true}}"
    split = EU.replace('"eu-west-3"', '"eu-west-3"\n  point_in_time_recovery = true')
    assert verdict(f"require: {{replica: {{any: {both}}}}}", table(split)) is F
    joined = EU.replace('"eu-west-1"', '"eu-west-1"\n  point_in_time_recovery = true')
    assert verdict(f"require: {{replica: {{any: {both}}}}}", table(joined)) is P


NESTED = """\
data "aws_iam_policy_document" "d" {
  statement {
    sid = "One"
    principals {
      type        = "AWS"
      identifiers = ["%s"]
    }
  }
  statement {
    sid = "Two"
  }
}
"""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("forbid: {'statement[*].principals[*].identifiers': {contains: '*'}}", F),
        ("require: {statement: {none: {principals: {any: {identifiers: {contains: '*'}}}}}}", F),
        ("require: {'statement[*].principals': {none: {identifiers: {contains: '*'}}}}", F),
        ("require: {'statement[*].principals[*].identifiers': {all: {not-equals: '*'}}}", F),
        ("require: {'statement[*].principals': {exists: true}}", F),
        ("forbid: {'statement[*].principals': {exists: false}}", F),
        ("require: {'statement[*].principals': {length: {at-most: 1}}}", P),
        ("require: {'statement[*].sid': {exists: true}}", P),
    ],
)
def test_blocks_in_blocks(asked: str, expected: Verdict) -> None:
    assert verdict(asked, NESTED % "*", "data.aws_iam_policy_document") is expected


def test_own_tags_and_effective_ones() -> None:
    provider = 'provider "aws" {\n  default_tags {\n    tags = { Owner = "all", Team = "x" }\n  }\n}\n'
    hcl = provider + table('tags = { Team = "orders" }')
    assert verdict("require: {tags.Owner: {exists: true}}", hcl) is F
    assert verdict("require: {tags_all.Owner: {equals: all}}", hcl) is P
    assert verdict("require: {tags_all.Team: {equals: orders}}", hcl) is P
    assert verdict("require: {tags_all: {length: 2}}", hcl) is P
    (problem,) = problems("require: {tags_all.Owner: {equals: me}}", hcl)
    assert problem.primary.text == '"all"'
    assert verdict("require: {'tags[\"a:b\"]': {equals: c}}", table('tags = { "a:b" = "c" }')) is P


def test_when_leaves_out_what_the_rule_is_not_for() -> None:
    asked = "when: {tags.Class: {equals: secret}}\nrequire: {name: {equals: vault}}"
    for body, expected in (
        ('tags = { Class = "secret" }', F),
        ('tags = { Class = "public" }', Verdict.NOT_APPLICABLE),
        ("", Verdict.NOT_APPLICABLE),
        ("tags = { Class = var.flag }", U),
    ):
        assert verdict(asked, table(body)) is expected, body
    passing = asked.replace("vault", "orders")
    assert verdict(passing, table("tags = { Class = var.flag }")) is P
    (problem,) = problems(asked, table("tags = { Class = var.flag }"))
    assert "whether the rule is for aws_dynamodb_table.t depends on tags.Class" in problem.message


def test_environments() -> None:
    asked = "environments: [prod]\nrequire: {deletion_protection_enabled: {equals: true}}"
    assert verdict(asked, table(""), environment="prod") is F
    assert verdict(asked, table(""), environment="dev") is Verdict.NOT_APPLICABLE


def test_the_environment_in_operands() -> None:
    for operator in ('{equals: "x-{env}"}', '{matches: "x-{env}"}', '{in: ["x-{env}", y]}'):
        asked = f"require:\n  name: {operator}"
        for environment, expected in (("dev", P), ("prod", F)):
            hcl = table("").replace('"orders"', '"x-dev"')
            assert verdict(asked, hcl, environment=environment) is expected
    dotted = table("").replace('"orders"', '"x-aXb"')
    assert verdict('require: {name: {matches: "x-{env}"}}', dotted, environment="a.b") is F


def test_what_varies_by_environment_is_one_finding() -> None:
    asked = "require: {'global_secondary_index[*].projection_type': {equals: ALL}}"
    details = set()
    for environment in ("dev", "prod"):
        index = f'global_secondary_index {{\n  name = "by-{environment}"\n  projection_type = "KEYS_ONLY"\n}}'
        (problem,) = problems(asked, table(index), environment=environment)
        details.add(problem.detail)
    assert details == {'global_secondary_index["by-{env}"].projection_type'}


def test_forbidden_together_is_one_finding() -> None:
    asked = "forbid:\n  billing_mode: {equals: PROVISIONED}\n  read_capacity: {at-least: 100}"
    both = 'billing_mode = "PROVISIONED"\nread_capacity = 200'
    (problem,) = problems(asked, table(both))
    assert problem.primary.begin.line == 6
    assert "at least one of these must be otherwise" in problem.message
    assert [r.span.begin.line for r in problem.related] == [7]
    assert verdict(asked, table(both.replace("200", "5"))) is P
    assert verdict(asked, table(both.replace('"PROVISIONED"', "var.flag"))) is U


def test_alternatives_about_one_value_are_joined() -> None:
    asked = "require:\n  any:\n    - name: {equals: a}\n    - name: {equals: b}"
    (problem,) = problems(asked, table(""))
    assert problem.message == 'name is "orders" in aws_dynamodb_table.t; it must equal "a" or equal "b"'
    assert problem.related == ()


def test_each_requirement_is_judged_by_itself() -> None:
    asked = "require:\n  name: {equals: x}\n  billing_mode: {equals: PAY_PER_REQUEST}\n  ttl.enabled: {equals: true}"
    found = problems(asked, table('billing_mode = "PAY_PER_REQUEST"\nttl {\n  enabled = var.flag\n}'))
    assert lines(found) == [(5, "fail"), (8, "unknown")]


def test_placeholders() -> None:
    asked = "require: {name: {equals: x}}\nmessage: '{{{name}}} {address} {path}={value} in {env}'"
    (problem,) = problems(asked, table(""))
    assert problem.message == "{t} aws_dynamodb_table.t name=orders in dev"


def test_what_cannot_be_parsed_is_not_absent() -> None:
    broken = table("deletion_protection_enabled = = true")
    assert verdict("require: {deletion_protection_enabled: {equals: true}}", broken) is U
    assert verdict("require: {replica: {exists: false}}", broken) is U


def test_count_and_for_each() -> None:
    hcl = table("").replace('  name = "orders"', '  count = 2\n  name = "orders-${count.index}"')
    found = judged(rule("require: {name: {equals: orders-0}}"), hcl)
    assert [entry.verdict for entry in found.ledger] == [P, F]
    none = judged(rule("require: {name: {equals: orders-0}}"), hcl.replace("count = 2", "count = 0"))
    assert [(e.address, e.verdict) for e in none.ledger] == [("aws_dynamodb_table.t", Verdict.NOT_APPLICABLE)]


def test_only_resources_of_the_type_are_in_the_ledger() -> None:
    hcl = table("") + 'resource "aws_kms_key" "k" {}\ndata "aws_kms_key" "d" {\n  key_id = "x"\n}\n'
    assert [e.address for e in judged(rule("require: {name: {exists: true}}"), hcl).ledger] == ["aws_dynamodb_table.t"]
    data = judged(rule("require: {key_id: {exists: true}}", "data.aws_kms_key"), hcl)
    assert [e.address for e in data.ledger] == ["data.aws_kms_key.d"]
    two = judged(rule("require: {tags_all.x: {exists: true}}", "[aws_kms_key, aws_dynamodb_table]"), hcl)
    assert sorted(e.address for e in two.ledger) == ["aws_dynamodb_table.t", "aws_kms_key.k"]


UNCHECKED = """\
resource "other_thing" "t" {
  size = 3
  tags = ["a", "b"]
  part {
    name = "x"
  }
  part {
    name = "y"
  }
}
"""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("size: {at-least: 3}", P),
        ("size: {equals: '3'}", P),
        ("tags: {contains: a}", P),
        ("tags: {any: {equals: b}}", P),
        ("tags: {all: {equals: b}}", F),
        ("part: {length: 2}", P),
        ("part: {exists: true}", P),
        ("part: {any: {name: {equals: y}}}", P),
        ("part: {all: {name: {equals: y}}}", F),
        ("'part[*].name': {in: [x, y]}", P),
        ("'part[*].name': {none: {equals: y}}", F),
        ("part.name: {in: [x, y]}", P),
        ("nothing: {exists: false}", P),
        ("nothing: {exists: true}", F),
        ("nothing: {length: 0}", P),
        ("nothing.at.all: {equals: 1}", F),
    ],
)
def test_a_type_whose_schema_is_not_known(asked: str, expected: Verdict) -> None:
    assert verdict(f"schema: unchecked\nrequire:\n  {asked}", UNCHECKED, "other_thing") is expected


def test_a_secret_elsewhere_in_a_finding_is_not_quoted() -> None:
    hcl = 'variable "s" {\n  sensitive = true\n  default = "hunter2"\n}\n' + table(
        'billing_mode = "PROVISIONED"\ntable_class = "${var.s}-x"'
    )
    asked = "forbid:\n  billing_mode: {equals: PROVISIONED}\n  table_class: {exists: true}"
    (problem,) = problems(asked, hcl)
    assert "(sensitive)" in problem.related[0].note
    assert "hunter2" not in problem.message + problem.related[0].note
    assert "hunter2" not in problem.related[0].span.source.quoted(3)


def test_elements_of_effective_tags() -> None:
    provider = 'provider "aws" {\n  default_tags {\n    tags = { Owner = "all" }\n  }\n}\n'
    hcl = provider + table('tags = { Team = "orders" }')
    assert verdict("require: {tags_all: {any: {equals: all}}}", hcl) is P
    assert verdict("require: {tags_all: {all: {equals: all}}}", hcl) is F
    (problem,) = problems("forbid: {'tags_all[*]': {equals: all}}", hcl)
    assert problem.primary.text == '"all"'


INGRESS = 'resource "aws_security_group" "g" {\n%s\n}\n'
OPEN = 'ingress {\n  from_port = 0\n  to_port = 22\n  protocol = "tcp"\n  cidr_blocks = ["0.0.0.0/0"]\n}'


@pytest.mark.parametrize(
    "asked",
    [
        "forbid: {'ingress[*].cidr_blocks': {contains: 0.0.0.0/0}}",
        "forbid: {'ingress[*].cidr_blocks[*]': {equals: 0.0.0.0/0}}",
        "require: {ingress: {none: {cidr_blocks: {contains: 0.0.0.0/0}, to_port: {at-most: 1024}}}}",
    ],
)
def test_arguments_that_may_be_written_as_blocks(asked: str) -> None:
    closed = OPEN.replace("0.0.0.0/0", "10.0.0.0/8")
    resource = "aws_security_group"
    assert verdict(asked, INGRESS % OPEN, resource) is F
    assert verdict(asked, INGRESS % f"{closed}\n{OPEN}", resource) is F
    assert verdict(asked, INGRESS % closed, resource) is P
    assert verdict(asked, INGRESS % "", resource) is P


def test_blocks_that_have_nothing_to_stand_in() -> None:
    empty = 'data "aws_iam_policy_document" "d" {\n}\n'
    resource = "data.aws_iam_policy_document"
    assert verdict("require: {'statement[*].principals': {exists: true}}", empty, resource) is F
    assert verdict("require: {'statement[*].principals': {length: 0}}", empty, resource) is P
    assert verdict("require: {'statement[*].principals': {any: {type: {exists: true}}}}", empty, resource) is F


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("'part[*]': {equals: x}", F),
        ("'part[*]': {exists: true}", P),
        ("size: {any: {equals: 3}}", P),
        ("size: {contains: '3'}", P),
        ("size: {in: ['3', '4']}", P),
        ("switch: {equals: 'true'}", P),
        ("switch: {equals: 'false'}", F),
        ("tags: {equals: a}", F),
        ("tags: {starts-with: a}", F),
        ("size: {equals: true}", F),
    ],
)
def test_other_kinds_of_values_than_meant(asked: str, expected: Verdict) -> None:
    hcl = UNCHECKED.replace("  size = 3", "  size = 3\n  switch = true")
    assert verdict(f"schema: unchecked\nrequire:\n  {asked}", hcl, "other_thing") is expected


def test_an_unknown_list_may_hold_what_is_looked_for() -> None:
    hcl = 'variable "n" {\n  type = list(number)\n}\nresource "other_thing" "t" {\n  sizes = concat([1], var.n)\n}\n'
    assert verdict("schema: unchecked\nrequire:\n  sizes: {contains: 2}", hcl, "other_thing") is U
