"""Expectation comments, and the comparison both ways."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.testing.expectations import Expectation, differences, read_expectations

SOURCE = """
a = 1 # expect: DDB101, DDB102
b = 2 # a comment
c = 3 # expect-unknown: IAM501
"""
BOTH = "a = 1 # expect: DDB101 # expect-unknown: IAM501, IAM503"


def test_reading() -> None:
    assert read_expectations(SOURCE) == {
        Expectation(2, "DDB101", Verdict.FAIL),
        Expectation(2, "DDB102", Verdict.FAIL),
        Expectation(4, "IAM501", Verdict.UNKNOWN),
    }


def test_a_line_may_have_both_comments() -> None:
    assert read_expectations(BOTH) == {
        Expectation(1, "DDB101", Verdict.FAIL),
        Expectation(1, "IAM501", Verdict.UNKNOWN),
        Expectation(1, "IAM503", Verdict.UNKNOWN),
    }


@pytest.mark.parametrize(
    "comment",
    [
        "# expect: DDB101 # expect: ddb101",
        "# expect: ddb101",
        "# expect:",
        "# expects: DDB101",
        "# expect-unknwon: DDB101",
    ],
)
def test_a_comment_with_a_mistake(comment: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_expectations(f"a = 1 {comment}")


def test_differences_go_both_ways() -> None:
    actual = [Expectation(2, "DDB101", Verdict.FAIL), Expectation(3, "DDB101", Verdict.UNKNOWN)]
    assert differences(read_expectations(SOURCE), actual) == [
        "line 2: DDB102 fail is expected and not reported",
        "line 3: DDB101 unknown is reported and not expected",
        "line 4: IAM501 unknown is expected and not reported",
    ]
