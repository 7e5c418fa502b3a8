"""The files with which a repository begins to use ddbaudit, made after looking at it: configuration, hook, pipeline."""

from __future__ import annotations

import glob
import json
import os
import pkgutil
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ddbaudit import __version__
from ddbaudit.app.config import NAME
from ddbaudit.foundation.errors import UsageError
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases, find_roots

PIPELINES = ("github", "gitlab", "none")
_PRE_COMMIT = ".pre-commit-config.yaml"
_WORKFLOW = ".github/workflows/ddbaudit.yml"
_GITLAB, _GITLAB_JOB = ".gitlab-ci.yml", ".gitlab/ddbaudit.yml"
_PLAIN = re.compile(r"[\w./= -]+", re.ASCII)
_INCLUDE = "include:\n  - local: .gitlab/ddbaudit.yml\n"


@dataclass(frozen=True, slots=True)
class StartFile:
    """A file of the repository, by its path from the repository's directory (`/` between the parts).

    `text` is what it should hold; where the file is there already it stays as it is, and `snippet` is what to add to
    it by hand, if anything.
    """

    path: str
    text: str
    exists: bool
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is in a repository: root modules (paths from its directory, sorted), and which pipeline it uses."""

    directory: str
    roots: tuple[str, ...]
    pipeline: str

    @property
    def where(self) -> str:
        """The directory that holds all roots."""
        return os.path.commonpath(self.roots).replace(os.sep, "/") or "." if self.roots else "."

    @property
    def globs(self) -> tuple[str, ...]:
        """The roots, those beside each other as one glob."""
        parents = [os.path.dirname(root) for root in self.roots]
        found = (
            f"{glob.escape(p)}/*" if p and parents.count(p) > 1 else glob.escape(r)
            for p, r in zip(parents, self.roots, strict=True)
        )
        return tuple(dict.fromkeys(found))


def survey(directory: str) -> Survey:
    """Looks at the repository in a directory. UsageError when it holds no Terraform."""
    real = os.path.realpath(directory)
    if not os.path.isdir(real):
        raise UsageError(f"{directory} is no directory", help="give the directory of the repository")
    loader = Loader(ParseOptions("auto", False), bases([directory]))
    roots = [os.path.relpath(root, real).replace(os.sep, "/") for root in find_roots([directory], loader).directories]
    if not roots:
        raise UsageError(f"there is no Terraform below {directory}", help="run it where the .tf files are")
    return Survey(real, tuple(sorted(roots)), _pipeline(Path(real)))


def start_files(found: Survey, pipeline: str | None = None) -> list[StartFile]:
    """What to write, in the order in which it is of interest; `pipeline` is one of PIPELINES, else what is found."""
    check = f"ddbaudit check {shlex.quote(found.where)}"
    words = {
        "packs": "\n".join(f'{json.dumps(g)} = ["baseline"]' for g in found.globs),
        "hook": _scalar(f"ddbaudit hook --within {shlex.quote(found.where)}"),
        "check_github": _scalar(f"{check} -o github -o sarif=ddbaudit.sarif"),
        "check_gitlab": _scalar(f"{check} -o text -o gitlab=gl-code-quality-report.json -o junit=ddbaudit.xml"),
        "version": __version__,
        "branch": _branch(Path(found.directory)),
    }
    hook = _filled("pre-commit.yaml", words)
    files = [_file(found, NAME, _filled("config.toml", words)), _file(found, _PRE_COMMIT, hook, _without_head(hook))]
    return [*files, *_pipeline_files(found, pipeline or found.pipeline, words)]


def _pipeline_files(found: Survey, pipeline: str, words: dict[str, str]) -> Iterator[StartFile]:
    if pipeline == "github":
        yield _file(found, _WORKFLOW, _filled("github.yml", words))
    elif pipeline == "gitlab":
        yield _file(found, _GITLAB_JOB, _filled("gitlab.yml", words))
        yield _file(found, _GITLAB, _INCLUDE, _INCLUDE)


def _scalar(text: str) -> str:
    """A value in YAML, quoted where it must be."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _file(found: Survey, path: str, text: str, snippet: str = "") -> StartFile:
    target = os.path.join(found.directory, *path.split("/"))
    exists = os.path.lexists(target)
    if exists and snippet and _mentions(target):
        snippet = ""
    return StartFile(path, text, exists, snippet if exists else "")


def _mentions(path: str) -> bool:
    """Whether a file speaks of ddbaudit already; one that cannot be read does not."""
    try:
        return "ddbaudit" in Path(path).read_text("utf-8", "replace")
    except OSError:
        return False


def _without_head(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[1:])


def _pipeline(directory: Path) -> str:
    """Which pipeline a repository uses, by its files, else by where its remote is."""
    if (directory / ".github").is_dir():
        return "github"
    if (directory / _GITLAB).exists():
        return "gitlab"
    remotes = _text(directory / ".git" / "config")
    return next((name for name in ("github", "gitlab") if f"{name}." in remotes), "none")


def _branch(directory: Path) -> str:
    """The branch that others start from: the remote's, else `main` or `master`, else the one that is checked out."""
    git = directory / ".git"
    remote = _text(git / "refs" / "remotes" / "origin" / "HEAD").strip().rpartition("refs/remotes/origin/")[2]
    heads = _names(git / "refs" / "heads") | {line.rpartition("refs/heads/")[2] for line in _packed(git)}
    current = _text(git / "HEAD").strip().rpartition("refs/heads/")[2]
    chosen = [remote, *(name for name in ("main", "master") if name in heads), current, "main"]
    return next(name for name in chosen if name and '"' not in name and "\\" not in name)


def _packed(git: Path) -> Sequence[str]:
    return [line for line in _text(git / "packed-refs").splitlines() if "refs/heads/" in line]


def _names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()} if directory.is_dir() else set()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _filled(name: str, words: dict[str, str]) -> str:
    content = pkgutil.get_data(__package__, f"starters/{name}.txt")
    assert content is not None
    return Template(content.decode("utf-8")).substitute(words)
