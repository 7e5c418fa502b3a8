"""Plans that Terraform makes now of the roots in `fixtures/evaluate`, fused with them: the two agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.oracle import terraform
from tests.oracle.compare import compare
from tests.oracle.test_plans import FIXTURES, ROOTS, _environment, _flags
from tests.plan.fusing import disagreements, dumped, fused, read


@pytest.mark.terraform
@pytest.mark.parametrize("name", ROOTS)
def test_a_fresh_plan_agrees_with_its_source(name: str, tmp_path: Path) -> None:
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: recorded plans are fused in test_fusion.py")
    plan = terraform.plan(FIXTURES / name, ".", *_flags(name), environment=_environment(name))
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    evaluation = fused(read(tmp_path / "plan.json"), FIXTURES / name)
    assert disagreements(evaluation) == []
    resources = list(dumped(evaluation).values())
    result = compare(plan, {"environments": [{"resources": resources, "outputs": {}}]})
    assert result.mismatches == []
