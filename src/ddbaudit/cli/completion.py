"""`ddbaudit completion`: the script that has a shell complete commands, options and rules.

The script asks `ddbaudit completion SHELL --answer`. Click's own way, an environment variable that turns any call into
an answer, is not open: a gate that runs with such a variable set would say nothing and pass.
"""

from __future__ import annotations

import os
import sys

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from ddbaudit.cli.output import write

_SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
_CALLED = {"bash": "$1", "zsh": "%(prog_name)s", "fish": "%(prog_name)s"}
"""How the scripts of click call the program."""
_EPILOG = """\b
Examples:
  eval "$(ddbaudit completion bash)"                                  in ~/.bashrc
  eval "$(ddbaudit completion zsh)"                                   in ~/.zshrc
  ddbaudit completion fish > ~/.config/fish/completions/ddbaudit.fish
"""


@click.command("completion", epilog=_EPILOG)
@click.argument("shell", type=click.Choice(tuple(_SHELLS)))
@click.option("--answer", is_flag=True, hidden=True)
def command(shell: str, answer: bool) -> int:
    """Print the script with which SHELL completes commands, options and rules."""
    write(sys.stdout, (_answer(shell) if answer else _script(shell)) + "\n")
    return 0


def _script(shell: str) -> str:
    program = _CALLED[shell]
    asked = f"%(complete_var)s={shell}_complete"
    template = _SHELLS[shell].source_template
    called = f"{program} completion {shell} --answer"
    if shell == "fish":  # the program comes after two more variables
        template = template.replace(f"{asked} ", "").replace(f"{program})", f"{called})", 1)
    else:
        template = template.replace(f"{asked} {program}", called)
    return template % {"complete_func": "_ddbaudit_completion", "complete_var": "", "prog_name": "ddbaudit"}


def _answer(shell: str) -> str:
    from ddbaudit.cli.group import group

    if not {"COMP_WORDS", "COMP_CWORD"} <= os.environ.keys():
        return ""
    return _SHELLS[shell](group(), {}, "ddbaudit", "").complete()


def rules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules whose id or name begins so, each by the kind of word that was begun."""
    from ddbaudit.engine.registry import load_rules

    found = []
    for rule in load_rules().rules:
        if rule.meta.id.startswith(incomplete.upper()):
            found.append(CompletionItem(rule.meta.id, help=rule.meta.name))
        elif incomplete and rule.meta.name.startswith(incomplete):
            found.append(CompletionItem(rule.meta.name, help=rule.meta.id))
    return found
