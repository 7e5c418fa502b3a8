"""Real Terraform as an oracle: plans of small roots, made in a copy, credentials and network switched off."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

OFFLINE = """
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"""
_PROVIDER = re.compile(r'^provider "aws"|"provider": ', re.MULTILINE)
_ALIAS = re.compile(r'^  alias += ("[^"]*")$', re.MULTILINE)
RECORD = os.environ.get("DDBAUDIT_RECORD") == "1"


@cache
def available() -> bool:
    """Whether `terraform init` works here: the binary and the provider are there."""
    if shutil.which("terraform") is None:
        return False
    with tempfile.TemporaryDirectory() as directory:
        config = (
            'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", version = "5.100.0" }\n  }\n}\n'
        )
        Path(directory, "main.tf").write_text(config)
        return _run(directory, "init", "-backend=false", "-input=false").returncode == 0


def _run(
    directory: str | Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["terraform", *arguments, "-no-color"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, **(environment or {})},
    )


def must(directory: str | Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Standard output; AssertionError with Terraform's words when it fails."""
    done = _run(directory, *arguments, environment=environment)
    assert done.returncode == 0, f"terraform {arguments[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def offline(text: str) -> str:
    """What switches credentials and network off for every configuration of the provider in `text`."""
    aliases = (OFFLINE.replace("{", f"{{\n  alias = {alias}", 1) for alias in _ALIAS.findall(text))
    return "".join((OFFLINE, *aliases))


def plan(tree: Path, root: str = ".", *arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The plan JSON of `root` inside a copy of `tree`; AssertionError with Terraform's words when it refuses."""
    with tempfile.TemporaryDirectory() as directory:
        here = _planned(tree, root, directory, arguments, environment)
        result: dict[str, Any] = json.loads(must(here, "show", "-json", "tfplan"))
        return result


def binary_plan(tree: Path, root: str = ".", *arguments: str) -> bytes:
    """The binary plan of `root` inside a copy of `tree`."""
    with tempfile.TemporaryDirectory() as directory:
        return (_planned(tree, root, directory, arguments, None) / "tfplan").read_bytes()


def _planned(
    tree: Path, root: str, directory: str, arguments: tuple[str, ...], environment: Mapping[str, str] | None
) -> Path:
    """The root in a copy of `tree` inside `directory`, with its plan in `tfplan`."""
    copy = Path(directory, "tree")
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(".terraform*", "plan.json"))
    here = copy / root
    text = "".join(p.read_text() for p in (*here.glob("*.tf"), *here.glob("*.tf.json")))
    if _PROVIDER.search(text):
        (here / "offline_override.tf").write_text(offline(text))
    for step in (
        ("init", "-backend=false", "-input=false"),
        ("validate",),
        ("plan", "-input=false", "-lock=false", "-refresh=false", "-out=tfplan", *arguments),
    ):
        must(here, *step, environment=environment)
    return here


def slim(plan: dict[str, Any]) -> dict[str, Any]:
    """The parts of a plan that the comparison reads, without what changes from run to run."""
    keep = ("resource_changes", "output_changes")
    found: dict[str, Any] = {key: plan[key] for key in keep if key in plan}
    values = plan.get("prior_state", {}).get("values")
    if values is not None:
        found["prior_state"] = {"values": values}
    for change in found.get("resource_changes", []):
        change.pop("provider_name", None)
        change["change"].pop("before_sensitive", None)
        change["change"].pop("after_sensitive", None)
    return found
