#!/usr/bin/env python3
"""Write `src/ddbaudit/ir/data/values.json`: which values the AWS provider refuses, by its own word.

    python scripts/refresh_values.py [--check]

The provider's schema does not say which values an argument takes. So this script asks: for every argument of the
types below it writes resources that set it to something no argument takes (a strange word, a text that is no JSON, a
number far too low, one far too high), with all that is required beside it, and reads the answers of `terraform
validate`. Nothing is recorded that the provider has not said; where it lets one of several conditions decide, nothing
is recorded either. It needs neither network nor account.

    {"format": 1, "provider": "hashicorp/aws", "version": "5.100.0",
     "managed": {type: {"block.argument": LIMIT}}, "data": {…},
     "conflicts": {type: [["block.argument", "block.argument"]]}, "regions": [name]}

    LIMIT  {"one_of": [text | number, …]}, {"range": [low, high]} of a number (a null is no limit),
           {"arn": "checked"} of its form and of partition, region and account in it, {"arn": "parsed"} of its form,
           {"json": "object"}, {"json": "any"}

`conflicts`: arguments and blocks of which only one may be set. `regions`: those that the provider knows; with
`--regions` each is tried by a plan, which takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ddbaudit.ir.schema import SCHEMA_VERSION, BlockSchema, Mode, resource_schema

TARGET = Path(__file__).resolve().parent.parent / "src/ddbaudit/ir/data/values.json"

TYPES: Final[dict[Mode, tuple[str, ...]]] = {
    "managed": (
        "aws_appautoscaling_policy",
        "aws_appautoscaling_scheduled_action",
        "aws_appautoscaling_target",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_dynamodb_contributor_insights",
        "aws_dynamodb_global_table",
        "aws_dynamodb_kinesis_streaming_destination",
        "aws_dynamodb_resource_policy",
        "aws_dynamodb_table",
        "aws_dynamodb_table_export",
        "aws_dynamodb_table_item",
        "aws_dynamodb_table_replica",
        "aws_dynamodb_tag",
        "aws_iam_group",
        "aws_iam_group_policy",
        "aws_iam_group_policy_attachment",
        "aws_iam_instance_profile",
        "aws_iam_policy",
        "aws_iam_policy_attachment",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_iam_user",
        "aws_iam_user_policy",
        "aws_iam_user_policy_attachment",
        "aws_kms_alias",
        "aws_kms_grant",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_kms_replica_key",
        "aws_lambda_event_source_mapping",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_ssm_parameter",
    ),
    "data": ("aws_iam_policy_document",),
}
WORD: Final = "@no such@"
PROBES: Final[dict[str, tuple[str, ...]]] = {
    "string": (f'"{WORD}"', '"[]"'),
    "number": ("-1000000", "1000000000"),
}
# As they stand in the provider's binary.
_REGIONS: Final = (
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 "
    "ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 "
    "cn-northwest-1 eu-central-1 eu-central-2 eu-isoe-west-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 "
    "eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 "
    "us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isof-east-1 us-isof-south-1 us-west-1 "
    "us-west-2"
)
REGIONS: Final = tuple(_REGIONS.split())
_PROVIDER = """
provider "aws" {
  region                      = "%s"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_sqs_queue" "q" {}
"""
_ROOT = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}
"""

_MESSAGES: Final = (
    (re.compile(r"to be one of \[(?P<words>.*?)\], got"), "one_of"),
    (re.compile(r"value must be one of: \[(?P<words>.*?)\]"), "one_of"),
    (re.compile(r"expected length of|string length|cannot be longer"), ""),
    (re.compile(r"to be in the range \((?P<low>-?\d+) - (?P<high>-?\d+)\)"), "range"),
    (re.compile(r"to be at least \((?P<low>-?\d+)\)"), "range"),
    (re.compile(r"to be at most \((?P<high>-?\d+)\)"), "range"),
    (re.compile(r"value must be between (?P<low>-?\d+) and (?P<high>-?\d+)"), "range"),
    (re.compile(r"value must be at least (?P<low>-?\d+)"), "range"),
    (re.compile(r"is an invalid ARN()"), "arn"),
    (re.compile(r"cannot be parsed as an ARN"), "arn"),
    (re.compile(r"contains an invalid JSON policy"), "json"),
    (re.compile(r"contains an invalid JSON()|not valid JSON()"), "json"),
)
_CONFLICT = re.compile(r'"(?P<one>[\w.]+)": conflicts with (?P<two>[\w.]+)')
_ABOUT = re.compile(
    r'expected (?:length of )?"?([\w.]+)"? to|"([\w.]+)" (?:\(|contains|must|cannot)|Attribute ([\w.\[\]]+)'
    r"|Path: ([\w.\[\]]+)|invalid value for ([\w.]+)"
)


@dataclass(frozen=True)
class Probe:
    """One resource: the argument at `path` set to a refused value, or (`value` empty) all that a block may hold."""

    mode: Mode
    type: str
    path: tuple[str, ...]
    value: str


def probes() -> Iterator[Probe]:
    for mode, types in TYPES.items():
        for type_ in types:
            schema = resource_schema(mode, type_)
            assert schema is not None, type_
            yield Probe(mode, type_, (), "")
            for path, kind in _arguments(schema, ()):
                yield from (Probe(mode, type_, path, value) for value in PROBES[kind])


def _arguments(schema: BlockSchema, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, attribute in schema.attributes.items():
        if attribute.configurable and attribute.type in PROBES and (path or name != "id"):
            yield (*path, name), str(attribute.type)
    for name, nested in schema.blocks.items():
        if name not in path and name != "timeouts" and len(path) < 3:
            yield from _arguments(nested.block, (*path, name))


def written(probe: Probe, label: str) -> str:
    schema = resource_schema(probe.mode, probe.type)
    assert schema is not None
    keyword = "resource" if probe.mode == "managed" else "data"
    body = _body(schema, probe.path, probe.value, everything=not probe.path)
    return f'{keyword} "{probe.type}" "{label}" {{\n{body}}}\n'


def _body(schema: BlockSchema, path: tuple[str, ...], value: str, *, everything: bool) -> str:
    lines = []
    for name, attribute in schema.attributes.items():
        if path == (name,):
            lines.append(f"{name} = {value}\n")
        elif attribute.required or (everything and attribute.configurable and name != "id"):
            lines.append(f"{name} = {_plausible(attribute.type)}\n")
    for name, nested in schema.blocks.items():
        inside = bool(path) and path[0] == name and len(path) > 1
        for _ in range(max(nested.min_items, int(inside or (everything and name != "timeouts")))):
            rest = path[1:] if inside else ()
            lines.append(f"{name} {{\n{_body(nested.block, rest, value, everything=False)}}}\n")
    return "".join(lines)


def _plausible(type_: Any) -> str:
    if isinstance(type_, tuple):
        return "{}" if type_[0] in ("map", "object") else "[]"
    return {"string": '"arn:aws:iam::111122223333:role/x"', "number": "10", "bool": "true"}.get(type_, "null")


def asked(all_probes: list[Probe]) -> Iterator[tuple[Probe, str]]:
    """Every probe with each answer to it."""
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "versions.tf").write_text(_ROOT % SCHEMA_VERSION, encoding="utf-8")
        for number, probe in enumerate(all_probes):  # a file each: Terraform reads the whole file for each answer
            (Path(directory) / f"{number}.tf").write_text(written(probe, f"p{number}"), encoding="utf-8")
        _terraform(directory, "init", "-backend=false", "-input=false", "-no-color")
        done = _terraform(directory, "validate", "-json", check=False)
    for diagnostic in json.loads(done)["diagnostics"]:
        if diagnostic["severity"] != "error":
            continue
        number = diagnostic["range"]["filename"].removesuffix(".tf")
        yield all_probes[int(number)], f"{diagnostic['summary']}\n{diagnostic.get('detail', '')}"


def _terraform(directory: str, *arguments: str, check: bool = True) -> bytes:
    command = ["terraform", *arguments]
    return subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, check=check).stdout


def limits(answers: list[tuple[Probe, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"managed": {}, "data": {}, "conflicts": {}}
    about: dict[Probe, list[str]] = {}
    for probe, answer in answers:
        if not probe.path:
            _conflict(found["conflicts"], probe.type, answer)
        elif _about(answer) == probe.path[-1]:
            about.setdefault(probe, []).append(answer)
    for probe, said in about.items():
        limit = _limit(said[0])
        if limit is not None and len(said) == 1:  # several: one of several conditions must hold
            place = found[probe.mode].setdefault(probe.type, {}).setdefault(".".join(probe.path), {})
            _add(place, *limit)
    for groups in found["conflicts"].values():
        groups.sort()
    return found


def _about(answer: str) -> str:
    """The argument that an answer is about."""
    match = _ABOUT.search(answer)
    return next(filter(None, match.groups()), "").rpartition(".")[2] if match is not None else ""


def _limit(answer: str) -> tuple[str, Any] | None:
    for pattern, kind in _MESSAGES:
        match = pattern.search(answer.replace("\n", " "))
        if match is None:
            continue
        given = match.groupdict()
        if kind == "one_of":
            words = re.findall(r'"([^"]*)"', given["words"])
            return kind, words or [int(word) for word in given["words"].split()]
        if kind == "arn":
            return kind, "checked" if match.groups() else "parsed"
        if kind == "json":
            return kind, "any" if match.groups() else "object"
        if not kind:
            return None
        bounds = [None if (given.get(end) is None) else int(given[end]) for end in ("low", "high")]
        return kind, bounds
    return None


def _add(place: dict[str, Any], kind: str, value: Any) -> None:
    if kind == "range" and kind in place:
        value = [old if new is None else new for old, new in zip(place[kind], value, strict=True)]
    place[kind] = value


def _conflict(into: dict[str, list[list[str]]], type_: str, answer: str) -> None:
    match = _CONFLICT.search(answer)
    if match is not None:
        pair = sorted(re.sub(r"\.\d+", "", name) for name in (match["one"], match["two"]))
        groups = into.setdefault(type_, [])
        if pair not in groups:
            groups.append(pair)


def try_regions() -> None:
    """AssertionError for a region that the provider refuses, or for one of no name that it takes."""
    with tempfile.TemporaryDirectory() as directory:
        main = Path(directory) / "main.tf"
        for region in (*REGIONS, "eu-west-9", "ap-southeast-6", "eu-wst-1"):
            main.write_text(_ROOT % SCHEMA_VERSION + _PROVIDER % region, encoding="utf-8")
            _terraform(directory, "init", "-input=false", "-no-color")
            done = _terraform(directory, "plan", "-input=false", "-lock=false", "-json", check=False)
            assert (b"invalid AWS Region" in done) == (region not in REGIONS), region


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Refresh what the AWS provider refuses.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file would change")
    parser.add_argument("--answers", type=Path, help="also write all answers to this file")
    parser.add_argument("--regions", action="store_true", help="also try every region, and some that are none")
    options = parser.parse_args(arguments)
    if options.regions:
        try_regions()
    answers = list(asked(list(probes())))
    if options.answers:
        lines = (f"{p.type}.{'.'.join(p.path)} = {p.value[:20]}: {answer[:300]!r}" for p, answer in answers)
        options.answers.write_text("\n".join(lines), encoding="utf-8")
    document = {
        "format": 1,
        "provider": "hashicorp/aws",
        "version": SCHEMA_VERSION,
        "regions": REGIONS,
        **limits(answers),
    }
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if options.check:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: written, {len(text.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
