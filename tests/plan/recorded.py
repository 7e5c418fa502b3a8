"""The recorded plans (`scripts/record_plans.py`), laid out as they were made: beside the files of their root module."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scripts.record_plans import REPOSITORY, Recording, recorded, unpacked

from ddbaudit.app.audit import Settings, audit
from ddbaudit.sdk.report import Finding, Report

RECORDED = recorded()
PLAN_ONLY = frozenset({"DDB216"})
"""Rules that judge a change: nothing but a plan shows one."""

_PACKS: dict[str, list[str]] = tomllib.loads((REPOSITORY / "ddbaudit.toml").read_text())["packs"]
_IGNORED = shutil.ignore_patterns(".terraform*")


@dataclass(frozen=True, order=True)
class Signature:
    """What identifies a finding, whatever the input. `place` is `path:line:column`, or empty where it has no say."""

    rule: str
    address: str
    verdict: str
    fingerprint: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.rule} {self.verdict} {self.address} {self.place} {self.fingerprint[:6]}"


@dataclass(frozen=True)
class Laid:
    """A copy of a recording's tree at `tree`, with what was recorded in the directory of the root module, `root`."""

    recording: Recording
    tree: Path
    root: Path

    def hcl(self) -> Report:
        values = tuple(("var", f"{name}={value}") for name, value in self.recording.values.items())
        return self._audit(self.root, arguments=values)

    def with_source(self) -> Report:
        return self._audit(self.root / "plan.json", sources=(str(self.root),))

    def alone(self) -> Report:
        return self._audit(self.root / "plan.json")

    def binary(self, *, with_source: bool = False) -> Report:
        return self._audit(self.root / "tfplan", sources=(str(self.root),) if with_source else ())

    def _audit(self, path: Path, sources: tuple[str, ...] = (), arguments: tuple[tuple[str, str], ...] = ()) -> Report:
        named = None if self.root == self.tree else self.root.name
        return audit(Settings((str(path),), sources, arguments, packs=self.packs, environment=named))

    @property
    def packs(self) -> tuple[str, ...]:
        """Those that the reference estate is judged with; every rule for everything else."""
        if self.recording.tree != "terraform":
            return ("strict",)
        path = Path("terraform", self.recording.root)
        return tuple(name for glob, names in _PACKS.items() if path.match(glob) for name in names)

    def signatures(self, report: Report, *, places: bool = True) -> set[Signature]:
        """The findings of a report without those of plan-only rules."""
        return {self._signature(f, places) for f in report.findings if f.rule not in PLAN_ONLY}

    def _signature(self, finding: Finding, places: bool) -> Signature:
        place = ""
        if places:
            path = Path(finding.primary.path).resolve().relative_to(self.tree)
            place = f"{path}:{finding.primary.begin.line}:{finding.primary.begin.column}"
        return Signature(finding.rule, finding.address, finding.verdict.value, finding.fingerprint, place)


def lay(recording: Recording, base: Path) -> Laid:
    tree = base.resolve() / "tree"
    shutil.copytree(REPOSITORY / recording.tree, tree, ignore=_IGNORED)
    root = (tree / recording.root).resolve()
    for path in recording.directory.iterdir():
        (root / path.name.removesuffix(".gz")).write_bytes(unpacked(path))
    return Laid(recording, tree, root)
