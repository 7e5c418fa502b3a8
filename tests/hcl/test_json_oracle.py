"""`.tf.json` against Terraform's own verdict, recorded and, where the binary is at hand, asked anew."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.json_syntax import parse_json

RECORDED = json.loads((Path(__file__).parent / "data" / "terraform_json.json").read_text(encoding="utf-8"))


def problems(text: str) -> list[str]:
    return [item.code for item in parse_json(SourceFile("main.tf.json", text)).diagnostics]


@pytest.mark.parametrize("name", RECORDED["valid"])
def test_accepts_what_terraform_accepts(name: str) -> None:
    assert problems(RECORDED["valid"][name]) == []


@pytest.mark.parametrize("name", RECORDED["invalid"])
def test_refuses_what_terraform_refuses(name: str) -> None:
    assert problems(RECORDED["invalid"][name]) != []


@pytest.mark.terraform
@pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform binary")
def test_terraform_still_says_what_was_recorded(tmp_path: Path) -> None:
    def validate(numbered: tuple[int, str]) -> bool:
        number, text = numbered
        directory = tmp_path / str(number)
        directory.mkdir()
        (directory / "main.tf.json").write_text(text, encoding="utf-8")
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        for command in (["init", "-backend=false", "-input=false"], ["validate", "-json"]):
            done = subprocess.run(
                ["terraform", *command], cwd=directory, env=environment, capture_output=True, check=False
            )
        return bool(json.loads(done.stdout)["valid"])

    for verdict in ("valid", "invalid"):
        cases = list(enumerate(RECORDED[verdict].values(), start=0 if verdict == "valid" else 1000))
        with ThreadPoolExecutor(2) as pool:
            found = dict(zip(RECORDED[verdict], pool.map(validate, cases), strict=True))
        assert found == dict.fromkeys(RECORDED[verdict], verdict == "valid")
