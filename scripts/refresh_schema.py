#!/usr/bin/env python3
"""Write `src/ddbaudit/ir/data/aws.json`, the compact AWS provider schema, from Terraform itself.

    python scripts/refresh_schema.py [--version 5.100.0] [--check]

It runs `terraform init` and `terraform providers schema -json` in a directory of its own, with the environment
it was given; where the provider comes from is the business of Terraform's own configuration. The output depends
on the provider version alone.

Format 1 (one type a line, keys sorted):

    {"format": 1, "provider": "hashicorp/aws", "version": "5.100.0",
     "managed": {type: BLOCK}, "data": {type: BLOCK}, "provider_block": BLOCK, "shared": {id: BLOCK}}

    BLOCK  {"a": {name: [TYPE, flags]}, "b": {name: [nesting, min, max, BLOCK | id, flags]}}; "b" only if there are any
    TYPE   Terraform's JSON type syntax ("string", ["map", "string"], ["object", {...}], ...), or for an attribute
           with a nested type {"nesting": nesting, "a": {...}}
    flags  r required, o optional, c computed, s sensitive, d deprecated, w write-only
    nesting  list, set, single, map or group; a max of 0 is no limit

A block that occurs more than once stands in "shared" under the hash of its content, and its id where it occurs:
without this the web ACL statements alone, a few blocks nested in each other, would take a megabyte. "managed" and
"data" also hold the types of the provider that is built into Terraform (`terraform_data`, `terraform_remote_state`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

DEFAULT_VERSION = "5.100.0"
TARGET = Path(__file__).resolve().parent.parent / "src/ddbaudit/ir/data/aws.json"

# One object type of 0.7 MB, more than half of everything else together, which no configuration has a use for here.
LEFT_OUT = {"data": frozenset({"aws_quicksight_analysis"})}

# A block whose text is shorter than this is repeated rather than shared: its id would take as much room.
SHARE_FROM = 40

_FLAGS = (
    ("required", "r"),
    ("optional", "o"),
    ("computed", "c"),
    ("sensitive", "s"),
    ("deprecated", "d"),
    ("write_only", "w"),
)

# The provider that is built into Terraform is only listed when the configuration uses it.
_CONFIGURATION = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}

resource "terraform_data" "builtin" {}
"""


def read_schemas(version: str) -> dict[str, Any]:
    """Terraform's own `provider_schemas` of the AWS provider and the built-in one, by source address.

    Raises `subprocess.CalledProcessError` where Terraform fails and `FileNotFoundError` where there is none.
    """
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "main.tf").write_text(_CONFIGURATION % version, encoding="utf-8")
        _terraform(directory, "init", "-backend=false", "-input=false", "-no-color")
        document = json.loads(_terraform(directory, "providers", "schema", "-json"))
    # The key starts with the host that the provider was installed from.
    return {"/".join(source.split("/")[-2:]): schema for source, schema in document["provider_schemas"].items()}


def _terraform(directory: str, *arguments: str) -> bytes:
    done = subprocess.run(["terraform", *arguments], cwd=directory, stdout=subprocess.PIPE, check=True)
    return done.stdout


def compact(schemas: dict[str, Any], version: str) -> dict[str, Any]:
    """The document of format 1 for what `read_schemas` returned."""
    aws, builtin = schemas["hashicorp/aws"], schemas["builtin/terraform"]
    full = {"provider_block": {"": compact_block(aws["provider"]["block"])}}
    for mode, key in (("managed", "resource_schemas"), ("data", "data_source_schemas")):
        types = {**builtin[key], **aws[key]}
        left_out = LEFT_OUT.get(mode, frozenset())
        full[mode] = {name: compact_block(types[name]["block"]) for name in types if name not in left_out}
    sharing = _Sharing()
    for blocks in full.values():
        for block in blocks.values():
            sharing.count(block)
    short = {mode: {name: sharing.shorten(block) for name, block in blocks.items()} for mode, blocks in full.items()}
    return {
        "format": 1,
        "provider": "hashicorp/aws",
        "version": version,
        "managed": short["managed"],
        "data": short["data"],
        "provider_block": short["provider_block"][""],
        "shared": sharing.shared,
    }


def compact_block(block: dict[str, Any]) -> dict[str, Any]:
    """One BLOCK of format 1, nothing shared yet, from one block of Terraform's schema JSON."""
    result: dict[str, Any] = {"a": _compact_attributes(block.get("attributes", {}))}
    nested = {
        name: [
            inner["nesting_mode"],
            inner.get("min_items", 0),
            inner.get("max_items", 0),
            compact_block(inner["block"]),
            _flags(inner["block"]),
        ]
        for name, inner in block.get("block_types", {}).items()
    }
    if nested:
        result["b"] = nested
    return result


def _compact_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: [_compact_type(attribute), _flags(attribute)] for name, attribute in attributes.items()}


def _compact_type(attribute: dict[str, Any]) -> Any:
    if nested := attribute.get("nested_type"):
        return {"nesting": nested["nesting_mode"], "a": _compact_attributes(nested["attributes"])}
    return attribute["type"]


def _flags(node: dict[str, Any]) -> str:
    return "".join(letter for key, letter in _FLAGS if node.get(key))


class _Sharing:
    """Counts equal blocks, then puts an id in the place of those that occur again."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self._seen: Counter[str] = Counter()

    def count(self, block: dict[str, Any]) -> None:
        for entry in block.get("b", {}).values():
            text = _text(entry[3])
            self._seen[text] += 1
            if self._seen[text] == 1:
                self.count(entry[3])

    def shorten(self, block: dict[str, Any]) -> dict[str, Any]:
        if "b" not in block:
            return block
        nested = {
            name: [nesting, low, high, self._place(inner), flags]
            for name, (nesting, low, high, inner, flags) in block["b"].items()
        }
        return {"a": block["a"], "b": nested}

    def _place(self, block: dict[str, Any]) -> dict[str, Any] | str:
        text = _text(block)
        if len(text) < SHARE_FROM or self._seen[text] == 1:
            return self.shorten(block)
        key = hashlib.sha256(text.encode()).hexdigest()[:8]
        if key not in self.shared:
            self.shared[key] = {}  # taken, so that equal blocks below do not start over
            self.shared[key] = self.shorten(block)
        return key


def _text(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def render(document: dict[str, Any]) -> str:
    """The text of the file: one type a line, so that a refresh reads as the list of types that changed."""
    parts = []
    for key in sorted(document):
        value = document[key]
        if key in ("managed", "data", "shared"):
            lines = ",\n".join(f"{_text(name)}:{_text(value[name])}" for name in sorted(value))
            parts.append(f"{_text(key)}:{{\n{lines}\n}}")
        else:
            parts.append(f"{_text(key)}:{_text(value)}")
    return "{" + ",\n".join(parts) + "}\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Refresh the shipped AWS provider schema.")
    parser.add_argument("--version", default=DEFAULT_VERSION, help="of the AWS provider (%(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file would change")
    options = parser.parse_args(arguments)

    text = render(compact(read_schemas(options.version), options.version))
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        print(f"{TARGET.name}: up to date")
        return 0
    if options.check:
        print(f"{TARGET.name}: differs from what provider {options.version} says", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: written, {len(text.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
