"""From paths to evaluated root modules, each named by its environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ddbaudit.app.config import Config
from ddbaudit.app.environments import DEFAULT, directory_of, environment_of, from_variables
from ddbaudit.app.plans import PlanInput, PlanReader, split, unreadable
from ddbaudit.app.settings import Settings
from ddbaudit.app.stack import make_room
from ddbaudit.app.variants import Listed, Variant, Variants
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import join_names, safe_text
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.inputs import Inputs, require_file
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases, find_roots
from ddbaudit.ir.instance import Evaluation

Progress = Callable[[str], None]


def evaluations(
    settings: Settings, config: Config, progress: Progress | None, listed: Listed = lambda root: ()
) -> list[Evaluation]:
    """Every root module below the paths in each of its environments, and every plan, named by their environments.

    `listed` gives the environments that a root's packs know. UsageError when `--env` leaves nothing.
    """
    make_room()
    for kind, argument in settings.arguments:
        if kind == "file":
            require_file(argument)
    trees, plans = split(settings.paths, settings.sources)
    if settings.arguments and not trees:
        raise UsageError("a plan has values for its variables already", help="leave --var and --var-file out")
    found = _of_trees(trees, settings, config, progress, listed)
    _check_arguments(settings, found)
    options = _parse_options(settings, config)
    reader = PlanReader(options, settings.process_environment, settings.workspace, progress)
    of_plans = [_guarded_plan(reader, plan) for plan in plans]
    return [*found, *(_named_plan(evaluation, settings, config, listed) for evaluation in of_plans)]


def _of_trees(
    trees: Sequence[str], settings: Settings, config: Config, progress: Progress | None, listed: Listed
) -> list[Evaluation]:
    if not trees:
        return []
    loader = Loader(_parse_options(settings, config), bases(trees))
    variants = Variants(settings, config, loader, listed)
    found: list[Evaluation] = []
    others: set[str] = set()
    for directory in find_roots(trees, loader).directories:
        if progress is not None:
            progress(directory)
        for variant in variants.of(directory):
            if not _is_asked_for(variant.name, settings):
                others.add(variant.name or "")
                continue
            evaluation = _named(_guarded(directory, loader, variant.inputs), variant, settings)
            if _is_asked_for(evaluation.environment, settings):
                found.append(evaluation)
            else:
                others.add(evaluation.environment)
    variants.check()
    if others and not found:
        message = f"no root module has the environment {safe_text(settings.environment or '')}"
        raise UsageError(message, help=f"there are {join_names(sorted(map(safe_text, others)))}")
    return found


def _is_asked_for(name: str | None, settings: Settings) -> bool:
    """Whether `--env` leaves an environment in; one that is not known yet it does."""
    return settings.environment is None or name is None or name == settings.environment


def _named(evaluation: Evaluation, variant: Variant, settings: Settings) -> Evaluation:
    """What nothing names is called as the caller says."""
    name = variant.name or from_variables(evaluation) or settings.environment or DEFAULT
    return replace(evaluation, environment=name, protected=variant.protected)


def _named_plan(evaluation: Evaluation, settings: Settings, config: Config, listed: Listed) -> Evaluation:
    """A plan is of one environment, whatever it is called: the caller's word comes first."""
    directory = directory_of(evaluation)
    known = {*listed(directory), *(environment.name for environment in config.environments)}
    found = environment_of(evaluation, config.environment_for(directory), known)
    name = settings.environment or found or DEFAULT
    environment = config.environment(name)
    return replace(evaluation, environment=name, protected=environment.protected if environment is not None else None)


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
