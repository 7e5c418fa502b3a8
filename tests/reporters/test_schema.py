"""What is printed satisfies the published schemas, and these are as the generator writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ddbaudit.reporters import json_
from tests.reporters.tour import dumped, report

ROOT = Path(__file__).parents[2]


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "docs" / "schema" / name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _documents() -> list[tuple[str, Any]]:
    return [("report-1.json", json.loads(json_.render(report()))), ("dump-1.json", json.loads(json.dumps(dumped())))]


@pytest.mark.parametrize(("name", "document"), _documents())
def test_real_output_is_valid(name: str, document: Any) -> None:
    assert [error.message for error in validator(name).iter_errors(document)] == []


@pytest.mark.parametrize(("name", "document"), _documents())
def test_every_key_is_required_and_keys_may_be_added(name: str, document: Any) -> None:
    check = validator(name)
    assert check.is_valid({**document, "later": 1})
    for key in document:
        assert not check.is_valid({k: v for k, v in document.items() if k != key})


def test_every_key_that_is_written_is_described() -> None:
    schema = json.loads((ROOT / "docs" / "schema" / "report-1.json").read_text("utf-8"))
    document = json.loads(json_.render(report()))
    assert set(document) == set(schema["properties"])
    assert set(document["outcome"]) == set(schema["properties"]["outcome"]["properties"])
    assert set(document["inventory"]) == set(schema["properties"]["inventory"]["properties"])
    assert set(document["findings"][0]) == set(schema["properties"]["findings"]["items"]["properties"])


def test_the_schemas_are_fresh() -> None:
    script = ROOT / "scripts" / "generate_schema.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
