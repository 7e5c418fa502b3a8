"""ENV901: tables and indexes that not all environments have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.siblings import Counterpart, counterpart, neutral, siblings
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import gsi, table, variable

_INDEX = gsi('"by-email"', '"email"')
_MARKED = _INDEX.replace("{", "{ # expect: ENV901", 1)
_INDEXES = """
dynamic "global_secondary_index" {
  for_each = var.indexes
  content {
    name            = global_secondary_index.value
    hash_key        = "email"
    projection_type = "ALL"
  }
}
"""


class TableMissingInEnvironment(Rule[Table]):
    meta = RuleMeta(
        id="ENV901",
        name="table-missing-in-environment",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table or an index exists in one environment of a system and not in another.",
        rationale=(
            "What is tested in one environment is to be what runs in the next. A query on an index that production "
            "lacks is refused with a ValidationException, a request to a missing table with a "
            "ResourceNotFoundException, and only there. Tables are the same by their address, or by their name without "
            "the environment's; root modules are of one system when their directories differ by the environment only."
        ),
        remedy="Create it in every environment, or remove it from the one that has it.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html",
            "https://developer.hashicorp.com/terraform/language/style#multiple-environments",
        ),
        good=(
            Example("Both have the table.", table(name='"orders-dev"'), others={"prod": table(name='"orders-prod"')}),
            Example(
                "It is made elsewhere, with the same name.",
                table(name='"orders-dev"'),
                others={"prod": table(name='"orders-prod"').replace('"orders" {', '"this" {')},
            ),
            Example("There is no other environment.", table()),
        ),
        bad=(
            Example(
                "Another environment lacks one of the tables.",
                table()
                + "\n"
                + table(name='"returns"', header="# expect: ENV901").replace('"orders" {', '"returns" {'),
                others={"prod": table()},
            ),
            Example(
                "There, its count is zero.",
                table(header="# expect: ENV901"),
                others={"prod": table("count = 0")},
            ),
            Example(
                "There, it has no index.",
                table(_MARKED, attributes="id email"),
                others={"prod": table()},
            ),
        ),
        unknown=(
            Example(
                "Whether it is made there depends on a variable without a value.",
                table(header="# expect-unknown: ENV901"),
                others={"prod": variable("on", "bool") + table("count = var.on ? 1 : 0")},
            ),
            Example(
                "Which indexes it has there depends on a variable without a value.",
                table(_INDEX.replace("{", "{ # expect-unknown: ENV901", 1), attributes="id email"),
                others={"prod": variable("indexes", "set(string)") + table(_INDEXES, attributes="id email")},
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        here, others = context.environment, siblings(context.estate, context.estates)
        if not others:
            raise NotApplicable("there is no other environment to hold it against")
        found = [counterpart(subject, context.estate, other) for other in others]
        yield from _said(subject.label, subject, None, [c for c in found if c.table is None or c.doubt], here)
        for index in subject.indexes:
            lacking = [lack for c in found if (lack := _lacking(index, c, here)) is not None]
            yield from _said(index.label, subject, index, lacking, here)


def _lacking(index: Index, found: Counterpart, environment: str) -> Counterpart | None:
    """The table elsewhere that lacks an index, or may lack it; None when it has it, or is not there itself."""
    other = found.table
    if other is None:
        return None
    name, there = index.name.text, found.estate.environment
    if name is None or not index.certain:
        return Counterpart(found.estate, None, "its name is not known" if name is None else "it may not be there")
    names = {neutral(i.name.text, there): i for i in other.indexes if i.name.text is not None}
    match = names.get(neutral(name, environment))
    if match is not None and match.certain:
        return None
    doubt = other.indexes_unknown.cause.text if other.indexes_unknown is not None else ""
    if not doubt and any(i.name.text is None for i in other.indexes):
        doubt = f"the name of an index is not known in {there}"
    return Counterpart(found.estate, None, doubt or ("it may not be there" if match is not None else ""))


def _said(
    label: str, subject: Table, index: Index | None, lacking: Sequence[Counterpart], environment: str
) -> Iterator[Problem]:
    place = subject.header if index is None else index.header
    what = label if index is None else f"{label} of {subject.label}"
    detail = "table" if index is None else f"index:{neutral(index.name.shown, environment)}"
    missing = [c.estate.environment for c in lacking if not c.doubt]
    if missing:
        names = join_names(missing)
        yield fail(f"{what} is not in {names}", place, label=f"not in {names}", detail=detail)
    doubtful = [c for c in lacking if c.doubt]
    if doubtful and not missing:
        names = join_names([c.estate.environment for c in doubtful])
        message = f"whether {what} is in {names} is not known: {doubtful[0].doubt}"
        yield unknown(message, place, label="may be missing there", detail=detail)
