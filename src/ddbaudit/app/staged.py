"""What git says of deleted files, which pre-commit does not hand to a hook."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

from ddbaudit.foundation.errors import UsageError


def deleted_files(environment: Mapping[str, str]) -> list[str]:
    """The files that the commit in the making deletes or renames away, or, where pre-commit compares two commits
    (`--from-ref`, `--to-ref`), those that are gone between them; paths from the working directory.

    UsageError when git cannot say. Source: https://pre-commit.com/#arguments-pattern-in-hooks and git-diff(1).
    """
    refs = [environment[name] for name in ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF") if environment.get(name)]
    command = ["git", "-c", "core.fsmonitor=false", "diff", "--name-only", "--no-ext-diff", "--no-renames"]
    command += ["--diff-filter=D", "--relative", "-z"]
    command += ["--end-of-options", f"{refs[0]}...{refs[1]}", "--"] if len(refs) == 2 else ["--cached", "--"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and what comes from outside is no option
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"git cannot be asked for deleted files: {error}", help=_HELP) from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"git cannot say which files are deleted: {said[0] if said else 'no reason'}", help=_HELP)
    return [os.fsdecode(path) for path in done.stdout.split(b"\0") if path]


_HELP = "run the hook inside a git repository, or check everything: ddbaudit check PATH"
