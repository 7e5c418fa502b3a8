"""A small plan with something of everything, to be read, broken and changed by tests."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.ir.plan import Change, Plan

TABLE = "aws_dynamodb_table.orders"
_AFTER = {
    "attribute": [{"name": "pk", "type": "S"}],
    "billing_mode": "PROVISIONED",
    "hash_key": "pk",
    "name": "orders",
    "point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 35}],
    "read_capacity": 5,
    "replica": [{"region_name": "eu-central-1", "kms_key_arn": None}],
    "tags": {"Team": "orders"},
    "timeouts": None,
}
_UNKNOWN = {
    "arn": True,
    "attribute": [{}],
    "point_in_time_recovery": [{}],
    "replica": [{"arn": True}],
    "server_side_encryption": True,
    "tags": {"Id": True},
    "tags_all": True,
}
_ROLE = {"policy": "{}", "name": "p"}

PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.11.4",
    "variables": {"password": {"value": "hunter2"}, "sizes": {"value": [1, 2.5, None]}, "none": {"value": None}},
    "planned_values": {"root_module": {"resources": [{"address": TABLE, "mode": "managed", "values": {}}]}},
    "resource_changes": [
        {
            "address": TABLE,
            "mode": "managed",
            "type": "aws_dynamodb_table",
            "name": "orders",
            "provider_name": "hashicorp/aws",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": _AFTER,
                "after_unknown": _UNKNOWN,
                "before_sensitive": False,
                "after_sensitive": {"tags": {"Team": True}, "replica": [{}]},
            },
        },
        {
            "address": 'module.roles["a"].aws_iam_role_policy.p[0]',
            "module_address": 'module.roles["a"]',
            "previous_address": "aws_iam_role_policy.q",
            "mode": "managed",
            "type": "aws_iam_role_policy",
            "name": "p",
            "index": 0,
            "action_reason": "replace_because_cannot_update",
            "change": {
                "actions": ["delete", "create"],
                "before": {**_ROLE, "name": "old"},
                "after": _ROLE,
                "after_unknown": {"id": True},
                "before_sensitive": {"policy": True},
                "after_sensitive": {},
                "replace_paths": [["name"], ["tags", 0]],
            },
        },
        {
            "address": 'aws_instance.i["x"]',
            "mode": "managed",
            "type": "aws_instance",
            "name": "i",
            "index": "x",
            "change": {
                "actions": ["no-op"],
                "before": {"ami": "ami-1", "tags": {"Team": "web"}},
                "after": {"ami": "ami-1", "tags": {"Team": "web"}},
                "after_unknown": {},
                "before_sensitive": {},
                "after_sensitive": {},
            },
        },
        {
            "address": "aws_instance.gone",
            "mode": "managed",
            "type": "aws_instance",
            "name": "gone",
            "deposed": "deadbeef",
            "change": {"actions": ["delete"], "before": {"ami": "ami-1"}, "after": None, "after_unknown": {}},
        },
    ],
    "deferred_changes": [{"reason": "provider_config_unknown", "resource_change": {"address": "aws_sqs_queue.later"}}],
    "prior_state": {
        "format_version": "1.0",
        "values": {
            "root_module": {
                "child_modules": [
                    {
                        "resources": [
                            {
                                "address": "module.a.data.aws_region.here",
                                "mode": "data",
                                "type": "aws_region",
                                "name": "here",
                                "values": {"name": "eu-west-1"},
                                "sensitive_values": {"name": True},
                            }
                        ],
                        "address": "module.a",
                    }
                ]
            }
        },
    },
    "configuration": {
        "provider_config": {
            "aws": {
                "name": "aws",
                "expressions": {
                    "access_key": {"constant_value": "AKIA"},
                    "region": {"references": ["var.region"]},
                    "default_tags": [{"tags": {"constant_value": {"Team": "orders"}}}],
                },
            },
            "module.a:helm": {"name": "helm", "expressions": {"kubernetes": [{"token": {"constant_value": "secret"}}]}},
        },
        "root_module": {
            "outputs": {"arn": {"expression": {"references": [f"{TABLE}.arn", TABLE]}, "sensitive": True}},
            "resources": [
                {
                    "address": TABLE,
                    "mode": "managed",
                    "type": "aws_dynamodb_table",
                    "name": "orders",
                    "provider_config_key": "aws",
                    "expressions": {
                        "attribute": [{"name": {"constant_value": "pk"}, "type": {"constant_value": "S"}}],
                        "billing_mode": {"constant_value": "PROVISIONED"},
                        "name": {"references": ["var.name"]},
                        "read_capacity": {"constant_value": 5},
                        "range_key": {"constant_value": None},
                        "tags": {},
                        "timeouts": {"create": {"constant_value": "5m"}},
                    },
                },
                {
                    "address": "aws_instance.i",
                    "mode": "managed",
                    "type": "aws_instance",
                    "name": "i",
                    "expressions": {"user_data": {"constant_value": "secret"}},
                    "for_each_expression": {"references": ["local.names"]},
                },
            ],
            "module_calls": {
                "roles": {
                    "source": "./roles",
                    "expressions": {"table": {"references": [f"{TABLE}.arn", TABLE]}, "size": {"constant_value": 2}},
                    "for_each_expression": {"constant_value": ["a"]},
                    "module": {
                        "resources": [
                            {
                                "address": "aws_iam_role_policy.p",
                                "mode": "managed",
                                "type": "aws_iam_role_policy",
                                "name": "p",
                                "count_expression": {"constant_value": 1},
                                "expressions": {"policy": {"references": ["var.table"]}},
                            }
                        ],
                        "module_calls": {"inner": {"source": "./inner", "module": {}}},
                    },
                }
            },
            "variables": {"password": {"sensitive": True}, "sizes": {}, "none": {"default": None}},
        },
    },
    "relevant_attributes": [{"resource": TABLE, "attribute": ["replica", 0, "arn"]}],
    "timestamp": "2026-01-01T00:00:00Z",
    "complete": True,
    "errored": False,
}


def document(**parts: Any) -> dict[str, Any]:
    """The plan with other members; None leaves one out."""
    plan = copy.deepcopy(PLAN) | parts
    return {name: value for name, value in plan.items() if value is not None}


def read(plan: Any, *, sort_keys: bool = False) -> Plan:
    return read_json(io.BytesIO(json.dumps(plan, sort_keys=sort_keys).encode()), "plan.json")


def changes(plan: Plan) -> dict[str, Change]:
    return {change.address: change for change in plan.changes}
