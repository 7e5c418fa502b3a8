#!/usr/bin/env python3
"""Write `src/ddbaudit/model/data/aws-managed-policies.json`: what AWS's own policies allow on DynamoDB and on keys.

    python scripts/refresh_managed_policies.py [--check]

Run it with a Python that has moto, which ships the documents as the IAM API gives them. The policies are those below:
the ones that are attached to applications, to people and to deployments, whether they speak of DynamoDB or not. Of
each are kept the statements that may speak of DynamoDB or of KMS, with the actions of these two services; NotAction is
kept whole. Of a policy that is not in the file nothing is known. `date` is that of the newest document in moto.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "src/ddbaudit/model/data/aws-managed-policies.json"
REFERENCE = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"
SERVICES = ("dynamodb:", "kms:")

POLICIES = [
    "AWSApplicationAutoscalingDynamoDBTablePolicy",
    "AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForRestores",
    "AWSIoTRuleActions",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaInvocation-DynamoDB",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSLambda_FullAccess",
    "AWSLambda_ReadOnlyAccess",
    "AWSStepFunctionsFullAccess",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayFullAccess",
    "AWSXrayReadOnlyAccess",
    "AWSXrayWriteOnlyAccess",
    "AWS_ConfigRole",
    "AdministratorAccess",
    "AmazonAPIGatewayAdministrator",
    "AmazonAPIGatewayInvokeFullAccess",
    "AmazonAPIGatewayPushToCloudWatchLogs",
    "AmazonCognitoPowerUser",
    "AmazonCognitoReadOnly",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBFullAccess_v2",
    "AmazonDynamoDBFullAccesswithDataPipeline",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerServiceforEC2Role",
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonEC2ReadOnlyAccess",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEventBridgeFullAccess",
    "AmazonKinesisFullAccess",
    "AmazonKinesisReadOnlyAccess",
    "AmazonRDSEnhancedMonitoringRole",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSESFullAccess",
    "AmazonSNSFullAccess",
    "AmazonSNSReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSQSReadOnlyAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "CloudWatchFullAccess",
    "CloudWatchFullAccessV2",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "CloudWatchLogsFullAccess",
    "CloudWatchLogsReadOnlyAccess",
    "CloudWatchReadOnlyAccess",
    "DataScientist",
    "DatabaseAdministrator",
    "DynamoDBReplicationServiceRolePolicy",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "SecurityAudit",
    "SupportUser",
    "ViewOnlyAccess",
]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _reaches(action: str) -> bool:
    """Whether an action, perhaps with wildcards, may be one of the two services'."""
    return action.strip("*") == "" or action.lower().startswith(SERVICES)


def statements(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The statements that matter, cut down to what matters of them."""
    found = document["Statement"]
    for statement in found if isinstance(found, list) else [found]:
        kept = {key: value for key, value in statement.items() if key != "Sid"}
        if "NotAction" in kept:
            yield kept
            continue
        actions = [action for action in _listed(kept["Action"]) if _reaches(action)]
        if actions:
            yield {**kept, "Action": actions}


def build() -> dict[str, Any]:
    shipped = json.loads(importlib.import_module("moto.iam.aws_managed_policies").aws_managed_policies_data)
    missing = sorted(set(POLICIES) - set(shipped))
    if missing:
        raise SystemExit(f"moto has no such policies: {missing}")
    return {
        "format": 1,
        "source": "The documents of AWS managed policies, as GetPolicyVersion gives them",
        "reference": REFERENCE,
        "date": max(shipped[name]["UpdateDate"] for name in shipped)[:10],
        "from": {"moto": distribution("moto").version},
        "policies": {name: list(statements(shipped[name]["Document"])) for name in sorted(POLICIES)},
    }


def render(data: dict[str, Any]) -> str:
    """One policy a line, so that a change reads well."""
    head = {key: value for key, value in data.items() if key != "policies"}
    lines = [f"    {json.dumps(name)}: {json.dumps(found)}" for name, found in data["policies"].items()]
    text = json.dumps({**head, "policies": {}}, indent=2)
    return text.replace('"policies": {}', '"policies": {\n' + ",\n".join(lines) + "\n  }") + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Refresh what is known of AWS managed policies.")
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
