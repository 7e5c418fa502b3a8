"""Who has which policy: joins by symbol and by name, through data sources, groups and lists, with and without doubt."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.actions import is_known_action
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.model.managed_policies import managed_document, managed_name
from ddbaudit.model.mappings import mappings_of
from ddbaudit.model.principals import Identity, identities_of, roles_by_reference
from ddbaudit.model.reading import elements
from ddbaudit.model.streams import functions_by_reference, functions_of
from ddbaudit.testing.cases import evaluate_source

BASE = """
variable "unset" {}

variable "environment" {
  default = "dev"
}

data "aws_partition" "current" {}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role" "reader" {
  name               = "${var.environment}-reader"
  assume_role_policy = "{}"
}

resource "aws_iam_policy" "read" {
  name = "read"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.orders.arn }]
  })
}
"""
AWS = "arn:aws:iam::aws:policy"


def estate_of(source: str) -> Estate:
    return build_estate(evaluate_source({"main.tf": BASE + source}, "dev"))


def identity(source: str, address: str = "aws_iam_role.reader") -> Identity:
    estate = estate_of(source)
    (found,) = (i for i in estate.once(identities_of) if i.address == address)
    return found


def policies(source: str, address: str = "aws_iam_role.reader") -> list[tuple[str, bool]]:
    """The label of each policy and whether the identity certainly has it."""
    return [(a.policy.label, a.doubt is None) for a in identity(source, address).attachments]


def attachment(role: str, policy: str = "aws_iam_policy.read.arn") -> str:
    return f'resource "aws_iam_role_policy_attachment" "a" {{\n  role       = {role}\n  policy_arn = {policy}\n}}\n'


READ = [('policy "read"', True)]


@pytest.mark.parametrize(
    "role",
    [
        "aws_iam_role.reader.name",
        "aws_iam_role.reader.id",
        '"dev-reader"',
        '"${var.environment}-reader"',
        "data.aws_iam_role.reader.name",
        'reverse(split("/", "arn:aws:iam::111122223333:role/path/dev-reader"))[0]',
    ],
)
def test_a_role_by_symbol_and_by_name(role: str) -> None:
    data = 'data "aws_iam_role" "reader" {\n  name = "dev-reader"\n}\n'
    assert policies(attachment(role) + data) == READ


@pytest.mark.parametrize(
    "arn",
    [
        "aws_iam_policy.read.arn",
        "aws_iam_policy.read.id",
        '"arn:aws:iam::111122223333:policy/read"',
        '"arn:${data.aws_partition.current.partition}:iam::111122223333:policy/some/path/read"',
        "data.aws_iam_policy.read.arn",
        "data.aws_iam_policy.by_arn.arn",
    ],
)
def test_a_policy_by_symbol_and_by_arn(arn: str) -> None:
    data = """
    data "aws_iam_policy" "read" {
      name = "read"
    }
    data "aws_iam_policy" "by_arn" {
      arn = "arn:aws:iam::111122223333:policy/read"
    }
    """
    assert policies(attachment("aws_iam_role.reader.name", arn) + data) == READ


def test_another_role() -> None:
    assert policies(attachment('"dev-writer"')) == []


def test_a_role_that_is_not_known() -> None:
    """It may be this one."""
    assert policies(attachment("var.unset")) == [('policy "read"', False)]
    assert policies(attachment('"dev-${var.unset}"')) == [('policy "read"', False)]
    assert policies(attachment('"prod-${var.unset}"')) == []


def test_names_that_the_provider_makes_up() -> None:
    roles = """
    resource "aws_iam_role" "prefixed" {
      name_prefix        = "orders-"
      assume_role_policy = "{}"
    }
    resource "aws_iam_role" "nameless" {
      assume_role_policy = "{}"
    }
    """
    named = roles + attachment('"orders-20240101"')
    assert policies(named, "aws_iam_role.prefixed") == [('policy "read"', False)]
    assert policies(named, "aws_iam_role.nameless") == []
    assert policies(roles + attachment("aws_iam_role.prefixed.name"), "aws_iam_role.prefixed") == READ
    assert policies(roles + attachment("aws_iam_role.nameless.name"), "aws_iam_role.nameless") == READ


def test_an_attachment_that_may_not_exist() -> None:
    counted = attachment("aws_iam_role.reader.name").replace("  role ", "  count = var.unset\n  role ")
    assert policies(counted) == [('policy "read"', False)]


@pytest.mark.parametrize(
    "source",
    [
        'resource "aws_iam_policy_attachment" "a" {\nname = "a"\nroles = ["x", "dev-reader"]\n'
        "policy_arn = aws_iam_policy.read.arn\n}\n",
        'resource "aws_iam_role_policy_attachments_exclusive" "a" {\nrole_name = aws_iam_role.reader.name\n'
        "policy_arns = [aws_iam_policy.read.arn]\n}\n",
    ],
)
def test_lists_of_roles_and_of_policies(source: str) -> None:
    assert policies(source) == READ


def test_a_list_that_is_not_wholly_known() -> None:
    source = """
    resource "aws_iam_role_policy_attachments_exclusive" "a" {
      role_name   = aws_iam_role.reader.name
      policy_arns = concat([aws_iam_policy.read.arn], var.unset)
    }
    """
    found = policies(source)
    assert ('policy "read"', False) in found
    assert identity(source).unseen is not None


def test_what_a_role_says_of_itself() -> None:
    role = f"""
    resource "aws_iam_role" "writer" {{
      name                 = "writer"
      assume_role_policy   = "{{}}"
      managed_policy_arns  = ["{AWS}/service-role/AWSLambdaBasicExecutionRole"]
      permissions_boundary = aws_iam_policy.read.arn

      inline_policy {{
        name   = "inside"
        policy = "{{}}"
      }}
    }}
    resource "aws_iam_role_policy" "beside" {{
      name   = "beside"
      role   = aws_iam_role.writer.id
      policy = "{{}}"
    }}
    """
    found = identity(role, "aws_iam_role.writer")
    labels = [a.policy.label for a in found.attachments]
    assert labels == ['policy "inside"', 'policy "AWSLambdaBasicExecutionRole"', 'policy "beside"']
    assert found.boundary is not None
    assert found.boundary.policy.label == 'policy "read"'
    assert found.trust is not None
    assert found.trust.kind == "trust"


def test_users_have_the_policies_of_their_groups() -> None:
    people = """
    resource "aws_iam_user" "ann" {
      name = "ann"
    }
    resource "aws_iam_user" "bob" {
      name = "bob"
    }
    resource "aws_iam_group" "team" {
      name = "team"
    }
    resource "aws_iam_group_policy_attachment" "team" {
      group      = aws_iam_group.team.name
      policy_arn = aws_iam_policy.read.arn
    }
    resource "aws_iam_user_policy" "own" {
      name   = "own"
      user   = aws_iam_user.ann.name
      policy = "{}"
    }
    """
    joined = 'resource "aws_iam_user_group_membership" "m" {\nuser = aws_iam_user.ann.name\ngroups = ["team"]\n}\n'
    assert policies(people + joined, "aws_iam_user.ann") == [('policy "own"', True), ('policy "read"', True)]
    assert policies(people + joined, "aws_iam_user.bob") == []
    listed = 'resource "aws_iam_group_membership" "m" {\nname = "m"\ngroup = "team"\nusers = ["bob", var.unset]\n}\n'
    assert policies(people + listed, "aws_iam_user.bob") == [('policy "read"', True), ('policy "read"', False)]


def test_permission_sets() -> None:
    source = f"""
    resource "aws_ssoadmin_permission_set" "admins" {{
      name         = "admins"
      instance_arn = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
    }}
    resource "aws_ssoadmin_managed_policy_attachment" "admins" {{
      instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
      permission_set_arn = aws_ssoadmin_permission_set.admins.arn
      managed_policy_arn = "{AWS}/AdministratorAccess"
    }}
    resource "aws_ssoadmin_customer_managed_policy_attachment" "admins" {{
      instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
      permission_set_arn = aws_ssoadmin_permission_set.admins.arn

      customer_managed_policy_reference {{
        name = "read"
      }}
    }}
    """
    found = policies(source, "aws_ssoadmin_permission_set.admins")
    assert found == [('policy "AdministratorAccess"', True), *READ]


def test_consumers() -> None:
    source = """
    resource "aws_lambda_function" "f" {
      function_name = "f"
      role          = aws_iam_role.reader.arn
    }
    resource "aws_ecs_task_definition" "t" {
      family                = "t"
      container_definitions = "[]"
      task_role_arn         = "arn:aws:iam::111122223333:role/dev-reader"
    }
    resource "aws_iam_instance_profile" "i" {
      role = aws_iam_role.reader.name
    }
    """
    found = identity(source)
    assert [c.noun for c in found.consumers] == ["Lambda function", "ECS task", "EC2 instance profile"]
    assert found.consumers[0].address == "aws_lambda_function.f"
    assert found.label == 'role "dev-reader"'
    assert identity('resource "aws_iam_user" "u" {\n  name = var.unset\n}\n', "aws_iam_user.u").label == (
        "user aws_iam_user.u"
    )


GET, PUT = "dynamodb:GetItem", "dynamodb:PutItem"
MAY_READ = attachment("aws_iam_role.reader.name")


@pytest.mark.parametrize(
    ("source", "get", "put"),
    [
        (MAY_READ, Verdict.PASS, Verdict.FAIL),
        (attachment("var.unset"), Verdict.UNKNOWN, Verdict.FAIL),
        (attachment("aws_iam_role.reader.name", "var.unset"), Verdict.UNKNOWN, Verdict.UNKNOWN),
        (attachment("aws_iam_role.reader.name", f'"{AWS}/PowerUserAccess"'), Verdict.PASS, Verdict.PASS),
        (attachment("aws_iam_role.reader.name", f'"{AWS}/AmazonS3FullAccess"'), Verdict.FAIL, Verdict.FAIL),
        (attachment("aws_iam_role.reader.name", f'"{AWS}/NobodyKnowsThis"'), Verdict.UNKNOWN, Verdict.UNKNOWN),
        (
            attachment("aws_iam_role.reader.name", '"arn:aws:iam::111122223333:policy/x"'),
            Verdict.UNKNOWN,
            Verdict.UNKNOWN,
        ),
    ],
)
def test_what_an_identity_may(source: str, get: Verdict, put: Verdict) -> None:
    estate = estate_of(source)
    (table,) = estate.tables
    (role,) = estate.once(identities_of)
    assert role.may(estate, GET, lambda target: target.covers_table(table)) is get
    assert role.may(estate, PUT, lambda target: target.covers_table(table)) is put


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ("aws_iam_policy.read.arn", Verdict.PASS),
        (f'"{AWS}/AmazonS3FullAccess"', Verdict.FAIL),
        ('"arn:aws:iam::111122223333:policy/boundary"', Verdict.UNKNOWN),
        ("var.unset", Verdict.UNKNOWN),
        ("null", Verdict.PASS),
    ],
)
def test_boundaries(boundary: str, expected: Verdict) -> None:
    bound = BASE.replace(
        'assume_role_policy = "{}"', f'assume_role_policy = "{{}}"\n  permissions_boundary = {boundary}'
    )
    estate = build_estate(evaluate_source({"main.tf": bound + MAY_READ}, "dev"))
    (table,) = estate.tables
    (role,) = estate.once(identities_of)
    assert role.may(estate, GET, lambda target: target.covers_table(table)) is expected


def test_an_unseen_policy_says_which() -> None:
    for arn, shown in (
        (f"{AWS}/NobodyKnowsThis", "NobodyKnowsThis"),
        ("arn:aws:iam::111122223333:policy/x", "arn:aws:iam::111122223333:policy/x"),
    ):
        unseen = identity(attachment("aws_iam_role.reader.name", f'"{arn}"')).unseen
        assert unseen is not None
        assert unseen.cause.text == f"the policy {shown} is not part of this configuration"


def test_the_shipped_policies() -> None:
    assert managed_name(("arn:aws:iam::aws:policy/service-role/AWSLambdaRole",)) == "AWSLambdaRole"
    assert managed_name(("arn:aws:iam::111122223333:policy/AWSLambdaRole",)) is None
    assert managed_document("NobodyKnowsThis") is None
    document = managed_document("AWSLambdaDynamoDBExecutionRole")
    assert isinstance(document, Known)
    (statement,) = elements(document.mapping["Statement"])[0]
    assert isinstance(statement, Known)
    actions = [item.text for item in elements(statement.mapping["Action"])[0] if isinstance(item, Known)]
    assert "dynamodb:GetRecords" in actions
    assert all(is_known_action(action) for action in actions)


def test_roles_by_arn() -> None:
    estate = estate_of('resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "x"\n}\n')
    assert estate.once(roles_by_reference) is estate.once(roles_by_reference)
    assert estate.once(functions_by_reference) is estate.once(functions_by_reference)


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("f.arn", [True]),
        ("arn:aws:lambda:eu-west-1:111122223333:function:f", [True]),
        ("arn:aws:lambda:eu-west-1:111122223333:function:f:live", [True]),
        ("arn:aws:lambda:eu-west-1:111122223333:function:${var.unset}:live", [False]),
        ("arn:aws:lambda:eu-west-1:111122223333:function:${var.unset}", [False]),
        ("arn:aws:lambda:eu-west-1:111122223333:function:g-${var.unset}", []),
        ("arn:aws:lambda:eu-west-1:111122223333:layer:f", []),
    ],
)
def test_functions_by_arn(reference: str, found: list[bool]) -> None:
    """Whether the function is certainly the one that is meant; none, when it is another."""
    written = "aws_lambda_function.f.arn" if reference == "f.arn" else f'"{reference}"'
    source = f"""
    resource "aws_lambda_function" "f" {{
      function_name = "f"
      role          = aws_iam_role.reader.arn
    }}
    resource "aws_lambda_event_source_mapping" "m" {{
      function_name = {written}
    }}
    """
    estate = estate_of(source)
    (mapping,) = estate.once(mappings_of)
    assert [verdict is Verdict.PASS for _, verdict in functions_of(mapping, estate)] == found


def test_references_that_name_nothing() -> None:
    data = 'data "aws_iam_policy" "p" {\n  path_prefix = "/x/"\n}\ndata "aws_iam_role" "r" {\n  name = var.unset\n}\n'
    assert policies(attachment('"arn:aws:iam::111122223333:role"')) == []
    found = policies(data + attachment("aws_iam_role.reader.name", "data.aws_iam_policy.p.arn"))
    assert (found[0], len(found)) == (('policy "read"', False), 2)
    assert policies(data + attachment("data.aws_iam_role.r.name")) == [('policy "read"', False)]


def test_services_that_may_assume_a_role() -> None:
    def trusting(document: str) -> tuple[tuple[str, ...], bool]:
        role = f'resource "aws_iam_role" "t" {{\n  name = "t"\n  assume_role_policy = {document}\n}}\n'
        services, unknown = identity(role, "aws_iam_role.t").services
        return services, unknown is None

    def document(effect: str, principal: str) -> str:
        statement = f'{{ Effect = "{effect}", Action = "sts:AssumeRole", Principal = {principal} }}'
        return f"jsonencode({{ Statement = [{statement}] }})"

    assert trusting(document("Allow", '{ Service = ["a.amazonaws.com", "b.amazonaws.com"] }')) == (
        ("a.amazonaws.com", "b.amazonaws.com"),
        True,
    )
    assert trusting(document("Deny", '{ Service = "a.amazonaws.com" }')) == ((), True)
    assert trusting(document("Allow", '{ AWS = "111122223333" }')) == ((), True)
    assert trusting(document("Allow", "var.unset")) == ((), False)
    assert trusting("var.unset") == ((), False)
