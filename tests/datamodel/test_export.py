"""Models made of Terraform: what they are made of conforms to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.app.model_export import export_model
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.verdict import Verdict

REPOSITORY = Path(__file__).parents[2]

TABLE = """
variable "environment" {{
  type    = string
  default = "dev"
}}

resource "aws_dynamodb_table" "t" {{
  name         = "orders-${{var.environment}}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  range_key    = "no"
{body}
  attribute {{
    name = "id"
    type = "S"
  }}

  attribute {{
    name = "no"
    type = "N"
  }}
}}
"""


def exported(tmp_path: Path, body: str = "") -> tuple[str, bool]:
    (tmp_path / "main.tf").write_text(TABLE.format(body=body))
    found = export_model(Settings((str(tmp_path),)), "orders")
    return found.text.partition("tables:\n")[2], found.complete


@pytest.mark.parametrize("system", ["access-management", "site-builder", "jobwork-planner", "mind-links"])
def test_an_estate_conforms_to_the_model_made_of_it(system: str, tmp_path: Path) -> None:
    folder = str(REPOSITORY / "terraform" / "environments" / system)
    found = export_model(Settings((folder,)), system)
    assert found.complete
    path = tmp_path / "model.yaml"
    path.write_text(found.text)
    report = audit(Settings((folder,), packs=("baseline",), models=(str(path),), select=("MOD",)))
    assert report.findings == ()
    judged = [entry for entry in report.ledger if entry.rule == "MOD804"]
    assert judged
    assert all(entry.verdict is Verdict.PASS for entry in judged)


def test_everything_that_a_model_has(tmp_path: Path) -> None:
    body = """
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  ttl {
    attribute_name = "until"
    enabled        = true
  }

  local_secondary_index {
    name               = "by-state"
    range_key          = "state"
    projection_type    = "INCLUDE"
    non_key_attributes = ["total"]
  }

  attribute {
    name = "state"
    type = "S"
  }

  replica {
    region_name = "eu-west-1"
  }
"""
    text, complete = exported(tmp_path, body)
    assert complete
    assert text == (
        "  orders:\n"
        '    name: "orders-{env}"\n'
        "    replicas: {dev: [eu-west-1]}\n"
        "    hash: id\n"
        '    range: "no"\n'
        "    ttl: until\n"
        "    stream: NEW_AND_OLD_IMAGES\n"
        "    attributes:\n"
        "      state: S\n"
        "      id: S\n"
        '      "no": N\n'
        "      until: N\n"
        "    indexes:\n"
        "      by-state: {kind: local, range: state, projection: INCLUDE, include: [total]}\n"
        "\n"
    )


def test_what_is_not_known_is_said_by_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "variables.tf").write_text('variable "stream" {\n  type = bool\n}\n')
    _, complete = exported(tmp_path, "  stream_enabled = var.stream")
    assert not complete


def test_no_table_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("locals {\n  a = 1\n}\n")
    with pytest.raises(UsageError, match="there is no table"):
        export_model(Settings((str(tmp_path),)), "orders")


def test_the_system_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TABLE.format(body=""))
    with pytest.raises(UsageError, match="lower-case words"):
        export_model(Settings((str(tmp_path),)), "My Orders")
