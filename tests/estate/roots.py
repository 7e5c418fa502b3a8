"""The root modules of the reference estate, found by looking, and where their plans are recorded."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ESTATE = REPOSITORY / "terraform"
PLANS = REPOSITORY / "fixtures" / "estate-plans"
ROOTS = sorted(str(p.parent.relative_to(ESTATE / "environments")) for p in ESTATE.glob("environments/*/*/main.tf"))
FLOOR = {
    "access-management": {"dev", "sit", "prod"},
    "jobwork-planner": {"dev", "sit", "prod"},
    "mind-links": {"dev", "staging", "prod"},
    "site-builder": {"dev", "sit", "prod"},
}
"""Systems whose environments must be among the roots, however they are found."""


def plan_file(root: str) -> Path:
    return PLANS / f"{root.replace('/', '-')}.json"
