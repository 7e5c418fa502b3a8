"""What is one message to a reader."""

from __future__ import annotations

import pytest

from ddbaudit.reporters import text
from ddbaudit.reporters.groups import addresses, grouped
from ddbaudit.reporters.style import plain
from tests.reporters.tour import report


def test_one_fault_of_three_tables_in_two_environments_is_one_message() -> None:
    groups = [group for group in grouped(report().findings) if group[0].rule == "DDB101" and len(group) > 1]
    assert [len(group) for group in groups] == [3]
    shown = plain(text.lines(report()))
    assert shown.count('error[DDB101] point-in-time recovery of table "shop-customers-dev" is off') == 1
    assert "point-in-time recovery of table" in shown
    assert 'entity[…], 3 instances: "customers", "invoices", "orders"' in shown


def test_every_environment_has_its_cause() -> None:
    found = next(f for f in report().findings if f.rule == "DDB101" and len(f.environments) == 2)
    assert [(link.span.path if link.span else "", names) for link, names in found.causes] == [
        ("live/dev/terraform.tfvars", ("dev",)),
        ("live/prod/terraform.tfvars", ("prod",)),
    ]
    assert "and from var.pitr in terraform.tfvars (live/prod/terraform.tfvars:1:8)  [prod]" in plain(
        text.lines(report())
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["a.b"], "a.b"),
        (["m.t[0].x", "m.t[1].x"], "m.t[…].x, 2 instances: 0, 1"),
        (['t["ab"]', 't["ac"]'], 't[…], 2 instances: "ab", "ac"'),
        (['t["ab"]', 't["xb"]'], 't[…], 2 instances: "ab", "xb"'),
        (["aws.a", "aws.b"], "aws.a, aws.b"),
        (["a", "b"], "a, b"),
        (['t["a\n"]', 't["b"]'], 't[…], 2 instances: "a\\n", "b"'),
    ],
)
def test_addresses_are_listed_where_they_differ(found: list[str], expected: str) -> None:
    assert addresses(found) == expected


def test_long_lists_of_addresses_are_cut() -> None:
    found = [f't["{number}"]' for number in range(40)]
    assert addresses(found).endswith('"10", "11", … (28 more)')
