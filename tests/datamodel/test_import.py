"""Data models of other tools: what is taken over, and what is said to be left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.cli.group import run
from ddbaudit.datamodel.commands import asked_of
from ddbaudit.datamodel.foreign import import_model
from ddbaudit.datamodel.reader import read_model
from ddbaudit.foundation.errors import UsageError


def typed(name: str, type_: str = "S") -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": type_}


def keys(hash_: str, range_: str | None = None) -> dict[str, Any]:
    return {"PartitionKey": typed(hash_), **({"SortKey": typed(range_)} if range_ else {})}


WORKBENCH = {
    "ModelName": "Sessions",
    "ModelMetadata": {"Author": "", "Version": "3.0"},
    "DataModel": [
        {
            "TableName": "sessions",
            "KeyAttributes": keys("PK", "SK"),
            "NonKeyAttributes": [typed("state"), typed("tags", "SS"), typed("active", "BOOL")],
            "GlobalSecondaryIndexes": [
                {"IndexName": "inverse", "KeyAttributes": keys("SK", "PK"), "Projection": {"ProjectionType": "ALL"}},
                {
                    "IndexName": "by-state",
                    "KeyAttributes": keys("state"),
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["tags"]},
                },
            ],
            "TableData": [{"PK": {"S": "u#1"}}],
            "BillingMode": "PROVISIONED",
        },
        {"TableName": "users", "KeyAttributes": keys("id")},
    ],
}


def command(operation: str, options: str) -> str:
    return f"aws dynamodb {operation} --table-name orders {options}"


def pattern(number: str, operation: str, implementation: str, **more: Any) -> dict[str, Any]:
    found = {"pattern": number, "description": "It", "table": "orders", "dynamodb_operation": operation}
    return {**found, "implementation": implementation, **more}


MODELLED: dict[str, Any] = {
    "tables": [
        {
            "TableName": "orders",
            "AttributeDefinitions": [typed("id"), typed("status"), typed("at", "N")],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-status",
                    "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "local",
                    "KeySchema": [
                        {"AttributeName": "id", "KeyType": "HASH"},
                        {"AttributeName": "status", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            "BillingMode": "PAY_PER_REQUEST",
        }
    ],
    "items": {"orders": []},
    "access_patterns": [
        pattern("1", "GetItem", command("get-item", """--key '{"id":{"S":"1"},"at":{"N":"2"}}'""")),
        pattern(
            "2",
            "Query",
            command(
                "query",
                "--index-name by-status --key-condition-expression '#s = :s' "
                """--expression-attribute-names '{"#s":"status"}' --no-scan-index-forward""",
            ),
            index="by-status",
        ),
        pattern("3", "PutItem", command("put-item", "--item '{}'")),
        pattern("4", "TransactWriteItems", command("transact-write-items", "")),
        pattern("5", "Query", command("query", "--key-condition-expression 'size(id) = :s'")),
        {"pattern": "6", "description": "Search", "reason": "another service"},
    ],
}


def test_a_model_of_nosql_workbench() -> None:
    found = import_model(json.dumps(WORKBENCH), "workbench.json", "sessions", "{table}-{env}")
    assert found.left_out == ()
    model = read_model(found.text, "m.yaml")
    table = model.tables["sessions"]
    assert model.sources == ("Sessions",)
    assert table.names == {"": "sessions-{env}"}
    assert (table.keys.hash, table.keys.range) == (("PK",), ("SK",))
    assert {name: a.types for name, a in table.attributes.items()} == {
        "state": ("S",),
        "tags": ("SS",),
        "active": ("BOOL",),
        "PK": ("S",),
        "SK": ("S",),
    }
    assert table.indexes["inverse"].keys.hash == ("SK",)
    assert table.indexes["by-state"].include == ("tags",)
    assert model.tables["users"].indexes == {}


def test_a_model_of_the_modelling_server() -> None:
    found = import_model(json.dumps(MODELLED), "dynamodb_data_model.json", "orders")
    model = read_model(found.text, "m.yaml")
    table = model.tables["orders"]
    assert table.names == {"": "orders"}
    assert table.stream == "NEW_IMAGE"
    assert {index.key: index.kind for index in table.indexes.values()} == {"by-status": "global", "local": "local"}
    assert {p.name: (p.operation, p.index, dict(p.where), p.descending) for p in model.patterns.values()} == {
        "1 It": ("GetItem", "", {"id": "equals", "at": "equals"}, False),
        "2 It": ("Query", "by-status", {"status": "equals"}, True),
        "3 It": ("PutItem", "", {}, False),
    }
    assert found.left_out == (
        '"4 It": it is no single operation, but TransactWriteItems',
        '"5 It": its command does not tell by which keys it asks',
        '"6 Search": it names no table of the model',
    )


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ("'id = :i AND at BETWEEN :a AND :b'", {"id": "equals", "at": "between"}),
        ("'id = :i and begins_with(at, :a)'", {"id": "equals", "at": "begins_with"}),
        ("'(id = :i) AND (at >= :a)'", {"id": "equals", "at": "greater_or_equal"}),
        ("'id = :i AND at < :a'", {"id": "equals", "at": "less"}),
        ("'id = :i AND at <= :a'", {"id": "equals", "at": "less_or_equal"}),
        ("'id = :i AND at > :a'", {"id": "equals", "at": "greater"}),
    ],
)
def test_key_conditions(options: str, where: dict[str, str]) -> None:
    asked = asked_of(f"aws dynamodb query --key-condition-expression {options}", "Query")
    assert asked is not None
    assert asked.where == where


@pytest.mark.parametrize(
    ("command_", "operation"),
    [
        ("aws dynamodb query", "Query"),
        ("aws dynamodb query --key-condition-expression '#x = :x'", "Query"),
        ("aws dynamodb query --key-condition-expression 'id = :i OR at = :a'", "Query"),
        ("aws dynamodb get-item --key '[1]'", "GetItem"),
        ("aws dynamodb get-item --key '{'", "GetItem"),
        ("aws dynamodb get-item --key 'unclosed", "GetItem"),
    ],
)
def test_what_cannot_be_told(command_: str, operation: str) -> None:
    assert asked_of(command_, operation) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "no data model of NoSQL Workbench"),
        ('{"DataModel": [{"TableName": "a"}], "ModelName": "x"}', "KeyAttributes"),
        ('{"tables": []}', "m.json: the data model has no table"),
        ('{"ModelName": "x", "DataModel": []}', "m.json: the data model has no table"),
    ],
)
def test_what_is_no_model_is_refused(content: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        import_model(content, "m.json", "orders")
    assert told in refused.value.message


def test_the_command_says_what_it_leaves_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dynamodb_data_model.json"
    path.write_text(json.dumps(MODELLED))
    assert run(["model", "import", str(path), "--system", "orders"]) == 3
    printed = capsys.readouterr()
    assert printed.out.startswith("format: 1\nsystem: orders\n")
    assert len(printed.err.splitlines()) == 3
    path.write_text(json.dumps(WORKBENCH))
    assert run(["model", "import", str(path), "--system", "sessions"]) == 0
