"""The catalogue: ids, names, severities and pages of the rules that ship, and what each rule's file must hold."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import msgspec
import pytest
from scripts import generate_docs

import ddbaudit_rules
from ddbaudit.engine.packs import find_pack
from ddbaudit.engine.registry import RuleType, load_rules
from ddbaudit.foundation.verdict import Severity
from ddbaudit.sdk.rule import Example

RULES = load_rules().rules
FOLDER = Path(inspect.getfile(ddbaudit_rules)).parent

# Ids never change meaning. A rule that goes leaves its line here, with its name in brackets.
CATALOGUE = {
    "DDB101": ("pitr-disabled", Severity.HIGH),
    "DDB102": ("billing-mode-not-on-demand", Severity.HIGH),
    "DDB103": ("deletion-protection-disabled", Severity.MEDIUM),
    "DDB104": ("ttl-misconfigured", Severity.MEDIUM),
    "DDB105": ("stream-misconfigured", Severity.MEDIUM),
    "DDB106": ("replica-without-stream", Severity.HIGH),
    "DDB108": ("replica-region-same", Severity.HIGH),
    "DDB109": ("capacity-with-on-demand", Severity.LOW),
    "DDB111": ("pitr-period-out-of-range", Severity.LOW),
    "DDB107": ("replica-unprotected", Severity.MEDIUM),
    "DDB110": ("provisioned-without-autoscaling", Severity.MEDIUM),
    "DDB112": ("removal-not-prevented", Severity.MEDIUM),
    "DDB113": ("replication-not-as-required", Severity.HIGH),
    "DDB114": ("region-not-as-required", Severity.MEDIUM),
    "DDB201": ("key-attribute-undeclared", Severity.HIGH),
    "DDB202": ("attribute-unused", Severity.HIGH),
    "DDB203": ("attribute-type-invalid", Severity.HIGH),
    "DDB204": ("attribute-declared-twice", Severity.HIGH),
    "DDB205": ("index-name-duplicated", Severity.HIGH),
    "DDB206": ("too-many-gsis", Severity.HIGH),
    "DDB207": ("too-many-lsis", Severity.HIGH),
    "DDB208": ("lsi-key-invalid", Severity.HIGH),
    "DDB209": ("projection-inconsistent", Severity.HIGH),
    "DDB210": ("projection-too-wide", Severity.HIGH),
    "DDB211": ("key-attribute-repeated", Severity.HIGH),
    "DDB212": ("name-invalid", Severity.HIGH),
    "DDB213": ("index-redundant", Severity.LOW),
    "DDB216": ("key-change-replaces-table", Severity.HIGH),
    "DDB217": ("table-name-duplicated", Severity.HIGH),
    "DDB301": ("encryption-below-required", Severity.HIGH),
    "DDB302": ("kms-key-rotation-disabled", Severity.MEDIUM),
    "DDB303": ("kms-key-policy-open", Severity.HIGH),
    "DDB304": ("resource-policy-public", Severity.HIGH),
    "DDB305": ("vpc-endpoint-missing", Severity.LOW),
    "DDB306": ("encryption-key-ignored", Severity.HIGH),
    "DDB401": ("table-name-off-convention", Severity.MEDIUM),
    "DDB402": ("index-name-off-convention", Severity.LOW),
    "DDB403": ("required-tag-missing", Severity.MEDIUM),
    "DDB404": ("tag-value-wrong", Severity.MEDIUM),
    "DDB405": ("name-hardcodes-environment", Severity.MEDIUM),
    "DDB406": ("resource-name-off-convention", Severity.LOW),
    "EST701": ("bucket-public", Severity.HIGH),
    "EST702": ("bucket-unprotected", Severity.MEDIUM),
    "EST703": ("bucket-lifecycle-missing", Severity.MEDIUM),
    "EST704": ("bucket-replication-missing", Severity.MEDIUM),
    "EST705": ("throttle-alarm-missing", Severity.MEDIUM),
    "EST706": ("table-parameter-missing", Severity.LOW),
    "EST707": ("log-group-without-retention", Severity.LOW),
    "EST708": ("api-method-unauthorised", Severity.HIGH),
    "EST709": ("secret-in-environment", Severity.HIGH),
    "EST710": ("stream-consumer-without-failure-destination", Severity.LOW),
    "IAM501": ("index-arn-missing", Severity.HIGH),
    "IAM502": ("index-arn-without-table", Severity.LOW),
    "IAM503": ("action-wildcard", Severity.HIGH),
    "IAM504": ("resource-wildcard", Severity.HIGH),
    "IAM506": ("administration-granted", Severity.HIGH),
    "IAM507": ("hardcoded-arn", Severity.MEDIUM),
    "IAM508": ("stream-arn-missing", Severity.HIGH),
    "IAM509": ("kms-access-missing", Severity.MEDIUM),
    "IAM512": ("table-unreachable", Severity.LOW),
    "IAM513": ("trust-too-broad", Severity.HIGH),
    "IAM514": ("policy-unattached", Severity.LOW),
    "TF601": ("argument-unsupported", Severity.HIGH),
    "TF602": ("argument-missing", Severity.HIGH),
    "TF603": ("reference-undeclared", Severity.HIGH),
    "TF604": ("value-invalid", Severity.HIGH),
    "TF605": ("value-hardcoded", Severity.MEDIUM),
    "TF606": ("environment-unvalidated", Severity.LOW),
    "TF607": ("variable-undocumented", Severity.LOW),
    "TF608": ("output-missing", Severity.MEDIUM),
    "TF609": ("version-unpinned", Severity.MEDIUM),
    "TF610": ("variable-unused", Severity.LOW),
    "TF611": ("argument-deprecated", Severity.LOW),
    "TF612": ("name-shared-between-environments", Severity.HIGH),
    "TF613": ("declared-twice", Severity.HIGH),
    "DDB214": ("index-over-projected", Severity.INFO),
    "DDB215": ("index-key-low-cardinality", Severity.MEDIUM),
    "IAM505": ("foreign-table-access", Severity.HIGH),
    "IAM510": ("pattern-not-permitted", Severity.HIGH),
    "IAM511": ("permission-unused", Severity.LOW),
    "MOD801": ("table-missing", Severity.HIGH),
    "MOD802": ("table-not-in-model", Severity.MEDIUM),
    "MOD803": ("key-schema-differs", Severity.HIGH),
    "MOD804": ("index-differs", Severity.HIGH),
    "MOD805": ("ttl-differs", Severity.MEDIUM),
    "MOD806": ("stream-differs", Severity.MEDIUM),
    "MOD807": ("pattern-unservable", Severity.HIGH),
    "MOD808": ("key-attribute-not-a-key-type", Severity.HIGH),
    "MOD809": ("model-contradicts-itself", Severity.MEDIUM),
    "MOD810": ("item-may-exceed-limit", Severity.INFO),
    "ENV901": ("table-missing-in-environment", Severity.HIGH),
    "ENV902": ("environment-weaker", Severity.HIGH),
    "ENV903": ("environment-table-disagrees", Severity.MEDIUM),
}

LEAST = {"good": 3, "bad": 3, "unknown": 2}
"""Examples of each kind, for every rule."""
NEVER_UNKNOWN = {"MOD807", "MOD808", "MOD809", "MOD810"}
"""Rules about a data model alone: all others can end in UNKNOWN."""


def _shown(example: Example) -> str:
    """What an example is, apart from what it says of itself."""
    plain = " ".join(re.sub(r"#.*", "", f"{example.hcl}{example.before}{example.model}").split())
    return f"{plain} {sorted(example.params.items())} {example.environment} {sorted(example.others.items())}"


def test_the_rules_are_those_of_the_catalogue() -> None:
    assert {rule.meta.id: (rule.meta.name, rule.meta.severity) for rule in RULES} == CATALOGUE


def test_every_file_is_one_rule() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert files == {rule.__module__.rpartition(".")[2] for rule in RULES}


def test_every_rule_is_in_the_strict_pack() -> None:
    assert set(find_pack("strict", load_rules()).rules) == set(CATALOGUE)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.meta.id)
class TestRule:
    def test_one_name_everywhere(self, rule: RuleType) -> None:
        words = rule.meta.name.split("-")
        assert rule.__module__ == f"ddbaudit_rules.{'_'.join(words)}"
        assert rule.__name__ == "".join(word.capitalize() for word in words)
        assert (inspect.getmodule(rule).__doc__ or "").startswith(f"{rule.meta.id}: ")

    def test_the_file_is_short(self, rule: RuleType) -> None:
        assert len(Path(inspect.getfile(rule)).read_text().splitlines()) <= 150

    def test_examples_of_every_kind(self, rule: RuleType) -> None:
        for kind, least in LEAST.items():
            examples = getattr(rule.meta, kind)
            certain = kind == "unknown" and rule.meta.id in NEVER_UNKNOWN
            assert len(examples) >= (0 if certain else least), kind
            assert all(example.title.endswith(".") for example in examples)
            assert len({example.title for example in examples}) == len(examples)
            assert len({_shown(example) for example in examples}) == len(examples)

    def test_examples_have_parameters_that_the_rule_knows(self, rule: RuleType) -> None:
        for example in (*rule.meta.good, *rule.meta.bad, *rule.meta.unknown):
            msgspec.convert(dict(example.params), rule.params)

    def test_texts(self, rule: RuleType) -> None:
        meta = rule.meta
        assert meta.summary.endswith(".")
        assert meta.rationale.endswith(".")
        assert meta.remedy.endswith(".")
        assert meta.since == "0.1.0"
        assert len(meta.references) >= 2
        assert all(url.startswith("https://") for url in meta.references)

    def test_parameters_are_described(self, rule: RuleType) -> None:
        for field in msgspec.structs.fields(rule.params):
            assert generate_docs.description_of(field), field.name

    def test_page(self, rule: RuleType) -> None:
        assert (generate_docs.DOCS / "rules" / generate_docs.page_name(rule)).is_file()
