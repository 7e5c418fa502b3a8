"""Policies: where they are found, how they are read, which documents are left over."""

from __future__ import annotations

import json

import pytest

from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Symbol, Unknown, Value, object_value, string, tuple_value
from ddbaudit.model.iam import Policy, Statement

from .builders import Block, Config, Plain, hole, symbol, template, texts, unknown, val

ARN = Symbol("aws_dynamodb_table.t", ("arn",))
STATEMENT: dict[str, Plain] = {"Sid": "Read", "Effect": "Allow", "Action": "dynamodb:Query", "Resource": ["a", "b"]}


def encoded(*statements: Plain, known: bool = True) -> Value:
    """What jsonencode gives."""
    structure = val({"Version": "2012-10-17", "Statement": list(statements)})
    if known:
        return string(json.dumps({"Statement": []}), structure=structure)
    return Unknown(STRING, Cause("computed", "known after apply"), structure=structure)


def policy_of(value: Plain, type_: str = "aws_iam_policy", argument: str = "policy") -> Policy:
    config = Config()
    config.add(type_, "p", {"name": "p", argument: value})
    (policy,) = config.estate().policies
    return policy


def statement_of(value: Plain) -> Statement:
    policy = policy_of(value)
    assert policy.invalid is None
    (statement,) = policy.statements
    return statement


def test_structure() -> None:
    statement = statement_of(encoded(STATEMENT))
    assert statement.sid == "Read"
    assert statement.label == 'statement "Read"'
    assert statement.effect.text == "Allow"
    assert [a.text for a in statement.actions.items] == ["dynamodb:Query"]
    assert [a.text for a in statement.resources.items] == ["a", "b"]
    assert not statement.not_actions.present
    assert statement.not_actions.span == statement.span
    assert statement.principals == ()
    assert statement.principals_unknown is None
    assert statement.conditions_unknown is None


def test_structure_of_an_unknown_text() -> None:
    statement = statement_of(encoded({**STATEMENT, "Resource": symbol("aws_dynamodb_table.t", "arn")}, known=False))
    assert statement.resources.items[0].parts == (ARN,)
    assert statement.resources.unknown is None


def test_places_of_a_structure() -> None:
    config = Config()
    header, listed, element = config.write("statement"), config.write("[x]"), config.write("x")
    action = tuple_value((string("dynamodb:Query", Origin(element)),), Origin(listed))
    statement = object_value({"Effect": string("Allow"), "Action": action}, Origin(header))
    config.add("aws_iam_policy", "p", {"policy": encoded(statement)})
    (found,) = config.estate().policies[0].statements
    assert found.span == header
    assert found.effect.span == header
    assert found.actions.span == listed
    assert found.actions.items[0].span == element
    assert found.resources.span == header


def test_statement_alone() -> None:
    structure = val({"Statement": STATEMENT})
    assert len(policy_of(string("{}", structure=structure)).statements) == 1


def test_known_text() -> None:
    statement = statement_of(json.dumps({"Statement": [STATEMENT]}))
    assert [a.text for a in statement.resources.items] == ["a", "b"]


def test_text_with_parts() -> None:
    value = template(
        '{"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": ["', ARN, '", "', ARN, '/index/*"]}}'
    )
    statement = statement_of(value)
    assert [a.parts for a in statement.resources.items] == [(ARN,), (ARN, "/index/*")]


def test_text_with_an_unknown_list() -> None:
    value = template('{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": ', hole(), "}}")
    statement = statement_of(value)
    assert statement.resources.present
    assert statement.resources.items == ()
    assert statement.resources.unknown is not None


def test_text_with_an_unknown_member() -> None:
    value = template('{"Statement": {"Effect": "Allow", ', hole(), '"Action": "a:b", "Resource": "*"}}')
    statement = statement_of(value)
    assert statement.conditions_unknown is not None
    assert statement.principals_unknown is None or statement.principals_unknown is not None
    assert [a.text for a in statement.actions.items] == ["a:b"]


def test_text_with_unknown_statements() -> None:
    policy = policy_of(template('{"Statement": [{"Effect": "Allow", "Action": "a:b"}, ', hole(), "]}"))
    assert len(policy.statements) == 1
    assert policy.unknown is not None
    assert policy.invalid is None


def test_unknown_text() -> None:
    policy = policy_of(unknown())
    assert policy.statements == ()
    assert policy.unknown is not None


def test_unknown_concat_of_statements() -> None:
    some = tuple_value((val(STATEMENT),))
    partly = Unknown(DYNAMIC, Cause("no-value", "var.x has no value"), structure=some)
    policy = policy_of(string("{}", structure=object_value({"Statement": partly})))
    assert len(policy.statements) == 1
    assert policy.unknown is not None


def test_unknown_element_of_a_list_is_one_string() -> None:
    statement = statement_of(encoded({**STATEMENT, "Resource": ["a", unknown(type_=DYNAMIC)]}))
    assert [a.is_unknown for a in statement.resources.items] == [False, True]
    assert statement.resources.unknown is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("[]", "not a JSON object"),
        ("nonsense", "not JSON"),
        ("{}", "no Statement"),
        ('{"Statement": "x"}', "neither an object"),
        ('{"Statement": ["x"]}', "not an object"),
        ('{"Statement": [{"Action": "a:b"}]}', "statement 1 has no Effect"),
        ('{"Statement": [{"Effect": "allow", "Action": "a:b"}]}', "neither Allow nor Deny"),
        ('{"Statement": [{"Effect": "Allow"}]}', "neither Action nor NotAction"),
        ('{"Statement": [{"Effect": "Allow", "Action": "a:b", "NotAction": "a:c"}]}', "both Action and NotAction"),
        ('{"Statement": [{"Effect": "Allow", "Action": {"x": 1}}]}', "neither a string nor a list"),
        ('{"Statement": [{"Effect": "Allow", "Action": [["a:b"]]}]}', "not a string"),
        ('{"Statement": [{"Effect": "Allow", "Action": "a:b", "Principal": "x"}]}', "Principal"),
        ('{"Statement": [{"Effect": "Allow", "Action": "a:b", "Principal": {"Aws": "x"}}]}', "does not know"),
        ('{"Statement": [{"Effect": "Allow", "Action": "a:b", "Condition": "x"}]}', "Condition"),
        ("", "not JSON"),
    ],
)
def test_invalid(document: str, why: str) -> None:
    policy = policy_of(document)
    assert policy.invalid is not None
    assert why in policy.invalid


def test_principals() -> None:
    principal: Plain = {"AWS": ["arn:aws:iam::1:root", 123456789012], "Service": "lambda.amazonaws.com"}
    statement = statement_of(encoded({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}))
    found = {p.kind: [a.text for a in p.identifiers.items] for p in statement.principals}
    assert found == {"AWS": ["arn:aws:iam::1:root", "123456789012"], "Service": ["lambda.amazonaws.com"]}


def test_principal_star_and_unknown_and_not() -> None:
    base: dict[str, Plain] = {"Effect": "Allow", "Action": "a:b"}
    star = statement_of(encoded({**base, "Principal": "*"}))
    assert [p.kind for p in star.principals] == ["*"]
    assert statement_of(encoded({**base, "Principal": unknown()})).principals_unknown is not None
    denied = statement_of(encoded({**base, "NotPrincipal": {"AWS": "x"}}))
    assert denied.principals_unknown is not None
    assert denied.principals_unknown.cause.kind == "unsupported"


def test_conditions() -> None:
    condition: Plain = {"StringEquals": {"aws:SourceVpce": ["a", "b"]}, "Bool": {"aws:SecureTransport": False}}
    statement = statement_of(encoded({**STATEMENT, "Condition": condition}))
    found = {(c.operator, c.key): [a.text for a in c.values] for c in statement.conditions}
    assert found == {("StringEquals", "aws:SourceVpce"): ["a", "b"], ("Bool", "aws:SecureTransport"): ["false"]}
    assert statement_of(encoded({**STATEMENT, "Condition": unknown(type_=DYNAMIC)})).conditions_unknown is not None
    assert statement_of(encoded({**STATEMENT, "Condition": None})).conditions_unknown is None


# -- where policies are --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "argument", "kind"),
    [
        ("aws_iam_policy", "policy", "identity"),
        ("aws_iam_role_policy", "policy", "identity"),
        ("aws_iam_user_policy", "policy", "identity"),
        ("aws_iam_group_policy", "policy", "identity"),
        ("aws_iam_role", "assume_role_policy", "trust"),
        ("aws_dynamodb_resource_policy", "policy", "resource"),
        ("aws_kms_key", "policy", "key"),
        ("aws_kms_key_policy", "policy", "key"),
        ("aws_vpc_endpoint", "policy", "endpoint"),
        ("aws_s3_bucket_policy", "policy", "resource"),
        ("aws_sns_topic_policy", "policy", "resource"),
        ("aws_sqs_queue_policy", "policy", "resource"),
    ],
)
def test_holders(type_: str, argument: str, kind: str) -> None:
    policy = policy_of(encoded(STATEMENT), type_, argument)
    assert policy.kind == kind
    assert policy.attribute == argument
    assert policy.label == 'policy "p"'
    assert len(policy.statements) == 1


def test_no_policy_where_none_is_set() -> None:
    config = Config()
    config.add("aws_kms_key", "k")
    config.add("aws_sqs_queue", "q", {"policy": ""})
    config.add("aws_s3_bucket", "b")
    assert config.estate().policies == ()


def test_broken_holder_may_have_a_policy() -> None:
    config = Config()
    config.add("aws_kms_key", "k", broken=True)
    (policy,) = config.estate().policies
    assert policy.unknown is not None
    assert policy.unknown.cause.kind == "broken"


def test_inline_policies() -> None:
    config = Config()
    inline = [Block({"name": "in", "policy": encoded(STATEMENT)}), Block({"name": "empty"})]
    config.add("aws_iam_role", "r", {"assume_role_policy": encoded(STATEMENT)}, {"inline_policy": inline})
    trust, found = config.estate().policies
    assert trust.kind == "trust"
    assert trust.label == "policy aws_iam_role.r"
    assert (found.kind, found.attribute, found.name.text) == ("identity", "inline_policy", "in")


def test_possible_inline_policies_say_nothing() -> None:
    config = Config()
    config.add("aws_iam_role", "r", possible={"inline_policy": [Block({"policy": encoded(STATEMENT)})]})
    (policy,) = config.estate().policies
    assert policy.statements == ()
    assert policy.unknown is not None
    assert policy.span.text == "inline_policy"


def test_name_prefix() -> None:
    config = Config()
    config.add("aws_iam_policy", "p", {"name_prefix": "app-", "policy": encoded(STATEMENT)})
    name = config.estate().policies[0].name
    assert name.parts[0] == "app-"
    assert name.shown == "app-${…}"


# -- documents -----------------------------------------------------------------------------------------------------


def document(config: Config, name: str, *statements: Block, args: dict[str, Plain] | None = None) -> str:
    instance = config.add("aws_iam_policy_document", name, args, {"statement": statements}, mode="data")
    return instance.address


def read(*resources: Plain) -> Block:
    return Block({"sid": "Read", "actions": texts("dynamodb:Query"), "resources": texts(*resources)})


def test_loose_document() -> None:
    config = Config()
    document(config, "d", read(symbol("aws_dynamodb_table.t", "arn")))
    (policy,) = config.estate().policies
    assert (policy.kind, policy.attribute) == ("document", "json")
    (statement,) = policy.statements
    assert statement.effect.text == "Allow"
    assert statement.span.text == "statement"
    assert statement.resources.items[0].parts == (ARN,)
    assert policy.label == "policy data.aws_iam_policy_document.d"


def test_document_used_by_reference() -> None:
    config = Config()
    address = document(config, "d", read("*"))
    config.add("aws_iam_policy", "p", {"policy": symbol(address, "json")})
    (policy,) = config.estate().policies
    assert policy.kind == "identity"
    assert [s.sid for s in policy.statements] == ["Read"]


def test_document_used_by_identity() -> None:
    config = Config()
    structure = val({"Statement": [STATEMENT]})
    config.add("aws_iam_policy_document", "d", {"json": string("{}", structure=structure)}, mode="data")
    config.add("aws_iam_policy_document", "e", {"json": encoded(STATEMENT)}, mode="data")
    config.add("aws_iam_policy", "p", {"policy": string("{}", structure=structure)})
    assert [(p.kind, p.instance.name) for p in config.estate().policies] == [("document", "e"), ("identity", "p")]


def test_document_used_by_a_larger_document() -> None:
    config = Config()
    structure = val({"Statement": [STATEMENT]})
    inner = string("{}", structure=structure)
    config.add("aws_iam_policy_document", "inner", {"json": inner}, mode="data")
    own = Block({"sid": "Own", "actions": texts("a:b"), "resources": texts("*")})
    document(config, "outer", own, args={"source_policy_documents": texts(inner)})
    (policy,) = config.estate().policies
    assert policy.instance.name == "outer"
    assert [s.sid for s in policy.statements] == ["Read", "Own"]


def test_override_documents_replace_by_sid() -> None:
    config = Config()
    text = json.dumps({"Statement": [{**STATEMENT, "Effect": "Deny"}]})
    document(config, "d", read("*"), args={"override_policy_documents": texts(text, unknown())})
    (policy,) = config.estate().policies
    assert [(s.sid, s.effect.text) for s in policy.statements] == [("Read", "Deny")]
    assert policy.unknown is not None


def test_document_blocks() -> None:
    config = Config()
    block = Block(
        {"actions": texts("s3:Get*"), "not_resources": texts("x"), "effect": "Deny"},
        {
            "principals": [Block({"type": "AWS", "identifiers": texts(name)}) for name in ("a", "b")],
            "condition": [
                Block({"test": "StringLike", "variable": "v", "values": texts("1")}),
                Block({"test": "StringLike", "variable": "w", "values": texts("2")}),
                Block({"test": unknown(), "variable": "w", "values": texts("2")}),
            ],
        },
    )
    document(config, "d", block)
    (statement,) = config.estate().policies[0].statements
    assert statement.effect.text == "Deny"
    assert [a.text for a in statement.not_resources.items] == ["x"]
    assert [[a.text for a in p.identifiers.items] for p in statement.principals] == [["a", "b"]]
    assert [(c.operator, c.key) for c in statement.conditions] == [("StringLike", "v"), ("StringLike", "w")]
    assert statement.conditions_unknown is not None


def test_document_with_unknown_statements() -> None:
    config = Config()
    config.add("aws_iam_policy_document", "d", possible={"statement": [read("*")]}, mode="data")
    (policy,) = config.estate().policies
    assert policy.statements == ()
    assert policy.unknown is not None


def test_empty_document_is_no_policy() -> None:
    config = Config()
    document(config, "d")
    assert config.estate().policies == ()


def test_value_is_kept() -> None:
    value = encoded(STATEMENT)
    policy = policy_of(value)
    assert isinstance(policy.value, Known)
    assert policy.value.structure is value.structure  # type: ignore[attr-defined]
    assert not isinstance(policy.name.value, Absent)


def test_document_that_shares_statements_with_a_used_one() -> None:
    config = Config()
    structure = val({"Statement": [STATEMENT]})
    shared = string("{}", structure=structure)
    config.add("aws_iam_policy_document", "used", {"json": shared}, mode="data")
    own = Block({"sid": "Own", "actions": texts("a:b"), "resources": texts("*")})
    document(config, "loose", own, args={"source_policy_documents": texts(shared)})
    config.add("aws_iam_policy", "p", {"policy": shared})
    assert [(p.kind, p.instance.name) for p in config.estate().policies] == [("document", "loose"), ("identity", "p")]
