"""What AWS's own managed policies allow on DynamoDB and on keys.

The list is `data/aws-managed-policies.json`, which names its source and date; `scripts/refresh_managed_policies.py`
writes it. Of a policy that is not in it nothing is known.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from ddbaudit.ir.value import Part, Value, boolean, object_value, string, tuple_value
from ddbaudit.model.references import last_segment

_OWNER = ":iam::aws:policy/"


@cache
def _documents() -> Mapping[str, Any]:
    content = pkgutil.get_data("ddbaudit.model", "data/aws-managed-policies.json")
    if content is None:
        raise FileNotFoundError("aws-managed-policies.json")
    found: Mapping[str, Any] = msgspec.json.decode(content)["policies"]
    return found


def managed_name(parts: tuple[Part, ...]) -> str | None:
    """The name in the ARN of a policy of AWS's own: `AdministratorAccess` of
    `arn:aws:iam::aws:policy/AdministratorAccess`, whatever the partition; None for any other reference."""
    if not any(isinstance(part, str) and _OWNER in part for part in parts):
        return None
    name = last_segment(parts)
    return name[0] if len(name) == 1 and isinstance(name[0], str) else None


def managed_document(name: str) -> Value | None:
    """The document of a policy of AWS's own, cut down to DynamoDB and KMS; None when it is not in the list."""
    found = _documents().get(name)
    return object_value({"Statement": _value(found)}) if found is not None else None


def _value(plain: Any) -> Value:
    if isinstance(plain, dict):
        return object_value({key: _value(found) for key, found in plain.items()})
    if isinstance(plain, list):
        return tuple_value(tuple(map(_value, plain)))
    return boolean(plain) if isinstance(plain, bool) else string(str(plain))
