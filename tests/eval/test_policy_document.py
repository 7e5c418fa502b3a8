"""Policy documents against what Terraform makes of them (see roots.py), and the structure behind the text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.frontends.hcl import data, policy_document
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.policy_json import compare
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.ir.instance import Evaluation, ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Hole, Known, Part, Symbol, Unknown, Value, join_parts, parts_text, string
from ddbaudit.model.policies import policies_of, read_document
from tests.eval.roots import RECORDING, Terraform, Unavailable, expected, has_terraform, roots, save

FOLDER = "policy-documents"
ROOTS = {root.name: root for root in roots(FOLDER)}
ACCEPTED = [name for name in ROOTS if not name.startswith("refused")]
REFUSED = [name for name in ROOTS if name.startswith("refused")]
SAMPLE = ("merging", "refused-documents", "unknown")

Evaluate = Callable[[str], Evaluation]


def evaluated(directory: Path) -> Evaluation:
    return evaluate_root(str(directory), Loader(ParseOptions(), [directory]), Inputs(), "test")


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    def run(text: str) -> Evaluation:
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        return evaluated(tmp_path)

    return run


def plain(value: Value) -> Any:
    """A value as JSON gives it; unknown strings as text with references."""
    if isinstance(value, Unknown):
        assert value.parts is not None, value.cause.text
        return parts_text(value.parts)
    if not isinstance(value, Known):
        return None
    if isinstance(value.data, dict):
        return {name: plain(item) for name, item in value.data.items()}
    if isinstance(value.data, tuple):
        return [plain(item) for item in value.data]
    return float(value.data) if isinstance(value.data, Decimal) else value.data


# -- as Terraform ------------------------------------------------------------------------------------------------------


@pytest.mark.terraform
@pytest.mark.skipif(not RECORDING, reason="DDBAUDIT_RECORD is not set")
@pytest.mark.parametrize("name", ROOTS)
def test_record(name: str, tmp_path: Path) -> None:
    save(ROOTS[name], Terraform(ROOTS[name], tmp_path).record())


@pytest.mark.terraform
@pytest.mark.skipif(RECORDING or not has_terraform(), reason="there is no terraform here")
@pytest.mark.parametrize("name", SAMPLE)
def test_recordings_still_hold(name: str, tmp_path: Path) -> None:
    try:
        recorded = Terraform(ROOTS[name], tmp_path).record()
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert recorded == expected(ROOTS[name])


@pytest.mark.parametrize("name", ACCEPTED)
def test_as_terraform(name: str) -> None:
    evaluation = evaluated(ROOTS[name])
    outputs = {output: plain(setting.value) for output, setting in evaluation.modules[0].outputs.items()}
    assert outputs == expected(ROOTS[name])["outputs"]
    assert evaluation.diagnostics == ()


@pytest.mark.parametrize("name", REFUSED)
def test_refused_as_by_terraform(name: str) -> None:
    refused: dict[str, list[EvalError]] = {}
    for instance in evaluated(ROOTS[name]).resources:
        if instance.type == "aws_iam_policy_document":
            errors = refused.setdefault(instance.address, [])
            results = policy_document.results(instance, errors.append)
            assert errors or isinstance(results["json"], Known)
            if errors:
                json = results["json"]
                assert isinstance(json, Unknown)
                assert json.cause == Cause("error", errors[0].message, errors[0].span)
    assert {address for address, errors in refused.items() if errors} == set(expected(ROOTS[name])["errors"])


# -- the structure -----------------------------------------------------------------------------------------------------


def document(evaluation: Evaluation, name: str = "d") -> Known | Unknown:
    json = resource(evaluation, f"data.aws_iam_policy_document.{name}").body.value("json")
    assert isinstance(json, Known | Unknown)
    return json


def resource(evaluation: Evaluation, address: str) -> ResourceInstance:
    return next(instance for instance in evaluation.resources if instance.address == address)


def member(value: Value | None, *path: str | int) -> Value:
    for step in path:
        assert isinstance(value, Known)
        value = value.mapping[step] if isinstance(step, str) else value.items[step]
    assert value is not None
    return value


def place(value: Value) -> str:
    assert value.origin is not None
    assert value.origin.span is not None
    return value.origin.span.text


def certain(value: Value) -> list[Any]:
    """The Sids of the statements that certainly exist, of a document that may have more."""
    statements = member(value.structure if isinstance(value, Known | Unknown) else None, "Statement")
    assert isinstance(statements, Unknown)
    assert isinstance(value, Unknown)
    assert value.parts is None
    assert value.not_null
    assert value.cause == statements.cause
    assert isinstance(statements.structure, Known)
    sids = [member(statement, "Sid") for statement in statements.structure.items]
    return [plain(sid) if isinstance(sid, Known) else "?" for sid in sids]


TABLE = """
resource "aws_dynamodb_table" "t" {
  name = "orders"
}
"""


def test_everything_has_its_place(evaluate: Evaluate) -> None:
    json = document(
        evaluate(
            TABLE
            + """
            locals {
              actions = ["dynamodb:Query", "dynamodb:GetItem"]
            }
            data "aws_iam_policy_document" "d" {
              statement {
                sid       = "One"
                actions   = local.actions
                resources = [aws_dynamodb_table.t.arn, "${aws_dynamodb_table.t.arn}/index/*"]
                principals {
                  type        = "AWS"
                  identifiers = ["123456789012"]
                }
                condition {
                  test     = "Bool"
                  variable = "aws:SecureTransport"
                  values   = ["true"]
                }
              }
            }
            """
        )
    )
    statement = member(json.structure, "Statement", 0)
    assert place(statement) == "statement"
    assert place(member(statement, "Sid")) == '"One"'
    assert member(statement, "Effect").origin is None
    actions = member(statement, "Action")
    assert place(actions) == "local.actions"
    assert actions.origin is not None
    assert [o.note for o in actions.origin.chain() if o.note] == ["local.actions"]
    assert [place(v) for v in (member(actions, 0), member(actions, 1))] == ['"dynamodb:Query"', '"dynamodb:GetItem"']
    resources = member(statement, "Resource")
    assert place(resources).startswith("[aws_dynamodb_table.t.arn, ")
    index, table = member(resources, 0), member(resources, 1)
    assert isinstance(index, Unknown)
    assert isinstance(table, Unknown)
    assert table.symbol == Symbol("aws_dynamodb_table.t", ("arn",))
    assert index.parts == (table.symbol, "/index/*")
    assert [place(index), place(table)] == ['"${aws_dynamodb_table.t.arn}/index/*"', "aws_dynamodb_table.t.arn"]
    assert place(member(statement, "Principal", "AWS")) == '["123456789012"]'
    values = member(statement, "Condition", "Bool", "aws:SecureTransport")
    assert (plain(values), place(values)) == (["true"], '["true"]')


def test_policy_shows_where_its_statements_stand(evaluate: Evaluate) -> None:
    evaluation = evaluate(
        TABLE
        + """
        data "aws_iam_policy_document" "d" {
          dynamic "statement" {
            for_each = { Read = ["dynamodb:Query"], Write = ["dynamodb:PutItem"] }
            content {
              sid       = statement.key
              actions   = statement.value
              resources = ["${aws_dynamodb_table.t.arn}/index/*"]
            }
          }
          statement {
            actions   = ["dynamodb:ListTables"]
            resources = ["*"]
          }
        }
        resource "aws_iam_policy" "p" {
          policy = data.aws_iam_policy_document.d.json
        }
        """
    )
    (policy,) = policies_of(evaluation.resources)
    assert (policy.unknown, policy.invalid, policy.span.text) == (None, None, "data.aws_iam_policy_document.d.json")
    assert [s.sid for s in policy.statements] == ["Read", "Write", None]
    assert [s.span.text for s in policy.statements] == ['dynamic "statement"', 'dynamic "statement"', "statement"]
    assert [a.text for s in policy.statements for a in s.actions.items] == [
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:ListTables",
    ]
    (index,) = policy.statements[0].resources.items
    assert index.shown == "${aws_dynamodb_table.t.arn}/index/*"
    assert index.span.text == '"${aws_dynamodb_table.t.arn}/index/*"'


def test_merged_statements_are_those_of_their_documents(evaluate: Evaluate) -> None:
    evaluation = evaluate(
        """
        data "aws_iam_policy_document" "base" {
          statement {
            sid = "Base"
          }
          statement {
            sid = "Replaced"
          }
        }
        locals {
          extra = { Statement = [{ Sid = "Extra", Action = "a" }] }
        }
        data "aws_iam_policy_document" "d" {
          source_policy_documents   = [data.aws_iam_policy_document.base.json]
          override_policy_documents = [jsonencode(local.extra)]
          statement {
            sid = "Replaced"
          }
        }
        output "extra" {
          value = local.extra
        }
        """
    )
    base, merged = (document(evaluation, name).structure for name in ("base", "d"))
    assert member(merged, "Statement", 0) is member(base, "Statement", 0)
    assert member(merged, "Statement", 1) is not member(base, "Statement", 1)
    assert member(merged, "Statement", 2) is member(evaluation.modules[0].outputs["extra"].value, "Statement", 0)


def test_text_is_read_with_places(evaluate: Evaluate) -> None:
    json = document(
        evaluate(
            TABLE
            + """
            data "aws_iam_policy_document" "d" {
              source_policy_documents = [<<-EOT
                {
                  "Statement": [
                    {"Sid": "Heredoc", "Resource": "${aws_dynamodb_table.t.arn}/index/*"}
                  ]
                }
                EOT
              ]
            }
            """
        )
    )
    statement = member(json.structure, "Statement", 0)
    assert place(member(statement, "Sid")) == '"Heredoc"'
    assert place(member(statement, "Resource")) == '"${aws_dynamodb_table.t.arn}/index/*"'
    assert isinstance(json, Unknown)
    assert parts_text(json.parts or ()).endswith('"Resource": "${aws_dynamodb_table.t.arn}/index/*"\n    }\n  ]\n}')


# -- what cannot be told -----------------------------------------------------------------------------------------------

UNKNOWN = """
variable "u" {
  type = string
}
variable "us" {
  type = list(string)
}
"""


@pytest.mark.parametrize(
    ("body", "sids"),
    [
        ('dynamic "statement" {\n for_each = var.us\n content {}\n}', ["A"]),
        ("source_policy_documents = [var.u]", ["A"]),
        ("source_policy_documents = var.us", ["A"]),
        ("override_policy_documents = [var.u]", []),
        ("source_policy_documents = [data.aws_iam_policy.p.policy]", ["A"]),
        ("source_policy_documents = [data.aws_iam_policy_document.b.json]", ["B", "A"]),
        ("source_policy_documents = [data.aws_iam_policy_document.c.json]", ["A"]),
        ("override_policy_documents = [data.aws_iam_policy_document.c.json]", ["?"]),
        ('source_policy_documents = [jsonencode({ Statement = [{ Sid = "X" }, var.u] })]', ["X", "A"]),
        ('source_policy_documents = ["{\\"Statement\\": [${var.u}, {\\"Sid\\": \\"X\\"}]}"]', ["X", "A"]),
        ('statement {\n sid = "A"\n}', ["A", "A"]),
    ],
)
def test_statements_that_certainly_exist(evaluate: Evaluate, body: str, sids: list[str]) -> None:
    evaluation = evaluate(
        UNKNOWN
        + f"""
        data "aws_iam_policy" "p" {{
          name = "p"
        }}
        data "aws_iam_policy_document" "b" {{
          statement {{
            sid = "B"
          }}
          dynamic "statement" {{
            for_each = toset(var.us)
            content {{
              sid = "B"
            }}
          }}
        }}
        data "aws_iam_policy_document" "c" {{
          statement {{
            sid = var.u
          }}
        }}
        data "aws_iam_policy_document" "d" {{
          statement {{
            sid = "A"
          }}
          {body}
        }}
        """
    )
    json = document(evaluation)
    assert certain(json) == sids
    assert member(json.structure, "Version").origin is None
    read = read_document(json, resource(evaluation, "data.aws_iam_policy_document.d").body.header)
    assert read.unknown is not None
    assert len(read.statements) == len(sids)


@pytest.mark.parametrize(
    ("body", "name", "visible"),
    [
        ("actions = var.us", "Action", None),
        ("resources = toset(var.us)", "Resource", None),
        (
            'condition {\n test = "a"\n variable = "b"\n values = []\n}\n'
            'dynamic "condition" {\n for_each = var.us\n content {\n test = "c"\n variable = "d"\n values = []\n}\n}',
            "Condition",
            {"a": {"b": []}},
        ),
        ('condition {\n test = var.u\n variable = "b"\n values = []\n}', "Condition", {}),
        ('principals {\n type = var.u\n identifiers = ["x"]\n}', "Principal", {}),
        ('dynamic "not_principals" {\n for_each = var.us\n content {}\n}', "NotPrincipal", {}),
        ("sid = var.u", "Sid", None),
    ],
)
def test_members_that_are_not_wholly_known(evaluate: Evaluate, body: str, name: str, visible: Any) -> None:
    text = f'{UNKNOWN}\ndata "aws_iam_policy_document" "d" {{\nstatement {{\n{body}\n}}\n}}'
    json = document(evaluate(text))
    assert isinstance(json, Unknown)
    assert (json.parts, json.not_null, json.cause.kind) == (None, True, "no-value")
    found = member(json.structure, "Statement", 0, name)
    assert isinstance(found, Unknown)
    assert (None if found.structure is None else plain(found.structure)) == visible


def test_unknown_values_in_a_known_shape(evaluate: Evaluate) -> None:
    json = document(
        evaluate(
            UNKNOWN
            + """
            data "aws_iam_policy_document" "d" {
              version = var.u
              statement {
                effect  = var.u
                actions = [var.u]
                principals {
                  type        = "AWS"
                  identifiers = var.us
                }
                condition {
                  test     = "StringEquals"
                  variable = "k"
                  values   = var.us
                }
              }
            }
            """
        )
    )
    assert isinstance(json, Unknown)
    assert json.not_null
    minified = "".join("?" if isinstance(p, Hole) else str(p) for p in json.parts or ()).replace("\n", "")
    assert minified.replace(" ", "") == (
        '{"Version":"?","Statement":[{"Effect":"?","Action":"?","Principal":{"AWS":?},'
        '"Condition":{"StringEquals":{"k":?}}}]}'
    )


def test_order_that_cannot_be_told(evaluate: Evaluate) -> None:
    evaluation = evaluate(
        TABLE
        + UNKNOWN
        + """
        data "aws_iam_policy_document" "d" {
          statement {
            resources = ["a", "${var.u}x", aws_dynamodb_table.t.arn, "b"]
          }
        }
        data "aws_iam_policy_document" "e" {
          statement {
            resources = ["${aws_dynamodb_table.t.arn}y", "${aws_dynamodb_table.t.arn}x"]
          }
        }
        """
    )
    json = document(evaluation)
    resources = member(json.structure, "Statement", 0, "Resource")
    assert plain(resources) == ["b", "a", "${…}x", "${aws_dynamodb_table.t.arn}"]
    assert isinstance(json, Unknown)
    assert json.parts
    assert not json.not_null
    other = document(evaluation, "e")
    assert plain(member(other.structure, "Statement", 0, "Resource"))[0] == "${aws_dynamodb_table.t.arn}y"
    assert isinstance(other, Unknown)
    assert other.not_null


def test_broken_source_hides_statements(evaluate: Evaluate) -> None:
    evaluation = evaluate(
        """
        data "aws_iam_policy_document" "d" {
          statement {
            sid     = "A"
            actions = ["x"]
          }
          version = = 1
        }
        """
    )
    structure = document(evaluation).structure
    assert isinstance(member(structure, "Statement"), Unknown)


def test_secrets_make_the_text_sensitive(evaluate: Evaluate) -> None:
    json = document(
        evaluate(
            """
            data "aws_iam_policy_document" "d" {
              statement {
                resources = [sensitive("secret"), "open"]
              }
            }
            """
        )
    )
    assert isinstance(json, Known)
    assert json.sensitive


# -- order -------------------------------------------------------------------------------------------------------------

SYMBOLS = tuple(Symbol("aws_dynamodb_table.t", (name,)) for name in ("arn", "name"))
STRINGS = st.lists(st.one_of(st.sampled_from(["a", "b", "ab", "/"]), st.sampled_from(SYMBOLS)), max_size=4)


@given(STRINGS, STRINGS, st.lists(st.text("ab/", max_size=3), min_size=2, max_size=2))
def test_decided_order_holds_for_all_values(a: list[Part], b: list[Part], texts: list[str]) -> None:
    meanings = dict(zip(SYMBOLS, texts, strict=True))
    left, right = ("".join(p if isinstance(p, str) else meanings[cast(Symbol, p)] for p in parts) for parts in (a, b))
    order = compare(_string(a), _string(b))
    assert order in (None, (left > right) - (left < right))


def _string(parts: list[Part]) -> Value:
    joined = join_parts(parts)
    if all(isinstance(part, str) for part in joined):
        return string("".join(map(str, joined)))
    return Unknown(STRING, Cause("computed", ""), joined, not_null=True)


# -- other data sources ------------------------------------------------------------------------------------------------


def test_region_of_an_unknown_provider_is_a_symbol_with_its_cause(evaluate: Evaluate) -> None:
    evaluation = evaluate(
        UNKNOWN
        + """
        provider "aws" {
          region = var.u
        }
        data "aws_region" "r" {}
        data "aws_partition" "p" {}
        output "arn" {
          value = "arn:aws:dynamodb:${data.aws_region.r.name}:${data.aws_partition.p.partition}"
        }
        """
    )
    found = evaluation.modules[0].outputs["arn"].value
    assert plain(found) == "arn:aws:dynamodb:${data.aws_region.r.name}:${data.aws_partition.p.partition}"
    assert isinstance(found, Unknown)
    assert found.cause.kind == "no-value"


def test_what_must_be_read_stays_as_it_is(evaluate: Evaluate) -> None:
    evaluation = evaluate('data "aws_caller_identity" "me" {}')
    instance = resource(evaluation, "data.aws_caller_identity.me")
    assert data.read(instance) is instance
    assert "account_id" not in instance.body.arguments


def test_arn_that_is_none_is_not_read(evaluate: Evaluate) -> None:
    evaluation = evaluate('data "aws_arn" "a" {\n arn = "no:arn"\n}\ndata "aws_region" "r" {\n endpoint = "x"\n}')
    assert "resource" not in resource(evaluation, "data.aws_arn.a").body.arguments
    assert "name" not in resource(evaluation, "data.aws_region.r").body.arguments
