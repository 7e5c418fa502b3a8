"""Every environment of Mind-Links has the tables of its design document, attribute by attribute."""

from __future__ import annotations

from collections import Counter

import pytest

from ddbaudit.ir.value import Known, Symbol, parts_of
from ddbaudit.model.table import Table
from tests.estate.mind_links import DEPARTURES, ENVIRONMENTS, NUMBERS, REPOSITORY, SCHEMAS, Keys, estate


def expected_keys(name: str) -> dict[str, Keys]:
    """Index name to its key attributes; an index without given keys is keyed by what it is named after (0203)."""
    found = {}
    for index, keys in SCHEMAS[name].indexes.items():
        departure = DEPARTURES.get((name, index))
        found[index] = departure[0] if departure else keys or (index.removesuffix("-index"),)
    return found


def expected_types(name: str) -> dict[str, str]:
    """The attribute definitions: all key attributes of the table and its indexes, no others."""
    attributes = {SCHEMAS[name].key, *(key for keys in expected_keys(name).values() for key in keys)}
    return {attribute: "N" if (name, attribute) in NUMBERS else "S" for attribute in attributes}


def keys_of(table: Table) -> dict[str | None, tuple[list[str | None], list[str | None]]]:
    """Index name (None: the table itself) to its partition and sort key attributes."""
    return {
        index.name.text if index else None: ([key.text for key in keys.hash], [key.text for key in keys.range])
        for index, keys in table.key_schemas()
    }


def split(keys: Keys) -> tuple[list[str], list[str]]:
    return list(keys[:1]), list(keys[1:])


def test_the_transcription_has_as_much_as_the_document() -> None:
    """docs/decisions/0204: the document's totals of tables are right, those of indexes are not."""
    website = {name for name in SCHEMAS if name.startswith("website-")}
    assert (len(SCHEMAS.keys() - website), len(website)) == (16, 9)
    indexes = Counter(name in website for name, schema in SCHEMAS.items() for _ in schema.indexes)
    assert (indexes[False], indexes[True]) == (19, 22)
    services = {(name in website, schema.service) for name, schema in SCHEMAS.items()}
    assert Counter(side for side, _ in services) == {False: 8, True: 3}


def test_every_departure_is_decided_on_a_page_that_names_the_index() -> None:
    for (table, index), (_, number) in DEPARTURES.items():
        (page,) = (REPOSITORY / "docs/decisions").glob(f"{number}-*.md")
        text = page.read_text(encoding="utf-8")
        assert f"`{index}`" in text
        assert f"`{table}`" in text


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_tables_are_those_of_the_document(environment: str) -> None:
    assert {t.name.text for t in estate(environment).tables} == {f"{environment}-{name}" for name in SCHEMAS}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_table_is_as_its_schema_says(name: str, environment: str) -> None:
    schema = SCHEMAS[name]
    (table,) = (t for t in estate(environment).tables if t.name.text == f"{environment}-{name}")
    assert keys_of(table) == {None: split((schema.key,))} | {i: split(k) for i, k in expected_keys(name).items()}
    assert {a.name.text: a.type.text for a in table.attributes} == expected_types(name)
    assert {(i.kind, i.projection.text) for i in table.indexes} <= {("global", "ALL")}
    assert table.ttl.enabled.flag is (schema.ttl is not None)
    assert table.ttl.extra["attribute_name"].text == schema.ttl
    assert table.billing_mode.text == "PAY_PER_REQUEST"
    assert table.pitr.enabled.flag is True
    assert table.deletion_protection.flag is (environment != "dev")
    assert table.stream_enabled.flag is (name == "contract-contracts")
    assert (table.stream_view_type.text == "NEW_AND_OLD_IMAGES") is (name == "contract-contracts")
    tags = {key: tag.value.text for key, tag in table.tags.entries.items()}
    wanted = {"Service": f"{schema.service}-service", "Environment": environment, "ManagedBy": "Terraform"}
    assert tags.items() >= wanted.items()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_all_tables_are_encrypted_under_the_one_key_that_rotates(environment: str) -> None:
    (key,) = (r for r in estate(environment).resources if r.type == "aws_kms_key")
    rotation = key.body.value("enable_key_rotation")
    assert isinstance(rotation, Known)
    assert rotation.data is True
    for table in estate(environment).tables:
        assert table.sse.enabled.flag is True
        assert parts_of(table.sse.extra["kms_key_arn"].value) == (Symbol(key.address, ("arn",)),)
