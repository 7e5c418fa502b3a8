"""Files of criteria are read strictly: what is not understood is refused at its place."""

from __future__ import annotations

import pytest

from ddbaudit.criteria.reader import read_criteria
from ddbaudit.criteria.shape import HandProof, PlanProof, RuleProof
from ddbaudit.foundation.errors import UsageError

HEAD = "format: 1\ndocument: Orders\nenvironments: [dev, prod]\ncriteria:\n"
ONE = "  - {id: a-b, says: It is so., place: Section 1, proof: {rules: DDB101}}\n"


def test_what_there_can_be() -> None:
    text = HEAD + (
        "  - id: a-b\n    says: It is so.\n    place: Section 1\n    proof:\n"
        '      - {rules: [DDB101, DDB102], at_least: 2, on: "module.*", environments: [prod]}\n'
        "      - {plan: true}\n      - {by_hand: Nobody knows.}\n"
    )
    found = read_criteria(text, "orders.yaml", "orders")
    assert (found.name, found.document, found.packs, found.environments) == ("orders", "Orders", (), ("dev", "prod"))
    (criterion,) = found.criteria
    assert (criterion.id, criterion.says, criterion.place) == ("a-b", "It is so.", "Section 1")
    one, two, plan, hand = criterion.proofs
    assert isinstance(one, RuleProof)
    assert isinstance(two, RuleProof)
    assert (one.rule, two.rule, one.at_least, two.on, two.environments) == (
        "DDB101",
        "DDB102",
        2,
        ("module.*",),
        ("prod",),
    )
    assert (one.concerns("module.x.y"), one.concerns("aws_dynamodb_table.x")) == (True, False)
    assert plan == PlanProof(())
    assert hand == HandProof("Nobody knows.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "c.yaml: the file is empty"),
        ("[]", "c.yaml:1:1: a file of criteria is a mapping, not a list"),
        ("document: x", 'c.yaml:1:1: a file of criteria needs the field "format"'),
        ("format: 2\ndocument: x", "c.yaml:1:9: this ddbaudit reads criteria of format 1"),
        ("format: true\ndocument: x", "c.yaml:1:9: this ddbaudit reads criteria of format 1"),
        ("format: 1\ndocumnt: x", 'c.yaml:2:1: a file of criteria has no field "documnt" (did you mean "document"?)'),
        ("format: 1\ndocument: x", 'c.yaml:1:1: a file of criteria needs the field "criteria"'),
        ("format: 1\ndocument: x\ncriteria: []", 'c.yaml:3:11: "criteria" is a list of criteria, at least one'),
        ("format: 1\ndocument: x\ncriteria: {}", 'c.yaml:3:11: "criteria" is a list of criteria, at least one'),
        (HEAD + ONE + ONE, 'c.yaml:6:5: there is a criterion "a-b" already'),
        (HEAD + ONE.replace("a-b", "A b"), 'c.yaml:5:10: an id is lower-case words joined by "-"'),
        (HEAD + ONE.replace("a-b", "1"), 'c.yaml:5:10: an id is lower-case words joined by "-"'),
        (HEAD + ONE.replace(", place: Section 1", ""), 'c.yaml:5:5: a criterion needs the field "place"'),
        (HEAD + ONE.replace("says", "sais"), '(did you mean "says"?)'),
        (HEAD + ONE.replace("{rules: DDB101}", "[]"), '"proof" lists no proof'),
        (HEAD + ONE.replace("rules: DDB101", ""), "a proof has one of the fields rules, plan, by_hand"),
        (HEAD + ONE.replace("DDB101", "DDB101, plan: true"), "a proof has one of the fields rules, plan, by_hand"),
        (HEAD + ONE.replace("rules: DDB101", "plan: false"), '"plan" is true, or it is left out'),
        (HEAD + ONE.replace("rules: DDB101", "plan: true, at_least: 2"), '"at_least" does not go with "plan"'),
        (HEAD + ONE.replace("rules: DDB101", "by_hand: x, on: y"), '"on" does not go with "by_hand"'),
        (HEAD + ONE.replace("rules: DDB101", "rules: []"), '"rules" names no rule'),
        (HEAD + ONE.replace("DDB101", "DDB101, at_least: 0"), '"at_least" is a number from 1 on'),
        (HEAD + ONE.replace("DDB101", "DDB101, at_least: true"), '"at_least" is a number from 1 on'),
        (HEAD + ONE.replace("DDB101", "DDB101, environments: [sit]"), '"sit" is none of the environments'),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_criteria(text, "c.yaml", "c")
    assert message in refused.value.message
