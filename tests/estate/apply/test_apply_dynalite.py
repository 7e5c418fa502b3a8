"""The tables of every environment, created in dynalite, which refuses bad definitions as DynamoDB does.

The requests are made from the recorded plans, as the provider makes them: an apply would end where dynalite is asked
for recovery or TTL. Nor does it know streams, or see everything: attributes that no key uses pass, which a plan
refuses, and an INCLUDE projection without attributes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.estate import standins
from tests.estate.documents import SYSTEMS
from tests.estate.roots import ROOTS, plan_file
from tests.estate.shapes import definition, documented

Request = dict[str, Any]


def requests(root: str) -> Iterator[Request]:
    for change in json.loads(plan_file(root).read_text())["resource_changes"]:
        if change["type"] == "aws_dynamodb_table":
            yield standins.create_request(change["change"]["after"])


@pytest.mark.parametrize("root", ROOTS)
def test_dynamodb_would_take_the_tables_as_the_document_has_them(root: str, dynalite: str) -> None:
    system, environment = root.split("/")
    dynamodb = standins.client("dynamodb", dynalite, SYSTEMS[system].region(environment))
    found = {}
    for request in requests(root):
        name = request["TableName"]
        dynamodb.create_table(**request)
        table = dynamodb.describe_table(TableName=name)["Table"]
        found[name] = definition(table)
        dynamodb.delete_table(TableName=name)
    expected = documented(SYSTEMS[system], environment)
    assert found == {name: {part: shape[part] for part in ("keys", "indexes")} for name, shape in expected.items()}


def _first_index(request: Request) -> dict[str, Any]:
    index: dict[str, Any] = request["GlobalSecondaryIndexes"][0]
    return index


def _undeclare(request: Request) -> None:
    request["AttributeDefinitions"].pop()


def _boolean(request: Request) -> None:
    request["AttributeDefinitions"][0]["AttributeType"] = "BOOL"


def _twice(request: Request) -> None:
    request["GlobalSecondaryIndexes"].append(_first_index(request))


def _too_many(request: Request) -> None:
    index = _first_index(request)
    request["GlobalSecondaryIndexes"] = [{**index, "IndexName": f"index-{n}"} for n in range(21)]


def _projection(request: Request) -> None:
    _first_index(request)["Projection"]["NonKeyAttributes"] = ["status"]


def _same_key(request: Request) -> None:
    keys = _first_index(request)["KeySchema"]
    keys[1:] = [{**keys[0], "KeyType": "RANGE"}]


def _short_name(request: Request) -> None:
    _first_index(request)["IndexName"] = "ix"


MISTAKES = {
    "undeclared key": _undeclare,
    "boolean key": _boolean,
    "index twice": _twice,
    "21 indexes": _too_many,
    "attributes beside ALL": _projection,
    "one attribute as both keys": _same_key,
    "name of two characters": _short_name,
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_it_refuses_the_same_tables_with_a_mistake(mistake: Callable[[Request], None], dynalite: str) -> None:
    from botocore.exceptions import ClientError

    dynamodb = standins.client("dynamodb", dynalite, "af-south-1")
    request = next(request for request in requests("site-builder/dev") if "bbws-users" in request["TableName"])
    mistake(request)
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.create_table(**request)
