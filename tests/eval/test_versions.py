"""Version constraints of the provider: for which of them the schema at hand speaks."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.versions import Requirement, closure, doubt
from ddbaudit.ir.schema import SCHEMA_VERSION

HERE = SourceFile("versions.tf", "").span(0, 0)
LOCKED = 'provider "registry.terraform.io/hashicorp/random" {\n  version = "6.0.0"\n}\n'


def asked(*texts: str) -> list[Requirement]:
    return [Requirement("aws", text, HERE) for text in texts]


def locked(version: str) -> str:
    return f'{LOCKED}\nprovider "registry.terraform.io/hashicorp/aws" {{\n  version     = "{version}"\n}}\n'


@pytest.mark.parametrize(
    "texts",
    [
        ("~> 5.0",),
        ("~> 5.31.0",),
        ("5.100.0",),
        ("= v5.2.1",),
        (">= 5.0, < 6",),
        ("> 5.99.9", "<= 5.100.0"),
        ("~> 5",),
    ],
)
def test_speaks(texts: tuple[str, ...]) -> None:
    assert SCHEMA_VERSION.startswith("5.")
    assert doubt(asked(*texts), None) is None


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("",),
        ("not a version",),
        (">= 4.33",),
        ("!= 5.100.0",),
        (">= 5.99.3-beta1",),
    ],
)
def test_speaks_but_for_what_is_new(texts: tuple[str, ...]) -> None:
    """`terraform init` chooses the newest version that is admitted."""
    found = doubt(asked(*texts), None)
    assert found is not None
    assert found.also
    assert found.later
    assert doubt(asked(*texts), locked("5.31.0")) is None


@pytest.mark.parametrize(
    ("texts", "later"),
    [
        ((">= 6.0",), True),
        (("~> 6.28",), True),
        ((">= 5.0", ">= 6.4, < 7.0"), True),
        ((">= 4.0", "!= 5.1", "> 6"), True),
        (("< 5.0",), False),
        (("~> 3.74",), False),
        (("~> 4",), False),
        (("2.70.0",), False),
    ],
)
def test_does_not_speak(texts: tuple[str, ...], later: bool) -> None:
    found = doubt(asked(*texts), None)
    assert found is not None
    assert found.later is later
    assert not found.also
    assert SCHEMA_VERSION in found.cause.text


def test_other_providers_do_not_matter() -> None:
    assert doubt([*asked("~> 5.0"), Requirement("random", ">= 6.0", HERE)], LOCKED) is None


def test_the_lock_decides() -> None:
    assert doubt(asked(">= 6.0"), locked("5.31.0")) is None
    newer = doubt(asked(">= 4.0"), locked("6.14.1"))
    assert newer is not None
    assert newer.later
    assert "6.14.1" in newer.cause.text
    older = doubt([], locked("4.67.0"))
    assert older is not None
    assert not older.later


def test_the_text_names_the_constraint_at_fault() -> None:
    found = doubt(asked(">= 4.0", ">= 6.1"), None)
    assert found is not None
    assert '">= 6.1"' in found.cause.text


def test_closure_ends_in_circles() -> None:
    calls = {"a": ["b", "c"], "b": ["a"], "c": ["c"]}
    assert sorted(closure("a", calls.__getitem__)) == ["a", "b", "c"]
