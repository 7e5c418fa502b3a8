#!/usr/bin/env python3
"""Write `fixtures/plans/NAME/`: what real Terraform says of roots that stand in this repository.

    python scripts/record_plans.py [--only NAME …] [--check]

`fixtures/plans/recordings.toml` lists the recordings and says what each is for; the environments of the reference
estate come on top. Of each, `plan.json` is the complete and unmodified output of `terraform show -json`, `tfplan` the
plan file that it was made from, and, where the recording asks for it, `state.json` the state that the plan was made on.
Nothing of it is edited, and a recording is made as a whole or not at all. What is large is kept as `plan.json.gz`.

Where a recording has a state, Terraform itself made it: with `terraform apply` against moto, which this script starts
on a free port of this machine, and asks to forget everything between two recordings. Plans too are made against moto,
so that the roots need no arguments that only a test would have. No network, no account and no credentials are needed,
but the `terraform` binary, the provider, and `moto_server` (from the package `moto[server]`) must be there. moto knows
no replicas and no autoscaling: roots with those are planned and not applied.

`--check` makes everything again and compares what is stable. Times, and names and numbers that AWS (here: moto) hands
out differ from one recording to the next. Roots that Terraform refuses are listed too, with what it says of them;
`--check` makes sure that it still does.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
ESTATE = REPOSITORY / "terraform"
PLANS = REPOSITORY / "fixtures" / "plans"
LIST = PLANS / "recordings.toml"
REGION = "eu-west-1"
LARGE = 200_000  # bytes of a file that is kept compressed
_IGNORED = shutil.ignore_patterns(".terraform*", "terraform.tfstate*", "tfplan", "plan.json")


class RecordingError(Exception):
    """Terraform or moto did not do what a recording needs; the message says what they said."""


@dataclass(frozen=True)
class Recording:
    """One plan, and how it comes about.

    `tree` is the directory (below the repository) that is copied, `root` the directory in it that is planned. `apply`
    is a directory in `tree` that is applied first, `calls` are requests to AWS's API after that (for drift), and
    `keep_state` is false where the plan must know nothing of what exists (for imports). `values` are given with
    `-var`, `arguments` are further arguments of `terraform plan`. `errored` says that the plan must fail, `state` that
    the state is recorded too. `refused` is set where no plan can be had at all: a part of what Terraform then says.
    """

    name: str
    tree: str
    about: str
    root: str = "."
    apply: str = ""
    keep_state: bool = True
    calls: tuple[Mapping[str, Any], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    errored: bool = False
    state: bool = False
    refused: str = ""

    @property
    def source(self) -> Path:
        """The directory of the root module."""
        return (REPOSITORY / self.tree / self.root).resolve()

    @property
    def directory(self) -> Path:
        return PLANS / self.name

    def plan(self) -> Any:
        """What is recorded of `terraform show -json`."""
        path = self.directory / "plan.json"
        return json.loads(unpacked(path if path.exists() else path.with_name("plan.json.gz")))


def recordings() -> dict[str, Recording]:
    """What `recordings.toml` lists, in its order, also what Terraform refuses; then the reference estate."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    found = {}
    for name, said in listed.items():
        for key in ("calls", "arguments"):
            said[key] = tuple(said.get(key, ()))
        found[name] = Recording(name=name, **said)
    return found | estate()


def estate() -> dict[str, Recording]:
    """A recording for every environment of the reference estate."""
    found = {}
    for path in sorted(ESTATE.glob("environments/*/*/main.tf")):
        system, environment = path.parts[-3:-1]
        name = f"{system}-{environment}"
        about = f"The reference estate: {system} in {environment}."
        found[name] = Recording(name, "terraform", about, f"environments/{system}/{environment}")
    return found


def recorded() -> dict[str, Recording]:
    """The recordings of which there is a plan."""
    return {name: recording for name, recording in recordings().items() if not recording.refused}


class Moto:
    """A moto server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=dict(headers or {}), method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            answer.read()

    def forget(self) -> None:
        self.post("/moto-api/reset")

    def call(self, target: str, body: Mapping[str, Any]) -> None:
        """A request of DynamoDB's API, as `DynamoDB_20120810.UpdateTable` and its parameters."""
        service = f"Credential=test/20200101/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
        headers = {
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": f"AWS4-HMAC-SHA256 {service}",
        }
        self.post("/", headers, json.dumps(body).encode())


@contextmanager
def moto() -> Iterator[Moto]:
    """A server of our own, gone at the end."""
    program = shutil.which("moto_server")
    if program is None:
        raise RecordingError("moto_server is not on PATH: pip install 'moto[server]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        server = Moto(f"http://127.0.0.1:{port}")
        _wait(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(server: Moto) -> None:
    for _ in range(120):
        try:
            server.forget()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        else:
            return
    raise RecordingError("moto_server does not answer")


class Terraform:
    """Terraform in one directory, against one moto and nothing else of the machine's settings."""

    def __init__(self, directory: Path, server: Moto) -> None:
        self.directory = directory
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_VAR_", "TF_CLI_ARGS", "TF_DATA"))}
        self.environment = {
            **kept,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": server.url,
            "AWS_S3_USE_PATH_STYLE": "true",
            "AWS_MAX_ATTEMPTS": "3",
            "CHECKPOINT_DISABLE": "1",
        }

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What it writes; RecordingError with its words when it ends with another code."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if done.returncode not in codes:
            raise RecordingError(f"terraform {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def init(self) -> None:
        self.run("init", "-backend=false", "-input=false", "-no-color")


def record(recording: Recording, server: Moto, target: Path) -> None:
    """Makes the recording's files in `target`."""
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory, "tree")
        shutil.copytree(REPOSITORY / recording.tree, tree, ignore=_IGNORED)
        record_tree(recording, tree, server, target)


def record_tree(recording: Recording, tree: Path, server: Moto, target: Path) -> None:
    """Likewise of a tree that may be changed: it is used up."""
    server.forget()
    here = Terraform(tree / recording.root, server)
    if recording.apply:
        _apply(recording, tree, server)
    here.init()
    values = [part for name, value in recording.values.items() for part in ("-var", f"{name}={value}")]
    here.run(
        *("plan", "-input=false", "-lock=false", "-no-color", "-out=tfplan"),
        *(*recording.arguments, *values),
        codes=(1,) if recording.errored else (0,),
    )
    target.mkdir(parents=True, exist_ok=True)
    if recording.state:
        (target / "state.json").write_text(here.run("show", "-json"), encoding="utf-8")
    (target / "plan.json").write_text(here.run("show", "-json", "tfplan"), encoding="utf-8")
    shutil.copyfile(here.directory / "tfplan", target / "tfplan")


def _apply(recording: Recording, tree: Path, server: Moto) -> None:
    """Makes what `apply` describes, and leaves its state to the root."""
    before = Terraform(tree / recording.apply, server)
    before.init()
    before.run("apply", "-input=false", "-auto-approve", "-no-color")
    for call in recording.calls:
        server.call(call["target"], call["body"])
    state, there = before.directory / "terraform.tfstate", tree / recording.root / "terraform.tfstate"
    if not recording.keep_state:
        state.unlink()
    elif state != there:
        shutil.move(state, there)


def refused(recording: Recording, server: Moto) -> str:
    """What Terraform says of a root that cannot be planned, in one line."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            record(recording, server, Path(directory))
        except RecordingError as error:
            return said_of(error)
    raise RecordingError(f"{recording.name}: Terraform plans it now")


def said_of(error: RecordingError) -> str:
    """Terraform's words in one line."""
    return " ".join(re.sub(r"[│╷╵]", " ", str(error)).split())


_VARIES = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r"\bA[A-Z0-9]{19,20}\b"), "<id>"),
    (re.compile(r"\b(terraform-|sgr?-|vpc-|vpce-|rtb-|subnet-)[0-9a-f]{8,26}\b"), r"\1<id>"),
)


def stable(text: str) -> str:
    """Plan or state JSON in a readable form, without what differs from one recording to the next."""
    shown = json.dumps(json.loads(text), indent=1, sort_keys=True)
    for pattern, instead in _VARIES:
        shown = pattern.sub(instead, shown)
    return shown


def unpacked(path: Path) -> bytes:
    """The content of a file of a recording, also of one that is kept compressed."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def read_kept(path: Path) -> bytes:
    """The content of `path`, which may be kept compressed beside it, as `path`.gz."""
    return unpacked(path if path.exists() else path.with_name(f"{path.name}.gz"))


def pack(directory: Path) -> None:
    """Compresses what is large in a recording, to the same bytes whenever it is done."""
    for path in directory.iterdir():
        if path.suffix == ".json" and path.stat().st_size > LARGE:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            path.unlink()


def configuration(path: Path) -> dict[str, bytes]:
    """The configuration that a plan file carries, by the names in it."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist()) if name.startswith("tfconfig/")}


def differences(old: Path, new: Path) -> list[str]:
    """What of a recording is no longer as it was, as lines to print."""
    found: list[str] = []
    for path in sorted(new.iterdir()):
        known = old / path.name
        if not known.exists():
            found.append(f"{path.name}: is not recorded")
        elif ".json" in path.suffixes:
            was, now = (stable(unpacked(p).decode()).splitlines() for p in (known, path))
            found += [f"{path.name}: {line}" for line in difflib.unified_diff(was, now, lineterm="", n=0)]
        elif configuration(known) != configuration(path):
            found.append(f"{path.name}: carries another configuration")
    return found


def _replace(name: str, made: Path) -> None:
    target = PLANS / name
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(made, target)


def _one(recording: Recording, server: Moto, check: bool) -> list[str]:
    """Makes or checks one recording; what is wrong, as lines to print."""
    if recording.refused:
        said = refused(recording, server)
        return [] if recording.refused in said else [f"is refused for another reason: {said}"]
    with tempfile.TemporaryDirectory() as directory:
        made = Path(directory, "made")
        record(recording, server, made)
        pack(made)
        if check:
            return differences(recording.directory, made)
        _replace(recording.name, made)
        return []


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Record what Terraform plans for the roots of this repository.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="make or check only these")
    parser.add_argument("--check", action="store_true", help="compare with what is recorded instead of writing it")
    options = parser.parse_args(arguments)
    known = recordings()
    if unknown := set(options.only or ()) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))} in {LIST.name}")
    failed = 0
    with moto() as server:
        for name in options.only or known:
            try:
                wrong = _one(known[name], server, options.check)
            except RecordingError as error:
                wrong = [str(error)]
            failed += bool(wrong)
            print(f"{name}: {'FAILED' if wrong else 'as recorded' if options.check else 'done'}", flush=True)
            print("\n".join(f"  {line}" for line in wrong[:40]), end="\n" if wrong else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
