"""Skeletons of new rules: complete, and in order as they are."""

from __future__ import annotations

import keyword
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from string import Template

from ddbaudit import __version__
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import join_names, safe_text
from ddbaudit.policy.reader import RESERVED, RULE_ID, RULE_NAME
from ddbaudit.policy.rule import camel


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Files by their path, relative to where the skeleton is written, in the order in which they are of interest."""

    files: Mapping[str, str]


def check_names(id: str, name: str) -> None:
    """UsageError unless both are of the right form and the letters of the id are not ours."""
    if not RULE_ID.fullmatch(id):
        raise UsageError(f'the id "{safe_text(id)}" is not of the form ORD101: two to four capitals, three digits')
    letters = id.rstrip("0123456789")
    if letters in RESERVED:
        help = f"choose letters of your own; those of ddbaudit are {join_names(RESERVED)}"
        raise UsageError(f"ids that begin with {letters} belong to ddbaudit", help=help)
    if not RULE_NAME.fullmatch(name):
        message = f'the name "{safe_text(name)}" is not made of lower-case words joined by "-"'
        raise UsageError(message, help="name the fault, so that it reads well after `ignore`: deletion-protection-off")


def yaml_skeleton(id: str, name: str, folder: str) -> Skeleton:
    """One file with one rule; `folder` is where it will lie, for the commands in its head."""
    file = f"{name}.yaml"
    shown = (PurePosixPath(folder) / file).as_posix()
    return Skeleton({file: _filled("rule.yaml", {"id": id, "name": name, "file": shown})})


def python_skeleton(id: str, name: str) -> Skeleton:
    """A package that is found through its entry point, with a rule and a test."""
    letters = id.rstrip("0123456789").lower()
    package, module = f"ddbaudit_rules_{letters}", name.replace("-", "_")
    if keyword.iskeyword(module):
        raise UsageError(f'a module of Python cannot be called "{module}"', help="choose a longer name")
    words = {
        "id": id,
        "name": name,
        "class_name": camel(name),
        "package": package,
        "module": module,
        "distribution": package.replace("_", "-"),
        "version": __version__,
    }
    return Skeleton(
        {
            f"src/{package}/{module}.py": _filled("rule.py", words),
            f"src/{package}/__init__.py": _filled("init.py", words),
            "tests/test_examples.py": _filled("test_examples.py", words),
            "pyproject.toml": _filled("pyproject.toml", words),
        }
    )


def _filled(name: str, words: Mapping[str, str]) -> str:
    content = pkgutil.get_data(__package__, f"skeletons/{name}.txt")
    assert content is not None
    return Template(content.decode("utf-8")).substitute(words)
