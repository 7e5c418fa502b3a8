"""One form for a table, whether a document asks for it, Terraform plans it or a stand-in holds it.

`{"keys": [(name, type)…], "indexes": {name: {"keys": …, "projection": …}}, "billing": …, "ttl": …, "stream": …,
"pitr": …, "encryption": "AWS_OWNED" | "AWS_MANAGED" | "CUSTOMER_MANAGED", "protected": …, "tags": {…}}`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.estate.documents import PROTECTED, System

Shape = dict[str, Any]


def documented(system: System, environment: str) -> dict[str, Shape]:
    """What the document asks for, by table name; keys are strings where it does not say otherwise."""

    def named(text: str, table: str = "") -> str:
        return text.replace("{env}", environment).replace("{table}", table)

    return {
        name: {
            "keys": [(key, table.types.get(key, "S")) for key in table.keys],
            "indexes": {
                named(index.name): {
                    "keys": [(key, table.types.get(key, "S")) for key in index.keys],
                    "projection": index.projection,
                }
                for index in table.indexes
            },
            "billing": "PAY_PER_REQUEST",
            "ttl": table.ttl,
            "stream": table.stream,
            "pitr": table.pitr,
            "encryption": system.encryption,
            "protected": PROTECTED[environment],
            "tags": {key: named(value, name) for key, value in {**system.tags, **table.tags}.items()},
        }
        for table in system.tables
        for name in [named(table.name)]
    }


def planned(table: Mapping[str, Any]) -> Shape:
    """From `after` of a planned `aws_dynamodb_table`; `encryption` is AWS_OWNED or KMS."""
    types = {attribute["name"]: attribute["type"] for attribute in table["attribute"]}

    def keys(source: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(name, types[name]) for name in (source["hash_key"], source["range_key"]) if name]

    assert not table["local_secondary_index"]
    return {
        "keys": keys(table),
        "indexes": {
            index["name"]: {"keys": keys(index), "projection": index["projection_type"]}
            for index in table["global_secondary_index"]
        },
        "billing": table["billing_mode"],
        "ttl": next((ttl["attribute_name"] for ttl in table["ttl"] if ttl["enabled"]), None),
        "stream": table["stream_view_type"] if table["stream_enabled"] else None,
        "pitr": any(block["enabled"] for block in table["point_in_time_recovery"]),
        "encryption": _planned_encryption(table),
        "protected": table["deletion_protection_enabled"],
        "tags": table["tags_all"],
    }


def _planned_encryption(table: Mapping[str, Any]) -> str:
    """AWS_OWNED or KMS: a plan cannot tell a key that is about to be made from one that AWS will choose."""
    return "KMS" if any(block["enabled"] for block in table["server_side_encryption"]) else "AWS_OWNED"


def held(dynamodb: Any, kms: Any, name: str) -> Shape:
    """What a stand-in says about the table `name`, through boto3 clients."""
    table = dynamodb.describe_table(TableName=name)["Table"]
    types = {item["AttributeName"]: item["AttributeType"] for item in table["AttributeDefinitions"]}
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    stream = table.get("StreamSpecification", {})
    assert not table.get("LocalSecondaryIndexes")
    assert set(types) == {key["AttributeName"] for schema in _schemas(table) for key in schema}
    return {
        **definition(table),
        "billing": table["BillingModeSummary"]["BillingMode"],
        "ttl": ttl.get("AttributeName") if ttl["TimeToLiveStatus"] == "ENABLED" else None,
        "stream": stream["StreamViewType"] if stream.get("StreamEnabled") else None,
        "pitr": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED",
        "encryption": _held_encryption(table.get("SSEDescription", {}), kms),
        "protected": table["DeletionProtectionEnabled"],
        "tags": _tags(dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]),
    }


def definition(table: Mapping[str, Any]) -> Shape:
    """Keys and indexes out of a table description."""
    types = {item["AttributeName"]: item["AttributeType"] for item in table["AttributeDefinitions"]}

    def keys(schema: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
        ordered = sorted(schema, key=lambda key: key["KeyType"])  # HASH, RANGE
        return [(key["AttributeName"], types[key["AttributeName"]]) for key in ordered]

    return {
        "keys": keys(table["KeySchema"]),
        "indexes": {
            index["IndexName"]: {"keys": keys(index["KeySchema"]), "projection": index["Projection"]["ProjectionType"]}
            for index in table.get("GlobalSecondaryIndexes", ())
        },
    }


def _schemas(table: Mapping[str, Any]) -> list[list[Mapping[str, str]]]:
    return [table["KeySchema"], *(index["KeySchema"] for index in table.get("GlobalSecondaryIndexes", ()))]


def _held_encryption(description: Mapping[str, Any], kms: Any) -> str:
    """Whose key it is, which its alias says; a table without a description has a key that AWS owns."""
    if description.get("Status") not in ("ENABLED", "UPDATING"):
        return "AWS_OWNED"
    key = kms.describe_key(KeyId=description["KMSMasterKeyArn"])["KeyMetadata"]["KeyId"]
    aliases = [alias for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]]
    names = {alias["AliasName"] for alias in aliases if alias.get("TargetKeyId") == key}
    return "AWS_MANAGED" if names == {"alias/aws/dynamodb"} else "CUSTOMER_MANAGED"


def _tags(items: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in items}


def differences(expected: Mapping[str, Shape], found: Mapping[str, Shape]) -> list[str]:
    """Every difference in words; tags beyond the documented ones are none."""
    said = [f"{name} is missing" for name in expected if name not in found]
    said += [f"{name} is in no document" for name in found if name not in expected]
    for name in expected.keys() & found.keys():
        for part, wanted in expected[name].items():
            got = found[name][part]
            if part == "tags":
                got = {key: value for key, value in got.items() if key in wanted}
            if got != wanted:
                said.append(f"{name}: {part} is {got}, the document says {wanted}")
    return sorted(said)
