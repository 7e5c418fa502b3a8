"""What a file is that is no plan, so that the refusal can say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from ddbaudit.foundation.text import join_names
from ddbaudit.frontends.plan.problems import SHOW

MARKS_OF_A_LOG = frozenset({"@level", "@message", "@module"})
"""Keys of each line that Terraform prints with -json. Source:
https://developer.hashicorp.com/terraform/internals/machine-readable-ui"""

WRAPPER_HELP = "with setup-terraform, set `terraform_wrapper: false`, which keeps its own lines out of the file"
_BEFORE_HELP = (
    "write the output of `terraform show -json` and nothing else into the file: no `2>&1`, "
    "and `terraform_wrapper: false` with setup-terraform"
)
_JSON_BEHIND = re.compile(rb"\n[ \t]*\{\s*\"")
_PRINTED = (b"Terraform used the selected providers", b"Terraform will perform", b"No changes.", b"OpenTofu ")
_JSON_VALUES = (
    (re.compile(rb"\[\s*(?:[\[\]{\"\d-]|(?:true|false|null)\b|\Z)"), "a JSON array"),
    (re.compile(rb'"'), "a JSON string"),
    (re.compile(rb"-?\d[\d.eE+-]*\s*\Z"), "a JSON number"),
    (re.compile(rb"null\s*\Z"), "the JSON value null"),
    (re.compile(rb"(?:true|false)\s*\Z"), "a JSON boolean"),
)
_BINARY = (
    (b"PK\x03\x04", "a zip archive, as binary plans are", "give the binary plan itself as the file to check"),
    (b"\x1f\x8b", "compressed with gzip", "unpack it first"),
)


def name_binary(head: bytes) -> tuple[str, str] | None:
    """What a file is that begins as other formats do, and the remedy."""
    for magic, name, help in _BINARY:
        if head.startswith(magic):
            return f"it is {name}", help
    return None


def name_text(head: bytes) -> tuple[str, str]:
    """What a file is that does not begin as a JSON object, and the remedy."""
    found = head.lstrip()
    if not found:
        return "the input is empty", f"see whether the command that wrote it failed; {SHOW}"
    if found.startswith(b"[command]"):
        return "a line of the setup-terraform wrapper stands before the JSON", WRAPPER_HELP
    for pattern, name in _JSON_VALUES:
        if pattern.match(found):
            return f"it is {name}", SHOW
    if _JSON_BEHIND.search(found):
        return "other text stands before the JSON", _BEFORE_HELP
    if any(phrase in head for phrase in _PRINTED):
        return "it is the text that terraform prints for people", SHOW
    return "it is neither JSON nor a binary plan", SHOW


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of document: what tells it, its name, the remedy."""

    fits: Callable[[Set[str]], bool]
    name: str
    help: str = SHOW


_KINDS = (
    _Kind(lambda keys: not keys, "an empty JSON object"),
    _Kind(
        lambda keys: {"version", "lineage"} <= keys or {"version", "serial"} <= keys,
        "a raw Terraform state",
        "run `terraform show -json > state.json` in the directory of the configuration, and check state.json",
    ),
    _Kind(lambda keys: "plan_format_version" in keys, "a plan that terraform test made, with overridden values"),
    _Kind(lambda keys: "provider_schemas" in keys, "the output of `terraform providers schema -json`"),
    _Kind(lambda keys: "error_count" in keys, "the output of `terraform validate -json`"),
    _Kind(lambda keys: "AWSTemplateFormatVersion" in keys, "a CloudFormation template"),
    _Kind(
        lambda keys: "format_version" in keys and keys <= {"format_version", "terraform_version", "checks"},
        "the output of `terraform show -json` where there is no state",
        "name the plan: `terraform show -json tfplan > plan.json`",
    ),
)


def name_document(keys: Set[str]) -> tuple[str, str] | None:
    """What a JSON object with such keys is when it is no plan and no state, and the remedy."""
    if "configuration" in keys and keys & {"resource_changes", "planned_values"}:
        return None
    plan = {"configuration", "resource_changes", "planned_values"} & keys
    if "values" in keys and not plan:
        return None
    for kind in _KINDS:
        if kind.fits(keys):
            return f"it is {kind.name}", kind.help
    if plan:
        missing = sorted({"configuration", "resource_changes"} - keys)
        return f"it looks like a plan, but {join_names(missing)} is missing", SHOW
    return "it is JSON, but neither a plan nor a state", SHOW
