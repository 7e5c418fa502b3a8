"""From paths to evaluated root modules, each named by its environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ddbaudit.app.config import Config
from ddbaudit.app.environments import directory_of, environment_of
from ddbaudit.app.plans import PlanInput, PlanReader, split, unreadable
from ddbaudit.app.settings import Settings
from ddbaudit.app.stack import make_room
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.inputs import Inputs, require_file
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases, find_roots
from ddbaudit.ir.instance import Evaluation

Progress = Callable[[str], None]


def evaluations(settings: Settings, config: Config, progress: Progress | None) -> list[Evaluation]:
    make_room()
    for kind, argument in settings.arguments:
        if kind == "file":
            require_file(argument)
    trees, plans = split(settings.paths, settings.sources)
    if settings.arguments and not trees:
        raise UsageError("a plan has values for its variables already", help="leave --var and --var-file out")
    evaluations = _of_trees(trees, settings, config, progress)
    _check_arguments(settings, evaluations)
    options = _parse_options(settings, config)
    reader = PlanReader(options, settings.process_environment, settings.workspace, progress)
    evaluations.extend(_guarded_plan(reader, plan) for plan in plans)
    return [replace(e, environment=name_of(e, settings, config)) for e in evaluations]


def _of_trees(trees: Sequence[str], settings: Settings, config: Config, progress: Progress | None) -> list[Evaluation]:
    if not trees:
        return []
    loader = Loader(_parse_options(settings, config), bases(trees))
    inputs = Inputs(settings.arguments, settings.process_environment, settings.workspace)
    evaluations: list[Evaluation] = []
    for directory in find_roots(trees, loader).directories:
        if progress is not None:
            progress(directory)
        evaluations.append(_guarded(directory, loader, inputs))
    return evaluations


def name_of(evaluation: Evaluation, settings: Settings, config: Config, listed: tuple[str, ...] = ()) -> str:
    configured = config.environment_for(directory_of(evaluation))
    return environment_of(evaluation, given=settings.environment, configured=configured, listed=listed)


def _guarded(directory: str, loader: Loader, inputs: Inputs) -> Evaluation:
    """The evaluation; what is too deep for Python's stack is a diagnostic, not a crash."""
    try:
        return evaluate_root(directory, loader, inputs, "")
    except RecursionError:
        source = loader.module(directory)
        detail = f"{source.shown} is nested too deeply to be evaluated"
        diagnostic = Diagnostic("EVAL002", Level.ERROR, "Nesting too deep", detail, None, source.shown)
        files = tuple(f.source for f in source.files)
        return Evaluation("", source.shown, (), (), (), (diagnostic,), files)


def _guarded_plan(reader: PlanReader, plan: PlanInput) -> Evaluation:
    """Likewise for a plan, whose source may be nested as deeply."""
    try:
        return reader.evaluate(plan)
    except RecursionError:
        detail = f"the configuration behind {plan.shown} is nested too deeply to be evaluated"
        return unreadable(plan, Diagnostic("EVAL002", Level.ERROR, "Nesting too deep", detail, None, plan.shown))


def _parse_options(settings: Settings, config: Config) -> ParseOptions:
    """The caller's word, else the configuration's, else that our own parser reads and python-hcl2 is asked in doubt."""
    cross_check = settings.cross_check if settings.cross_check is not None else config.cross_check
    return ParseOptions(settings.parser or config.parser or "auto", bool(cross_check))


def _check_arguments(settings: Settings, evaluations: Sequence[Evaluation]) -> None:
    """`--var` for a name that no root declares is a mistake of the caller's."""
    declared = {name for e in evaluations for name in (e.modules[0].variables if e.modules else ())}
    for kind, argument in settings.arguments:
        name = argument.partition("=")[0].strip()
        if kind == "var" and evaluations and name not in declared:
            raise UsageError(f'--var sets "{safe_text(name)}", which no root module declares as a variable')
