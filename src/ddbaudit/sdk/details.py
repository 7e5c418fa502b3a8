"""Details of problems, by which findings are told apart and known again, without what varies by environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ddbaudit.sdk.problem import Problem


def neutral(problems: Iterable[Problem], environment: str) -> Iterator[Problem]:
    """The problems with the environment's name taken out of their details, so that what is wrong with
    `orders-dev-gsi1` and `orders-prod-gsi1` is one finding in two environments."""
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])")
    for problem in problems:
        detail = word.sub("{env}", problem.detail) if environment else problem.detail
        yield problem if detail == problem.detail else replace(problem, detail=detail)
