"""Options that several commands share, and what they become."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from ddbaudit.app.audit import Settings
from ddbaudit.foundation.text import safe_text

F = TypeVar("F", bound=Callable[..., Any])

PARSERS = ("auto", "native", "python-hcl2")


class _Ordered(click.Option):
    """`--var` and `--var-file` share one list, in the order of the command line: the later one wins, as in
    Terraform."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        super().add_to_parser(parser, ctx)
        option = parser._long_opt[self.opts[0]]
        original, kind = option.process, "file" if self.name == "var_file" else "var"

        def process(value: Any, state: Any) -> None:
            ctx.meta.setdefault("ddbaudit.arguments", []).append((kind, value))
            original(value, state)

        option.process = process


def evaluation_options(function: F) -> F:
    """What decides the values: variables, environment, workspace, parser."""
    for option in reversed(
        (
            click.option("--var", cls=_Ordered, multiple=True, metavar="NAME=VALUE", help="Set a root variable."),
            click.option(
                "--var-file", cls=_Ordered, multiple=True, metavar="FILE", help="Read variables from a tfvars file."
            ),
            click.option(
                "--source",
                "sources",
                multiple=True,
                metavar="DIR",
                help="Where the plan was made: one for all, or each.",
            ),
            click.option("--env", "environment", metavar="NAME", help="Only this environment; names what has none."),
            click.option("--workspace", metavar="NAME", help="The value of terraform.workspace (else unknown)."),
            click.option(
                "--parser",
                type=click.Choice(PARSERS),
                default=None,
                help="Which HCL parser reads (else: config, auto).",
            ),
            click.option("--cross-check/--no-cross-check", default=None, help="Both parsers must agree on every file."),
            click.option("--config", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards)."),
        )
    ):
        function = option(function)
    return function


def rules_option(function: F) -> F:
    """Files of rules beside those that are installed."""
    option = click.option(
        "--rules", "rules", multiple=True, metavar="FILE|DIR", help="Run these rules in YAML too; repeatable."
    )
    return option(function)


def settings_of(paths: Sequence[str], options: dict[str, Any]) -> Settings:
    """The settings that the shared options make."""
    arguments = tuple(click.get_current_context().meta.get("ddbaudit.arguments", ()))
    environment = {k: v for k, v in os.environ.items() if k.startswith("TF_VAR_")}
    return Settings(
        paths=tuple(paths),
        sources=tuple(options["sources"]),
        arguments=arguments,
        process_environment=environment,
        workspace=options["workspace"],
        environment=options["environment"],
        config=options["config"],
        parser=options["parser"],
        cross_check=options["cross_check"],
    )


def listed(values: Sequence[str]) -> tuple[str, ...]:
    """`-x a,b -x c` as `("a", "b", "c")`."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def progress() -> Callable[[str], None] | None:
    """A line that rewrites itself, on a terminal and only once the work takes longer than a second."""
    if not sys.stderr.isatty():
        return None
    begun = time.monotonic()

    def show(directory: str) -> None:
        if time.monotonic() - begun > 1:
            sys.stderr.write(f"\r\033[Kchecking {safe_text(directory)[-70:]}")
            sys.stderr.flush()

    return show
