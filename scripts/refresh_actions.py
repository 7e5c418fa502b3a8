#!/usr/bin/env python3
"""Write `src/ddbaudit/model/data/dynamodb-actions.json`, the IAM actions of DynamoDB, from cfn-lint and botocore.

    python scripts/refresh_actions.py [--check]

Run it with a Python that has both packages. cfn-lint ships AWS's Service Authorization Reference without the access
levels and in lower case; botocore ships the API operations, from which the spelling comes. What neither has is below,
read off the reference by hand on the date given: the spelling of actions that are no API operation, the levels, and
actions that are newer than cfn-lint's copy. The script fails on an action whose spelling it does not know, so that a
newer cfn-lint cannot add one without its level being looked up.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "src/ddbaudit/model/data/dynamodb-actions.json"
REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_dynamodb.html"
REFERENCE_DATE = "2026-11-20"

# Actions of the reference that are no operation of the API ("permission-only", or parts of one).
PERMISSION_ONLY = (
    "AssociateTableReplica",
    "ConditionCheckItem",
    "CreateGlobalTableWitness",
    "CreateTableReplica",
    "DeleteGlobalTableWitness",
    "DeleteTableReplica",
    "DescribeReservedCapacity",
    "DescribeReservedCapacityOfferings",
    "GetAbacStatus",
    "InjectError",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLSelect",
    "PartiQLUpdate",
    "PurchaseReservedCapacityOfferings",
    "ReadDataForReplication",
    "ReplicateSettings",
    "RestoreTableFromAwsBackup",
    "StartAwsBackupJob",
    "UpdateAbacStatus",
    "UpdateGlobalTableVersion",
    "WriteDataForReplication",
)

# In the reference, not in every cfn-lint yet.
NEWER = {"SearchVectors": ["index", "table"]}

READ_VERBS = ("BatchGet", "ConditionCheck", "Describe", "Get", "Query", "ReadData", "Scan", "SearchVectors")
LEVELS = {
    "DeleteResourcePolicy": "Permissions management",
    "ListStreams": "Read",
    "ListTagsOfResource": "Read",
    "PartiQLSelect": "Read",
    "PutResourcePolicy": "Permissions management",
    "TagResource": "Tagging",
    "UntagResource": "Tagging",
    "UpdateAbacStatus": "Permissions management",
}


def level(action: str) -> str:
    """The access level: by name where the reference is irregular, else by verb."""
    if action in LEVELS:
        return LEVELS[action]
    if action.startswith("List"):
        return "List"
    return "Read" if action.startswith(READ_VERBS) else "Write"


def policies() -> dict[str, Any]:
    path = distribution("cfn-lint").locate_file("cfnlint/data/AdditionalSpecs/Policies.json")
    actions: dict[str, Any] = json.loads(Path(str(path)).read_bytes())["dynamodb"]["Actions"]
    return actions


def operations() -> list[str]:
    """The operations of the API and of the streams API, as they are spelled."""
    root = Path(str(distribution("botocore").locate_file("botocore/data")))
    names: list[str] = []
    for service in ("dynamodb", "dynamodbstreams"):
        for path in sorted(root.glob(f"{service}/*/service-2.json*")):
            content = path.read_bytes()
            model = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
            names.extend(model["operations"])
    return names


def build() -> dict[str, Any]:
    spelling = {name.lower(): name for name in (*operations(), *PERMISSION_ONLY)}
    listed = policies()
    unheard_of = sorted(set(listed) - set(spelling) - {name.lower() for name in NEWER})
    if unheard_of:
        raise SystemExit(f"unknown to botocore and to this script; look them up in {REFERENCE}: {unheard_of}")
    resources = {spelling[name]: entry.get("Resources") or [] for name, entry in listed.items() if name in spelling}
    resources.update(NEWER)
    return {
        "format": 1,
        "service": "dynamodb",
        "source": "AWS Service Authorization Reference: Actions, resources, and condition keys for Amazon DynamoDB",
        "reference": REFERENCE,
        "date": REFERENCE_DATE,
        "from": {name: distribution(name).version for name in ("botocore", "cfn-lint")},
        "actions": {
            name: {"level": level(name), "resources": sorted(found)} for name, found in sorted(resources.items())
        },
    }


def render(data: dict[str, Any]) -> str:
    """One action a line, so that a change reads well."""
    head = {key: value for key, value in data.items() if key != "actions"}
    lines = [f"    {json.dumps(name)}: {json.dumps(entry)}" for name, entry in data["actions"].items()]
    text = json.dumps({**head, "actions": {}}, indent=2)
    return text.replace('"actions": {}', '"actions": {\n' + ",\n".join(lines) + "\n  }") + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Refresh the list of DynamoDB's IAM actions.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    text = render(build())
    if not parser.parse_args().check:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.name} is out of date", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
