"""The READMEs of the modules say what the modules take, give and create; stale and undescribed things are seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import module_docs

MAIN = """
terraform {
  required_version = ">= 1.5.0"

  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = "~> 5.100"
      configuration_aliases = [aws.replica]
    }
  }
}

variable "rules" {
  description = "Rules by name: a | b."
  type = map(object({
    days = number # from 1
    kind = optional(string, "a")
  }))
  default = {
    first = { days = 1 }
  }
}

variable "name" {
  description = "A name."
  type        = string
}

resource "aws_sns_topic" "this" {
  for_each = var.rules
  name     = "${var.name}-${each.key}"
}

output "arns" {
  description = "ARNs by rule."
  value       = { for key, topic in aws_sns_topic.this : key => topic.arn }
  sensitive   = true
}
"""

EXPECTED = """# rules

Words before.

<!-- Begin: written by scripts/module_docs.py from the module's files -->

## Requirements

| Needs | Version | Passed as |
|---|---|---|
| Terraform | `>= 1.5.0` |  |
| hashicorp/aws | `~> 5.100` | `aws.replica` |

## Inputs

| Input | Type | Default | Meaning |
|---|---|---|---|
| `rules` | `map(object({ days = number, kind = optional(string, "a") }))` | `{ first = { days = 1 } }` | Rules by name: a \\| b. |
| `name` | `string` | required | A name. |

## Outputs

| Output | Meaning |
|---|---|
| `arns` | ARNs by rule. Sensitive. |

## Resources and data sources

| Address | How many |
|---|---|
| `aws_sns_topic.this` | one for each of `var.rules` |

<!-- End: written by scripts/module_docs.py -->
"""  # noqa: E501


@pytest.fixture
def module(tmp_path: Path) -> Path:
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "main.tf").write_text(MAIN)
    (directory / "README.md").write_text("# rules\n\nWords before.\n")
    return directory


def test_every_module_of_the_estate_is_described_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert module_docs.main(["--check"]) == 0, capsys.readouterr().out


def test_the_tables_are_put_at_the_end_and_then_replaced(module: Path) -> None:
    assert module_docs.main([str(module)]) == 0
    assert (module / "README.md").read_text() == EXPECTED
    (module / "README.md").write_text(EXPECTED.replace("A name.", "Something else.") + "\nWords behind.\n")
    assert module_docs.main([str(module)]) == 0
    assert (module / "README.md").read_text() == EXPECTED + "\nWords behind.\n"


def test_a_check_tells_what_is_stale_and_writes_nothing(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (module / "README.md").read_text()
    assert module_docs.main(["--check", str(module)]) == 1
    assert "README.md is stale" in capsys.readouterr().out
    assert (module / "README.md").read_text() == before
    module_docs.main([str(module)])
    assert module_docs.main(["--check", str(module)]) == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("main.tf", '  description = "A name."\n', "", "main.tf:25:1: variable name has no description"),
        ("main.tf", '  description = "ARNs by rule."\n', "", "output arns has no description"),
        ("main.tf", "sensitive   = true\n}", "sensitive   = \n}", "main.tf:"),
    ],
)
def test_what_cannot_be_described_is_named(
    module: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, message: str
) -> None:
    path = module / file
    path.write_text(path.read_text().replace(old, new))
    assert module_docs.main([str(module)]) == 1
    assert message in capsys.readouterr().out


def test_a_module_without_a_readme_is_named(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (module / "README.md").unlink()
    assert module_docs.main([str(module)]) == 1
    assert "there is no README" in capsys.readouterr().out
