"""Effective tags."""

from __future__ import annotations

from ddbaudit.ir.instance import Provider
from ddbaudit.ir.types import STRING, map_of
from ddbaudit.ir.value import Absent, Cause, Unknown
from ddbaudit.model.table import Tags

from .builders import Config, Plain, tags, unknown


def effective(own: Plain, defaults: Plain = None) -> Tags:
    config = Config()
    provider = Provider("aws", Absent(), defaults if not isinstance(defaults, dict) else tags(defaults))  # type: ignore[arg-type]
    if defaults is None:
        provider = Provider("aws", Absent(), Absent())
    args: dict[str, Plain] = {} if own is None else {"tags": tags(own) if isinstance(own, dict) else own}
    config.table("t", args, provider=provider)
    (tagged,) = config.estate().tagged
    return tagged.tags


def shown(found: Tags) -> dict[str, str]:
    return {key: tag.value.shown for key, tag in found.entries.items()}


def test_own_tags_over_default_tags() -> None:
    found = effective({"Owner": "me", "Name": "t"}, {"Owner": "all", "Team": "x"})
    assert shown(found) == {"Name": "t", "Owner": "me", "Team": "x"}
    assert {k: t.from_provider for k, t in found.entries.items()} == {"Name": False, "Owner": False, "Team": True}
    assert found.unknown is None


def test_no_tags_at_all() -> None:
    found = effective(None)
    assert found.entries == {}
    assert found.unknown is None
    assert found.span.text.startswith("resource")
    assert found.value is None


def test_null_tag_is_no_tag() -> None:
    assert shown(effective({"Owner": None}, {"Owner": "all"})) == {"Owner": "all"}


def test_unknown_value_keeps_its_key() -> None:
    found = effective({"Owner": unknown()})
    assert found.entries["Owner"].value.is_unknown
    assert found.unknown is None


def test_unknown_own_tags_may_override_defaults() -> None:
    found = effective(unknown(type_=map_of(STRING)), {"Team": "x"})
    assert found.entries["Team"].value.is_unknown
    assert found.entries["Team"].from_provider
    assert found.unknown is not None


def test_unknown_defaults_leave_own_tags_known() -> None:
    found = effective({"Owner": "me"}, unknown(type_=map_of(STRING)))
    assert shown(found) == {"Owner": "me"}
    assert found.unknown is not None


def test_partly_unknown_map_keeps_what_is_known() -> None:
    partly = Unknown(map_of(STRING), Cause("no-value", "var.extra has no value"), structure=tags({"Owner": "me"}))
    found = effective(partly, {"Owner": "all", "Team": "x"})
    assert found.entries["Owner"].value.text == "me"
    assert found.entries["Team"].value.is_unknown
    assert found.unknown is partly or found.unknown is not None


def test_which_resources_take_tags() -> None:
    config = Config()
    config.add("aws_kms_key", "k")
    config.add("aws_iam_role_policy", "p", {"policy": "{}"})
    config.add("aws_dynamodb_table_item", "i")
    config.add("acme_thing", "with", {"tags": tags({"a": "b"})})
    config.add("acme_thing", "without")
    config.add("aws_dynamodb_table", "data", mode="data")
    assert [t.address for t in config.estate().tagged] == ["aws_kms_key.k", "acme_thing.with"]
