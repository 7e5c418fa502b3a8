"""DDB216: plans that destroy or replace tables and indexes, or switch their protection off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.changes import Forced, TableChange
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import gsi, table

_PITR = "point_in_time_recovery {\n  enabled = true\n}"
_SWITCHES = {
    "deletion_protection_enabled": "deletion protection",
    "point_in_time_recovery": "point-in-time recovery",
}


class KeyChangeReplacesTableParams(Params, frozen=True):
    allow_destroy: Annotated[
        bool, msgspec.Meta(extra_json_schema={"description": "Tables may be destroyed and replaced."})
    ] = False


class KeyChangeReplacesTable(Rule[TableChange]):
    meta = RuleMeta(
        id="DDB216",
        name="key-change-replaces-table",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A plan destroys or replaces a table or an index, or switches its protection off.",
        rationale=(
            "The key schema, the name and the local indexes of a table cannot be changed: Terraform deletes the table, "
            "with all of its items, and creates an empty one. A global secondary index whose keys or projection change "
            "is deleted and built anew, and queries on it fail until that is done, which takes hours on large tables. "
            "Plans say so in one word among many. Deletion protection and point-in-time recovery are what is left when "
            "such a plan is applied, so switching them off is as grave as the change itself. Only plans can be judged: "
            "a configuration does not know what exists."
        ),
        remedy=(
            "Keep what exists: undo the change of the key, add a `moved` block for what was renamed, or create the new "
            "table beside the old one and copy the items. Where the loss is meant, say so in a pack: `allow_destroy`."
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html",
            "https://developer.hashicorp.com/terraform/language/moved",
        ),
        good=(
            Example("Nothing changes.", table(_PITR), before=table(_PITR)),
            Example("An index is added.", table(gsi('"by-id"', '"id"')), before=table()),
            Example("The environment may lose its tables.", "", before=table(), params={"allow_destroy": True}),
        ),
        bad=(
            Example(
                "Another hash key replaces the table.",
                table(attributes="pk", hash_key='"pk" # expect: DDB216'),
                before=table(),
            ),
            Example(
                "An index gets another key.",
                table(
                    gsi('"by-owner"', '"team"').replace("{", "{ # expect: DDB216", 1),
                    attributes="id team",
                ),
                before=table(gsi('"by-owner"', '"owner"'), attributes="id owner"),
            ),
            Example(
                "Protection and recovery are switched off.",
                table(
                    "point_in_time_recovery {\n  enabled = false # expect: DDB216\n}",
                    deletion_protection_enabled="false # expect: DDB216",
                ),
                before=table(f"deletion_protection_enabled = true\n{_PITR}"),
            ),
            Example("The block of the table is gone.", "# expect: DDB216\n", before=table()),
        ),
        unknown=(
            Example(
                "Whether protection stays depends on a resource that is not there yet.",
                'resource "terraform_data" "protected" {}\n\n'
                + table(deletion_protection_enabled='terraform_data.protected.id == "x" # expect-unknown: DDB216'),
                before=table(deletion_protection_enabled="true"),
            ),
            Example(
                "Likewise for recovery.",
                'resource "terraform_data" "kept" {}\n\n'
                + table(_PITR.replace("true", 'terraform_data.kept.id == "x" # expect-unknown: DDB216')),
                before=table(_PITR),
            ),
        ),
    )
    subject = TableChange
    params = KeyChangeReplacesTableParams

    def check(self, subject: TableChange, context: RuleContext) -> Iterator[Problem]:
        if not subject.exists:
            raise NotApplicable("the plan creates it")
        if subject.fate != "stays":
            if not context.params.allow_destroy:
                yield _destroyed(subject) if subject.fate == "destroyed" else _replaced(subject)
            return
        for index in subject.rebuilt_indexes():
            message = f'the plan deletes GSI "{index.name}" of {subject.label} and builds it anew'
            label = f"{join_names(index.changed)} {'differs' if len(index.changed) == 1 else 'differ'}"
            yield fail(message, index.place, label=label, help=_INDEX_HELP, detail=f"rebuild {index.name}")
        for switch, name in _SWITCHES.items():
            yield from _switched_off(subject, switch, name)


_INDEX_HELP = "add an index of another name, move the queries to it, then remove the old one"


def _destroyed(subject: TableChange) -> Problem:
    because = f": {subject.reason}" if subject.reason else ""
    leftover = " that an earlier replacement left behind" if subject.change.deposed is not None else ""
    message = f"the plan destroys {subject.label}{leftover}, with all of its items{because}"
    return fail(message, subject.place, label="destroyed", detail="destroy")


def _replaced(subject: TableChange) -> Problem:
    forced = subject.forced_by()
    because = "; ".join(map(_difference, forced)) or subject.reason
    message = f"the plan replaces {subject.label} by an empty one{f': {because}' if because else ''}"
    place: Any = forced[0].after if forced else subject.place
    return fail(message, place, label="forces the replacement" if forced else "replaced", detail="replace")


def _difference(forced: Forced) -> str:
    if forced.before.text is None and forced.after.text is None:
        return f"{forced.name} changes"
    return f"{forced.name} changes from {forced.before.shown} to {forced.after.shown}"


def _switched_off(subject: TableChange, switch: str, name: str) -> Iterator[Problem]:
    if not subject.was_on(switch):
        return
    now = subject.will_be(switch)
    verdict = now.is_true(if_absent=False)
    if verdict is Verdict.FAIL:
        message = f"the plan switches {name} of {subject.label} off"
        yield fail(message, now, label="off after apply", help=f"keep {name} on", detail=f"{switch} off")
    elif verdict is Verdict.UNKNOWN:
        message = f"whether {subject.label} keeps its {name} is not known"
        yield unknown(message, now, label="may be off after apply", detail=f"{switch} off")
