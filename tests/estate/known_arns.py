"""IAM policies as they will be, every ARN in them known, without AWS or a stand-in.

A plan leaves a policy that names a new resource unknown. `terraform test` runs an apply in which every managed resource
is overridden: the provider is not asked to make it, and its ARN is the one given here. Data sources are not overridden:
the provider renders the policy documents itself. Beyond ARNs and policies the result is made up.
https://developer.hashicorp.com/terraform/language/tests/mocking#overrides
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.estate.roots import ESTATE, plan_file
from tests.oracle import terraform

ACCOUNT = "111122223333"
RESOURCE = {
    "aws_api_gateway_rest_api": ("apigateway", "/restapis/{name}"),
    "aws_cloudwatch_log_group": ("logs", "log-group:{name}"),
    "aws_cognito_user_pool": ("cognito-idp", "userpool/{name}"),
    "aws_dynamodb_table": ("dynamodb", "table/{name}"),
    "aws_iam_policy": ("iam", "policy/{name}"),
    "aws_iam_role": ("iam", "role/{name}"),
    "aws_kms_key": ("kms", "key/{name}"),
    "aws_lambda_function": ("lambda", "function:{name}"),
    "aws_s3_bucket": ("s3", "{name}"),
    "aws_secretsmanager_secret": ("secretsmanager", "secret:{name}"),
    "aws_sns_topic": ("sns", "{name}"),
    "aws_ssm_parameter": ("ssm", "parameter{name}"),
}
"""Service and resource part of the ARN, by type; other types have one under their own type's name."""
WITHOUT_REGION = {"iam", "s3"}
WITHOUT_ACCOUNT = {"s3"}


def applied(root: str, region: str) -> list[dict[str, Any]]:
    """The managed resources of the root `<system>/<environment>`, as the state has them; policies are complete."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, "terraform")
        shutil.copytree(ESTATE, copy, ignore=shutil.ignore_patterns(".terraform*"))
        here = copy / "environments" / root
        (here / "offline_override.tf").write_text(terraform.offline((here / "providers.tf").read_text()))
        terraform.must(here, "init", "-backend=false", "-input=false")
        planned = json.loads(plan_file(root).read_text())["resource_changes"]
        (here / "arns").mkdir()
        (here / "arns" / "arns.tftest.hcl").write_text(overrides(planned, region))
        output = terraform.must(here, "test", "-test-directory=arns", "-verbose", "-json")
    return [resource for resource in state(output) if resource["mode"] == "managed"]


def overrides(planned: Iterable[Mapping[str, Any]], region: str) -> str:
    """A `.tftest.hcl` file with an override for every managed resource of the plan."""
    blocks = []
    for change in planned:
        if change["mode"] != "managed":
            continue
        known, unknown = change["change"]["after"], change["change"]["after_unknown"]
        name = next((known[key] for key in ("name", "bucket", "function_name") if known.get(key)), None)
        name = name or re.sub(r"\W+", "-", change["address"]).strip("-")
        computed = {key: arn(change["type"], name, region) for key in unknown if key.endswith("arn")}
        computed |= {"id": name, "key_id": name}
        lines = [f"    {key} = {json.dumps(value)}\n" for key, value in computed.items() if unknown.get(key) is True]
        values = "".join(lines)
        blocks.append(f"override_resource {{\n  target = {change['address']}\n  values = {{\n{values}  }}\n}}\n")
    return "\n".join([*blocks, 'run "policies" {\n  command = apply\n}\n'])


def arn(kind: str, name: str, region: str) -> str:
    service, resource = RESOURCE.get(kind, (kind.removeprefix("aws_").replace("_", "-"), "{name}"))
    place = ("" if service in WITHOUT_REGION else region, "" if service in WITHOUT_ACCOUNT else ACCOUNT)
    return ":".join(("arn:aws", service, *place, resource.replace("{name}", name)))


def state(output: str) -> Iterator[dict[str, Any]]:
    """The resources of the state that `terraform test -verbose -json` prints, one JSON object a line."""
    for line in output.splitlines():
        said = json.loads(line)
        if said.get("type") == "test_state":
            yield from resources(said["test_state"]["root_module"])
            return
    raise AssertionError(f"terraform test printed no state: {output[:2000]}")


def resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from resources(child)
