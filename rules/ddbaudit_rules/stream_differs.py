"""MOD806: streams that are switched on or off, or hold other images, than the data model has it."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.design import BuiltTable
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import NOTE, design_of, undecided
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.examples import table, variable

_MODEL = model(designed("stream: NEW_AND_OLD_IMAGES"))


def _stream(enabled: str = "true", view: str = '"NEW_AND_OLD_IMAGES"') -> str:
    return table(name=NAMED, stream_enabled=enabled, stream_view_type=view)


class StreamDiffers(Rule[BuiltTable]):
    meta = RuleMeta(
        id="MOD806",
        name="stream-differs",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A stream is switched on or off, or holds other images, than in the data model.",
        rationale=(
            "What reads the stream gets nothing when it is off, and too little when it holds other images: an archive "
            "of deletions needs the old image. A stream that nobody planned shows every change to whoever may read it."
        ),
        remedy="Set `stream_enabled` and `stream_view_type` as the model has them, or correct the model.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html",
        ),
        good=(
            Example("As in the model.", _stream(), model=_MODEL),
            Example("No stream in either.", table(name=NAMED), model=model()),
            Example("Switched off, as in the model.", table(name=NAMED, stream_enabled="false"), model=model()),
        ),
        bad=(
            Example("No stream.", table(name=NAMED, header="# expect: MOD806"), model=_MODEL),
            Example("Other images.", _stream(view='"KEYS_ONLY" # expect: MOD806'), model=_MODEL),
            Example("A stream that the model does not have.", _stream("true # expect: MOD806"), model=model()),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("stream", "bool") + _stream("var.stream # expect-unknown: MOD806"),
                model=_MODEL,
            ),
            Example(
                "The view type is a variable without a value.",
                variable("view") + _stream(view="var.view # expect-unknown: MOD806"),
                model=_MODEL,
            ),
        ),
    )
    subject = BuiltTable

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        found, table = design_of(subject), subject.table
        if found is None:
            yield undecided(subject, "the stream")
            return
        _, design = found
        enabled, view = table.stream_enabled, table.stream_view_type
        related = (Related(design.place("stream"), NOTE),)
        switched = enabled.is_true()
        if switched is Verdict.UNKNOWN:
            wanted = f"has a stream of {design.stream}" if design.stream else "has no stream"
            yield unknown(f"whether {table.label} {wanted}, as in the data model, is not known", enabled)
        elif switched is Verdict.FAIL and design.stream:
            yield fail(
                f"{table.label} has no stream, and one of {design.stream} in the data model",
                enabled,
                label=f"a stream of {design.stream} in the data model",
                help="switch the stream on, or change the model",
                related=related,
            )
        elif switched is Verdict.PASS and not design.stream:
            yield fail(
                f"{table.label} has a stream, and none in the data model",
                enabled,
                label="no stream in the data model",
                help="switch the stream off, or change the model",
                related=related,
            )
        elif switched is Verdict.PASS and view.is_unknown:
            yield unknown(f"whether the stream of {table.label} holds {design.stream} is not known", view)
        elif switched is Verdict.PASS and view.text != design.stream:
            yield fail(
                f"the stream of {table.label} holds {view.shown}, and {design.stream} in the data model",
                view,
                label=f"{design.stream} in the data model",
                help="set the view type of the model, or change the model",
                related=related,
            )
