"""Whether two tables of different roots lie in one account and region, as far as the configurations say."""

from __future__ import annotations

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.reading import elements
from ddbaudit.model.regions import region_of
from ddbaudit.model.table import Table


def account_of(table: Table) -> str | None:
    """The only account that the table's provider may be used with."""
    items, unknown = elements(table.instance.provider.accounts)
    texts = [item.data for item in items if isinstance(item, Known) and isinstance(item.data, str)]
    return texts[0] if len(texts) == len(items) == 1 and unknown is None else None


def same_place(one: Table, two: Table, accounts: tuple[str | None, str | None]) -> tuple[Verdict, str]:
    """PASS when account and region are the same, FAIL when one differs, else UNKNOWN with what is not known.

    `accounts` are those that somebody gives for the two; else the provider's count.
    """
    mine, theirs = (given or account_of(table) for given, table in zip(accounts, (one, two), strict=True))
    here, there = region_of(one.instance).text, region_of(two.instance).text
    if (mine and theirs and mine != theirs) or (here and there and here != there):
        return Verdict.FAIL, ""
    if not (mine and theirs):
        return Verdict.UNKNOWN, "nothing says which accounts the environments are in"
    if not (here and there):
        return Verdict.UNKNOWN, "nothing says which region the provider is in"
    return Verdict.PASS, ""
