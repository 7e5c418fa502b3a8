"""Data models as they are read: what is understood, and what is refused with its place and a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ddbaudit.app.models import Models, installed
from ddbaudit.datamodel.findings import all_faults
from ddbaudit.datamodel.reader import read_model
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.errors import UsageError

REPOSITORY = Path(__file__).parents[2]
SCHEMA = json.loads((REPOSITORY / "docs" / "schema" / "model-1.json").read_text())

MODEL = """\
format: 1
system: orders
source: [Orders, Billing]
environments: [dev, prod]
principals:
  service: {role: "orders-{env}"}
tables:
  orders:
    name: {dev: orders, prod: orders-live}
    hash: id
    range: createdAt
    owner: service
    ttl: until
    stream: NEW_IMAGE
    pitr: true
    replicas: {prod: [eu-west-1]}
    attributes:
      id: S
      createdAt: S
      until: N
      state: {type: S, values: [open, paid]}
      email: {type: S, decision: "7", written: {type: BOOL}}
    indexes:
      email-index: {hash: email, projection: INCLUDE, include: [state]}
      state-index: {kind: local, range: state, decision: "8", written: {projection: KEYS_ONLY}}
patterns:
  By e-mail: {table: orders, index: email-index, operation: Query, where: {email: equals}, reads: [state]}
claims:
  - {about: tables, states: "two tables", count: 2, decision: "9"}
"""


def test_every_field_is_understood() -> None:
    model = read_model(MODEL, "orders.yaml")
    table = model.tables["orders"]
    assert model.sources == ("Orders", "Billing")
    assert (table.keys.hash, table.keys.range) == (("id",), ("createdAt",))
    assert table.names == {"dev": "orders", "prod": "orders-live"}
    assert (table.ttl, table.stream, table.pitr, table.owners) == ("until", "NEW_IMAGE", True, ("service",))
    assert table.replicas == {"prod": ("eu-west-1",)}
    assert table.attributes["state"].choices == 2
    assert table.indexes["email-index"].include == ("state",)
    assert table.indexes["state-index"].kind == "local"
    assert model.patterns["By e-mail"].reads == ("state",)
    assert model.principals["service"].pattern == "orders-{env}"
    assert str(table.span) == "orders.yaml:8:3"


def test_what_the_document_has_stands_beside_the_decision() -> None:
    model = read_model(MODEL, "orders.yaml")
    assert list(all_faults(model)) == []
    written = model.as_written()
    assert written.tables["orders"].attributes["email"].types == ("BOOL",)
    assert written.tables["orders"].indexes["state-index"].projection == "KEYS_ONLY"
    assert [(rule, fault.decision) for rule, fault in all_faults(written)] == [("MOD808", "7"), ("MOD809", "9")]


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("format: 1", "format: 2", "1:9", "the format of a data model is 1"),
        ("system: orders", "system: Orders!", "2:9", "lower-case words"),
        ("    hash: id\n", "    hahs: id\n", "10:5", 'no field "hahs" (did you mean "hash"?)'),
        ("    hash: id\n", "    hash: creatdAt\n", "10:11", 'no attribute "creatdAt" (did you mean "createdAt"?)'),
        ("    hash: id\n", "", "9:5", 'a table needs the field "hash"'),
        ("      id: S\n", "      id: String\n", "18:11", '"type" is S, N, B'),
        ("ttl: until", "ttl: untill", "13:10", '(did you mean "until"?)'),
        ("stream: NEW_IMAGE", "stream: NEW", "14:13", '"stream" is KEYS_ONLY'),
        ("pitr: true", "pitr: on", "15:11", '"pitr" is true or false, not text'),
        ("{prod: [eu-west-1]}", "{prd: [eu-west-1]}", "16:16", '(did you mean "prod"?)'),
        ("{dev: orders, ", "{development: orders, ", "9:12", "no environment"),
        ("owner: service", "owner: servise", "12:12", '(did you mean "service"?)'),
        ("values: [open, paid]", "values: [open, open]", "21:39", "twice"),
        (', decision: "7"', "", "22:24", 'needs "decision"'),
        ("written: {type: BOOL}", "written: BOOL", "22:48", '"written" is a mapping'),
        ("projection: INCLUDE, include: [state]", "projection: INCLUDE", "24:7", '"include" belongs'),
        ("{kind: local, range: state", "{kind: local, hash: id, range: state", "25:40", "hash key of its table"),
        ("{hash: email, ", "{", "24:20", 'a global index needs the field "hash"'),
        ("index: email-index", "index: mail-index", "27:37", '(did you mean "email-index"?)'),
        ("operation: Query", "operation: query", "27:61", '(did you mean "Query"?)'),
        ("where: {email: equals}", "where: {mail: equals}", "27:76", '(did you mean "email"?)'),
        ("where: {email: equals}", "where: {email: equal}", "27:83", '(did you mean "equals"?)'),
        ("reads: [state]", "reads: [stat]", "27:100", '(did you mean "state"?)'),
        ("about: tables", "about: table", "29:13", '(did you mean "tables"?)'),
        ("count: 2, ", "", "29:13", '"count", "at_least", "tables" or "all"'),
        ("count: 2", "count: two", "29:50", '"count" is a number'),
        ('service: {role: "orders-{env}"}', "service: {}", "6:3", "one role, user or policy"),
    ],
)
def test_what_is_not_understood_is_refused_at_its_place(old: str, new: str, place: str, told: str) -> None:
    assert MODEL.count(old) == 1
    with pytest.raises(UsageError) as refused:
        read_model(MODEL.replace(old, new), "orders.yaml")
    assert refused.value.message.startswith(f"orders.yaml:{place}: ")
    assert told in refused.value.message


def test_a_pattern_of_a_table_of_several_entities_names_one() -> None:
    text = MODEL.replace("    indexes:", "    entities:\n      a: {id: 'A#{a}'}\n      b: {id: 'B#{b}'}\n    indexes:")
    with pytest.raises(UsageError, match='needs "entity"'):
        read_model(text, "orders.yaml")


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema.validate(yaml.safe_load(MODEL), SCHEMA)
    for _, file in installed(load_rules()).values():
        jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), SCHEMA)
    for wrong in ("hahs: id\n    hash: id", "hash: id\n    stream: NEW"):
        text = MODEL.replace("hash: id", wrong, 1).replace("    stream: NEW_IMAGE\n", "")
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(text), SCHEMA)


class TestModelsByName:
    def test_the_installed_ones(self) -> None:
        registry = load_rules()
        found = Models(registry).find(installed(registry))
        counts = {m.system: (len(m.tables), sum(len(t.indexes) for t in m.tables.values())) for m in found}
        assert counts == {
            "bbws-access-management": (1, 5),
            "bbws-site-builder": (6, 8),
            "jobwork-planner": (2, 0),
            "mind-links": (25, 41),
        }

    def test_one_that_is_not_there(self) -> None:
        with pytest.raises(UsageError, match='did you mean "mind-links"'):
            Models(load_rules()).find(["mindlinks"])

    def test_two_of_one_system(self, tmp_path: Path) -> None:
        for name in ("a.yaml", "b.yaml"):
            (tmp_path / name).write_text(MODEL)
        with pytest.raises(UsageError, match='two data models call their system "orders"'):
            Models(load_rules()).find([str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")])
