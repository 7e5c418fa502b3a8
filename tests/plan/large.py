"""Plans as large as one likes: mostly resources that no rule reads, a few tables among them.

By hand, from the repository's root: `python -m tests.plan.large 250 /tmp/large.json` writes 250 MB.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

TABLE_EVERY = 500
_POLICY = json.dumps({"Statement": [{"Action": "s3:*", "Resource": ["*"], "Note": '[{braces}] "quotes" \\'}]})


def write_plan(path: Path, resources: int) -> None:
    """A plan of about 12 kB for each resource, without line breaks, as Terraform writes it."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":')
        _array(file, resources, _object)
        file.write('}},"resource_changes":')
        _array(file, resources, _change)
        file.write(',"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":')
        _array(file, resources, _object)
        file.write('}}},"configuration":{"provider_config":{"aws":{"name":"aws"}},"root_module":{"resources":')
        _array(file, resources, _configured)
        file.write('}},"timestamp":"2026-01-01T00:00:00Z","complete":true,"errored":false}\n')


def _array(file: TextIO, count: int, make: Callable[[int], dict[str, Any]]) -> None:
    file.write("[")
    for number in range(count):
        file.write("," * (number > 0) + json.dumps(make(number), separators=(",", ":")))
    file.write("]")


def _head(number: int) -> dict[str, Any]:
    type_ = "aws_dynamodb_table" if number % TABLE_EVERY == 0 else "aws_instance"
    return {"address": f'{type_}.r["{number}"]', "mode": "managed", "type": type_, "name": "r", "index": str(number)}


def _values(number: int) -> dict[str, Any]:
    tags = {"Name": f"r-{number}", "Team": "orders", "Environment": "prod", "CostCentre": "4711"}
    if number % TABLE_EVERY == 0:
        return {"name": f"table-{number}", "hash_key": "pk", "attribute": [{"name": "pk", "type": "S"}], "tags": tags}
    plain = {f"attribute_{i}": f"value {i} of {number}" for i in range(12)}
    blocks = {"ebs_block_device": [{"device_name": f"/dev/sd{i}", "volume_size": i, "tags": {}} for i in range(6)]}
    return {**plain, **blocks, "user_data": _POLICY * 6, "tags": tags, "tags_all": {**tags, "Owner": "platform"}}


def _object(number: int) -> dict[str, Any]:
    return {**_head(number), "provider_name": "hashicorp/aws", "values": _values(number), "sensitive_values": {}}


def _change(number: int) -> dict[str, Any]:
    values = _values(number)
    trees: dict[str, Any] = {"after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}}
    return {**_head(number), "change": {"actions": ["no-op"], "before": values, "after": values, **trees}}


def _configured(number: int) -> dict[str, Any]:
    expressions = {name: {"constant_value": value} for name, value in _values(number).items() if name != "attribute"}
    return {**_head(number), "provider_config_key": "aws", "expressions": expressions}


if __name__ == "__main__":
    megabytes, target = int(sys.argv[1]), Path(sys.argv[2])
    write_plan(target, 100)
    write_plan(target, megabytes * 1_000_000 * 100 // os.path.getsize(target))
