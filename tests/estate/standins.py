"""Stand-ins for AWS on 127.0.0.1, and Terraform applying a root of the estate to them.

moto (a server in this process) takes what an apply does and can be asked about it; it accepts almost any definition of
a table. dynalite (npm, a process of its own) refuses bad definitions in the words of DynamoDB, and knows little else.
Nothing here can reach AWS: whatever the caller's environment says about AWS is left out.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.estate.roots import ESTATE

DYNALITE = "4.0.0"
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
SERVER = """
require(process.argv[1])({createTableMs: 0, deleteTableMs: 0}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port)
})
"""


def client(service: str, endpoint: str, region: str) -> Any:
    """A boto3 client that leaves it to the stand-in to refuse a request; ImportError where boto3 is not installed."""
    import boto3
    from botocore.config import Config

    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=endpoint, region_name=region, config=config, **CREDENTIALS)


def post(url: str) -> None:
    """Plain text, because moto takes a form for a call of the API."""
    request = urllib.request.Request(url, data=b"", headers={"Content-Type": "text/plain"}, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


class Applied:
    """A root in a copy of the estate, to be applied to the stand-in at `endpoint`."""

    def __init__(self, directory: Path, endpoint: str) -> None:
        self.directory = directory
        self.endpoint = endpoint

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        environment |= {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "3",
        }
        return subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def must(self, *arguments: str) -> str:
        """Standard output; AssertionError with Terraform's words when it fails."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"terraform {arguments[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    def apply(self, targets: Iterable[str] = (), variables: Mapping[str, str] | None = None) -> None:
        self.must("apply", "-auto-approve", "-input=false", *self._selection(targets, variables))

    def changes(self, targets: Iterable[str] = (), variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """What another plan would do: address -> action."""
        said = map(
            json.loads, self.must("plan", "-input=false", "-json", *self._selection(targets, variables)).splitlines()
        )
        planned = (line["change"] for line in said if line["type"] == "planned_change")
        return {change["resource"]["addr"]: change["action"] for change in planned}

    def destroy(self, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return self.run("destroy", "-auto-approve", "-input=false", *self._selection((), variables))

    def addresses(self) -> set[str]:
        return set(self.must("state", "list").split())

    @staticmethod
    def _selection(targets: Iterable[str], variables: Mapping[str, str] | None) -> list[str]:
        return [
            *(f"-target={target}" for target in targets),
            *(f"-var={name}={value}" for name, value in (variables or {}).items()),
        ]


@contextlib.contextmanager
def prepared(root: str, endpoint: str) -> Iterator[Applied]:
    """`root` (`<system>/<environment>`) after `terraform init`, in a copy that goes away with its state."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, "terraform")
        shutil.copytree(ESTATE, copy, ignore=shutil.ignore_patterns(".terraform*"))
        applied = Applied(copy / "environments" / root, endpoint)
        applied.must("init", "-backend=false", "-input=false")
        yield applied


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """The endpoint of a moto server; ImportError where moto is not installed."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@functools.cache
def dynalite_package() -> Path | str:
    """The directory of the npm package in the user's cache, installed once; or why there is none."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not available"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ddbaudit-tests"
    prefix = cache / f"dynalite-{DYNALITE}"
    package = prefix / "node_modules" / "dynalite"
    if package.is_dir():
        return package
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as directory:
        command = ["npm", "install", "--prefix", directory, "--no-audit", "--no-fund", f"dynalite@{DYNALITE}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            reasons = [line for line in done.stderr.splitlines() if "error" in line]
            return f"npm could not install dynalite {DYNALITE} ({'; '.join(reasons[:2])})"
        with contextlib.suppress(OSError):  # another process was faster, or the name is taken: ours is the same
            Path(directory, "node_modules").rename(_made(prefix) / "node_modules")
    return package if package.is_dir() else f"dynalite could not be stored in {prefix}"


def _made(directory: Path) -> Path:
    directory.mkdir(exist_ok=True)
    return directory


@contextlib.contextmanager
def dynalite(package: Path) -> Iterator[str]:
    """The endpoint of a dynalite process, which ends with the context."""
    process = subprocess.Popen(["node", "-e", SERVER, str(package)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), "dynalite did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def create_request(table: Mapping[str, Any]) -> dict[str, Any]:
    """The CreateTable request for a planned `aws_dynamodb_table`: what the provider sends, without what dynalite does
    not know (encryption, table class, tags).

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    """
    request: dict[str, Any] = {
        "TableName": table["name"],
        "BillingMode": table["billing_mode"],
        "KeySchema": _key_schema(table["hash_key"], table.get("range_key")),
        "AttributeDefinitions": [{"AttributeName": a["name"], "AttributeType": a["type"]} for a in table["attribute"]],
    }
    for argument, kind in (("global", "GlobalSecondaryIndexes"), ("local", "LocalSecondaryIndexes")):
        if indexes := table[f"{argument}_secondary_index"]:
            request[kind] = [_index(index, index.get("hash_key", table["hash_key"])) for index in indexes]
    if table["stream_enabled"]:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": table["stream_view_type"]}
    return json.loads(json.dumps(request))  # type: ignore[no-any-return]


def _index(index: Mapping[str, Any], hash_key: str) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index["projection_type"]}
    if index.get("non_key_attributes"):
        projection["NonKeyAttributes"] = index["non_key_attributes"]
    return {
        "IndexName": index["name"],
        "KeySchema": _key_schema(hash_key, index.get("range_key")),
        "Projection": projection,
    }


def _key_schema(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else keys
