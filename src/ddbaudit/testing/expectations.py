"""Expectations in examples: comments that say what is reported on their line.

`# expect: DDB101` is a FAIL, `# expect-unknown: DDB101, DDB102` an UNKNOWN of both rules. A line may have
both comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ddbaudit.foundation.verdict import Verdict

_COMMENT: Final = re.compile(r"#\s*(expect[\w-]*):\s*([^#]*)")
_ID: Final = re.compile(r"[A-Z]{2,4}[0-9]{3}")
_VERDICTS: Final = {"expect": Verdict.FAIL, "expect-unknown": Verdict.UNKNOWN}


class Expectation(NamedTuple):
    """A rule reports on a line, with that verdict; `file` is "" for the Terraform of the example."""

    line: int
    rule: str
    verdict: Verdict
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file and self.file + ' '}line {self.line}: {self.rule} {self.verdict.value}"


def read_expectations(text: str, file: str = "") -> frozenset[Expectation]:
    """All expectations of a source text; ValueError for a comment that looks like one and is not."""
    found: set[Expectation] = set()
    for number, line in enumerate(text.splitlines(), 1):
        for comment in _COMMENT.finditer(line):
            ids = [word.strip() for word in comment[2].split(",")]
            if comment[1] not in _VERDICTS or not all(map(_ID.fullmatch, ids)):
                raise ValueError(f'line {number}: "{comment[0]}" is not of the form "# expect: DDB101, DDB102"')
            found.update(Expectation(number, id, _VERDICTS[comment[1]], file) for id in ids)
    return frozenset(found)


def differences(expected: Iterable[Expectation], actual: Iterable[Expectation]) -> list[str]:
    """What is expected and not reported, and what is reported and not expected, in the order of lines."""
    wanted, seen = frozenset(expected), frozenset(actual)
    missing = [(e, f"{e} is expected and not reported") for e in wanted - seen]
    surplus = [(e, f"{e} is reported and not expected") for e in seen - wanted]
    ordered = sorted([*missing, *surplus], key=lambda pair: (pair[0].line, pair[0].rule, pair[1]))
    return [text for _, text in ordered]
