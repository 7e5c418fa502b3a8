"""What can be wrong with a plan, each kind with its code, summary and usual remedy."""

from __future__ import annotations

import enum
import re

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Position, StructuredFile
from ddbaudit.foundation.text import safe_text
from ddbaudit.ir.plan import PlanError

SHOW = "run `terraform plan -out=tfplan` and `terraform show -json tfplan > plan.json`, and check plan.json"
_AGAIN = "write it again: `terraform show -json tfplan > plan.json`, in a script under `set -o pipefail`"
AS_JSON = (
    "run `terraform show -json tfplan > plan.json` with the Terraform that made the plan, "
    "and check plan.json with `--source DIR`"
)
_NAME = re.compile(r"[A-Za-z_]\w{0,63}|\d{1,6}(\.\d{1,6}){0,2}")


class Problem(enum.Enum):
    """The code, the summary and the help, where the place does not call for another."""

    NOT_A_PLAN = ("PLAN001", "Not a Terraform plan", SHOW)
    INVALID = ("PLAN002", "Invalid or truncated JSON", _AGAIN)
    LOG = ("PLAN003", "Log of terraform plan -json", SHOW)
    FORMAT = ("PLAN004", "Unsupported plan format", "use a version of ddbaudit that knows the format")
    NEWER = ("PLAN005", "Newer plan format", "use a newer version of ddbaudit, if there is one")
    DUPLICATE = ("PLAN006", "Duplicate key", _AGAIN)
    LIMIT = ("PLAN007", "Limit exceeded", "make sure that terraform wrote the file; no real plan comes near the limit")
    ENCODING = ("PLAN008", "Encoding", "write the file as UTF-8; in PowerShell: `| Out-File -Encoding utf8 plan.json`")
    BINARY = ("PLAN015", "Binary plan could not be read", AS_JSON)

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def summary(self) -> str:
        return self.value[1]

    @property
    def help(self) -> str:
        return self.value[2]


def problem(
    kind: Problem, file: StructuredFile, detail: str, position: Position | None = None, help: str = ""
) -> PlanError:
    """The refusal of a file; `position` is that of the text at which it fails."""
    span = None
    if position is not None:
        span = file.place(f"{position.line}:{position.column}", position)
    text = safe_text(detail)
    return PlanError(Diagnostic(kind.code, Level.ERROR, kind.summary, text, span, file.path, help or kind.help))


def shown(name: str) -> str:
    """A key or version of the input as messages name it: keys of maps and what a damaged plan has for keys may be
    secrets, names of attributes and members are none."""
    return name if _NAME.fullmatch(name) else "…"
