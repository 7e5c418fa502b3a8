"""What a plan does to tables, as rules see it."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.source import StructuredFile
from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.types import BOOL, DYNAMIC, STRING
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Unknown,
    Value,
    boolean,
    list_value,
    map_value,
    object_value,
    set_value,
    string,
)
from ddbaudit.model.changes import TableChange, changes_of

LATER = Unknown(DYNAMIC, Cause("computed", "known after apply"))


def obj(**items: Value) -> Value:
    return object_value(items)


def index(name: str, hash_key: str, **more: Value) -> Value:
    return obj(name=string(name), hash_key=string(hash_key), projection_type=string("ALL"), **more)


def change(
    *actions: str,
    before: Value,
    after: Value,
    reason: str = "",
    replace: tuple[str, ...] = (),
    deposed: str | None = None,
) -> TableChange:
    file = StructuredFile("plan.json")
    made = Change(
        "aws_dynamodb_table.t",
        "",
        "managed",
        "aws_dynamodb_table",
        "t",
        None,
        actions,
        before,
        after,
        file.place("aws_dynamodb_table.t"),
        reason,
        tuple((name,) for name in replace),
        None,
        deposed,
    )
    plan = Plan(file, "plan", "1.2", "1.11.4", (made,))
    (found,) = changes_of(Evaluation("dev", "plan.json", (), (), (), (), (), plan=plan))
    return found


@pytest.mark.parametrize(
    ("actions", "fate"),
    [
        (("delete",), "destroyed"),
        (("delete", "create"), "replaced"),
        (("create", "delete"), "replaced"),
        (("update",), "stays"),
        (("no-op",), "stays"),
        (("forget",), "stays"),
    ],
)
def test_the_fate_of_a_table(actions: tuple[str, ...], fate: str) -> None:
    assert change(*actions, before=obj(), after=obj()).fate == fate


def test_what_is_created_does_not_exist() -> None:
    assert not change("create", before=Absent(), after=obj()).exists
    assert change("delete", before=obj(), after=Absent()).exists


def test_a_table_is_named_as_it_is_now_and_never_by_a_secret() -> None:
    named = change("delete", before=obj(name=string("orders")), after=Absent())
    assert named.label == 'table "orders"'
    secret = change("delete", before=obj(name=string("orders").with_sensitive()), after=Absent())
    assert secret.label == "table aws_dynamodb_table.t"


def test_what_forces_a_replacement_is_shown_before_and_after() -> None:
    found = change(
        "delete", "create", before=obj(hash_key=string("id")), after=obj(hash_key=string("pk")), replace=("hash_key",)
    )
    (forced,) = found.forced_by()
    assert (forced.name, forced.before.shown, forced.after.shown) == ("hash_key", "id", "pk")


def test_a_request_to_replace_has_its_reason() -> None:
    assert change("delete", "create", before=obj(), after=obj(), reason="replace_by_request").reason == (
        "-replace asks for it"
    )
    assert change("delete", before=obj(), after=Absent(), reason="never heard of").reason == ""


def test_indexes_that_are_rebuilt_are_those_whose_identity_changes() -> None:
    before = obj(global_secondary_index=set_value(DYNAMIC, (index("a", "x"), index("b", "y"), index("gone", "z"))))
    after = obj(global_secondary_index=set_value(DYNAMIC, (index("a", "x2"), index("b", "y"), index("new", "z"))))
    found = list(change("update", before=before, after=after).rebuilt_indexes())
    assert [(r.name, r.changed) for r in found] == [("a", ("hash_key",))]


def test_not_set_and_empty_are_one_and_the_order_of_a_set_is_no_change() -> None:
    before = index("a", "x", range_key=string(""), non_key_attributes=set_value(STRING, (string("p"), string("q"))))
    after = index("a", "x", range_key=Absent(STRING), non_key_attributes=set_value(STRING, (string("q"), string("p"))))
    pair = [obj(global_secondary_index=set_value(DYNAMIC, (item,))) for item in (before, after)]
    assert list(change("update", before=pair[0], after=pair[1]).rebuilt_indexes()) == []


def test_an_index_whose_key_is_not_known_is_not_called_rebuilt() -> None:
    before = obj(global_secondary_index=set_value(DYNAMIC, (index("a", "x"),)))
    after = obj(
        global_secondary_index=set_value(
            DYNAMIC, (obj(name=string("a"), hash_key=LATER, projection_type=string("ALL")),)
        )
    )
    assert list(change("update", before=before, after=after).rebuilt_indexes()) == []


def pitr(enabled: Value) -> Value:
    return obj(point_in_time_recovery=list_value(DYNAMIC, (obj(enabled=enabled),)))


@pytest.mark.parametrize(
    ("after", "flag", "is_unknown"),
    [
        (pitr(boolean(True)), True, False),
        (pitr(boolean(False)), False, False),
        (obj(point_in_time_recovery=list_value(DYNAMIC, ())), None, False),
        (pitr(Unknown(BOOL, LATER.cause)), None, True),
        (obj(point_in_time_recovery=LATER), None, True),
    ],
)
def test_recovery_after_apply(after: Value, flag: bool | None, is_unknown: bool) -> None:
    found = change("update", before=pitr(boolean(True)), after=after)
    assert found.was_on("point_in_time_recovery")
    now = found.will_be("point_in_time_recovery")
    assert (now.flag, now.is_unknown) == (flag, is_unknown)


def test_what_was_off_is_not_switched_off() -> None:
    assert not change("update", before=pitr(boolean(False)), after=obj()).was_on("point_in_time_recovery")
    assert not change("update", before=obj(), after=obj()).was_on("deletion_protection_enabled")


def test_a_state_changes_nothing() -> None:
    file = StructuredFile("state.json")
    place = file.place("aws_dynamodb_table.t")
    kept = Change(
        "aws_dynamodb_table.t", "", "managed", "aws_dynamodb_table", "t", None, ("no-op",), obj(), obj(), place
    )
    plan = Plan(file, "state", "1.0", "1.11.4", (kept,))
    assert changes_of(Evaluation("dev", "state.json", (), (), (), (), (), plan=plan)) == ()


def test_a_map_of_tags_compares_by_content() -> None:
    before, after = (
        obj(global_secondary_index=set_value(DYNAMIC, (index("a", "x", extra=map_value(STRING, {"k": string(v)})),)))
        for v in ("1", "2")
    )
    assert list(change("update", before=before, after=after).rebuilt_indexes()) == []
