"""Plans among the inputs: which paths are plans, reading them, and judging them with or without their source."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.filesystem import Disk
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader, has_config, shown_path
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases
from ddbaudit.ir.instance import Evaluation

if TYPE_CHECKING:
    from ddbaudit.ir.plan import Plan

STDIN = "-"
STDIN_SHOWN = "<stdin>"
MAX_BINARY = 1 << 30
"""A binary plan is read whole; it is compressed, so this is far beyond any real one."""
_VARIABLE_FILES = (".tfvars", ".tfvars.json")


@dataclass(frozen=True, slots=True)
class PlanInput:
    """A plan as it was asked for: its path (`-` for standard input) and the directory of its source, if given."""

    path: str
    source: str | None

    @property
    def shown(self) -> str:
        return STDIN_SHOWN if self.path == STDIN else shown_path(os.path.abspath(self.path))


def split(paths: Sequence[str], sources: Sequence[str]) -> tuple[list[str], list[PlanInput]]:
    """The paths of configurations and the plans. UsageError for sources that do not go with the plans."""
    plans = [path for path in paths if _is_plan(path)]
    if plans.count(STDIN) > 1:
        raise UsageError("standard input (-) can be read once only", help="write the plans to files")
    return [path for path in paths if not _is_plan(path)], _with_sources(plans, sources)


def _is_plan(path: str) -> bool:
    """A file that is named and is no Terraform file; whether it is a plan, its content says."""
    if path == STDIN:
        return True
    if not os.path.exists(path) or os.path.isdir(path):
        return False
    if path.endswith(_VARIABLE_FILES):
        raise UsageError(f"{path} is a variable file", help=f"write --var-file {path} beside the directory to check")
    return not has_config([os.path.basename(path)])


def _with_sources(plans: Sequence[str], sources: Sequence[str]) -> list[PlanInput]:
    for source in sources:
        if not os.path.isdir(source):
            raise UsageError(f"--source {source} is no directory", help="give the directory in which the plan was made")
    if sources and not plans:
        raise UsageError("--source goes with a plan, and none is given", help="give a plan, or check the directory")
    if len(sources) > 1 and len(sources) != len(plans):
        raise UsageError(
            f"{len(sources)} sources for {len(plans)} plans", help="give one --source for all plans, or one for each"
        )
    if len(sources) == len(plans):
        return [PlanInput(plan, source) for plan, source in zip(plans, sources, strict=True)]
    return [PlanInput(plan, sources[0] if sources else None) for plan in plans]


@dataclass(frozen=True, slots=True)
class PlanReader:
    """Reads and evaluates plans. `environment` are the TF_VAR_ settings, which only tell where a value came from."""

    options: ParseOptions
    environment: Mapping[str, str]
    workspace: str | None
    progress: Callable[[str], None] | None = None

    def evaluate(self, given: PlanInput) -> Evaluation:
        """The plan's evaluation; what cannot be judged is a diagnostic in an otherwise empty one."""
        from ddbaudit.ir.plan import PlanError

        if self.progress is not None:
            self.progress(given.shown)
        try:
            plan = read_plan(given)
        except PlanError as error:
            return unreadable(given, error.diagnostic)
        found = self._evaluated(plan, given)
        return replace(found, files=(*found.files, plan.file), diagnostics=(*plan.diagnostics, *found.diagnostics))

    def _evaluated(self, plan: Plan, given: PlanInput) -> Evaluation:
        if plan.kind == "state" and given.source is not None:
            raise UsageError(f"{given.shown} is a state, which --source does not go with", help="leave --source out")
        if plan.snapshot is None and given.source is None:
            from ddbaudit.frontends.plan.evaluation import evaluate_plan

            return evaluate_plan(plan)
        return self._fused(plan, given)

    def _fused(self, plan: Plan, given: PlanInput) -> Evaluation:
        from ddbaudit.frontends.plan.fusion import fuse

        inputs = Inputs((), self.environment, plan.workspace or self.workspace)
        if plan.snapshot is not None and given.source is None:
            from ddbaudit.frontends.hcl.filesystem import snapshot_loader

            base = os.path.dirname(os.path.abspath(given.path)) if given.path != STDIN else os.getcwd()
            loader = snapshot_loader(plan.snapshot, base, self.options)
            return fuse(evaluate_root(base, loader, inputs, "", plan), plan)
        assert given.source is not None
        loader = Loader(self.options, bases([given.source]))
        evaluation = fuse(evaluate_root(os.path.realpath(given.source), loader, inputs, "", plan), plan)
        if plan.snapshot is None:
            return evaluation
        return replace(evaluation, diagnostics=(*evaluation.diagnostics, *_changed_files(plan, given.source)))


def read_plan(given: PlanInput) -> Plan:
    """The plan or state in a file or on standard input; PlanError when it cannot be judged."""
    from ddbaudit.frontends.plan.reader import is_binary, read_json
    from ddbaudit.frontends.plan.secrets import mark_repeated

    with _open(given) as stream:
        head = _peek(stream)
        if not is_binary(head):
            return mark_repeated(read_json(stream, given.shown))
        from ddbaudit.frontends.plan.binary import read_binary

        data = stream.read(MAX_BINARY + 1)
        if len(data) > MAX_BINARY:
            raise _error(given, "PLAN007", "Limit exceeded", f"the plan is larger than {MAX_BINARY} bytes")
        return mark_repeated(read_binary(data, given.shown))


def _open(given: PlanInput) -> BinaryIO:
    """The stream; a pipe is fine where it was named, any other kind of file is refused."""
    if given.path == STDIN:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    try:
        stream = open(given.path, "rb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise _error(
            given, "IO001", "File could not be read", f"{given.shown}: {error.strerror}", "make the file readable"
        ) from None
    mode = os.fstat(stream.fileno()).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        stream.close()
        raise _error(given, "IO001", "File could not be read", f"{given.shown}: it is no regular file and no pipe")
    return stream


def _peek(stream: BinaryIO) -> bytes:
    peek: Callable[[int], bytes] = getattr(stream, "peek")  # noqa: B009 - BinaryIO does not declare it
    return peek(16)[:16]


def _error(given: PlanInput, code: str, summary: str, detail: str, help: str = "") -> Exception:
    from ddbaudit.ir.plan import PlanError

    return PlanError(Diagnostic(code, Level.ERROR, summary, detail, None, given.shown, help))


def unreadable(given: PlanInput, diagnostic: Diagnostic) -> Evaluation:
    """What stands for a plan that cannot be judged."""
    file = SourceFile(given.shown, "")
    return Evaluation("", given.shown, (), (), (), (diagnostic,), (file,))


def _changed_files(plan: Plan, source: str) -> tuple[Diagnostic, ...]:
    """What of the configuration in a binary plan is not as it is on disk now."""
    assert plan.snapshot is not None
    changed = sorted(name for name, data in plan.snapshot.files.items() if not _same(source, name, data))
    if not changed:
        return ()
    names = ", ".join(changed[:8]) + (f" and {len(changed) - 8} more" if len(changed) > 8 else "")
    detail = f"the plan was made from other content than there is now in {names}"
    help = "make the plan again, or leave --source out: the plan carries its configuration"
    return (Diagnostic("PLAN014", Level.ERROR, "Plan and source disagree", detail, None, plan.path, help),)


def _same(source: str, name: str, data: bytes) -> bool:
    """Whether a regular file has this content; names in a plan may lead anywhere, so links and pipes are refused."""
    try:
        return Disk(bases([source])).read(os.path.join(source, name)) == data
    except OSError:
        return False
