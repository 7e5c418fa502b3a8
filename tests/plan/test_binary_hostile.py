"""No file makes the reader of binary plans do anything but read it or refuse it."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.frontends.plan import archive as archives
from ddbaudit.frontends.plan import msgpack_values
from ddbaudit.frontends.plan.binary import read_binary
from ddbaudit.ir.plan import PlanError
from tests.plan.archives import MANIFEST, archive, change, encoded, field, parts_of, plan, tfplan, typed

PLANS = Path(__file__).parents[2] / "fixtures" / "plans"
SAMPLES = [(PLANS / name / "tfplan").read_bytes() for name in ("create", "replace", "modules", "data-sources")]
TABLE = "aws_dynamodb_table.t"


def refusal(data: bytes) -> Diagnostic:
    with pytest.raises(PlanError) as caught:
        read_binary(data, "tfplan")
    assert caught.value.diagnostic.path == "tfplan"
    return caught.value.diagnostic


def flagged(data: bytes) -> bytes:
    """Every part marked as encrypted, in its own header and in the directory."""
    found = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(signature)
        while at >= 0:
            found[at + offset] |= 1
            at = found.find(signature, at + 4)
    return bytes(found)


def twice(name: str) -> bytes:
    stream = io.BytesIO(tfplan())
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as made:
        warnings.simplefilter("ignore")
        made.writestr(name, b"")
    return stream.getvalue()


def methods(method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        made.writestr("tfplan", plan())
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        pytest.param(SAMPLES[0][:-30], "PLAN015", "damaged or incomplete", id="truncated"),
        pytest.param(b"PK\x03\x04" + b"\0" * 40, "PLAN015", "damaged or incomplete", id="only a header"),
        pytest.param(flagged(SAMPLES[0]), "PLAN015", "encrypted", id="encrypted"),
        pytest.param(methods(zipfile.ZIP_LZMA), "PLAN015", "compressed by method 14", id="another compression"),
        pytest.param(twice("tfplan"), "PLAN015", "tfplan twice", id="two plans"),
        pytest.param(archive({"a.txt": b"x"}), "PLAN001", "holds no tfplan", id="another archive"),
        pytest.param(tfplan(version=4), "PLAN004", "format version 4", id="another version"),
        pytest.param(tfplan(parts={"tfplan": b""}), "PLAN004", "format version 0", id="empty plan"),
        pytest.param(tfplan(parts={"tfplan": b"\xff" * 64}), "PLAN015", "tfplan: a number is too long", id="garbage"),
        pytest.param(tfplan(b"\x0b"), "PLAN015", "wire type 3", id="a group"),
        pytest.param(tfplan(field(3, b"x" * 9)[:-4]), "PLAN015", "ends behind the message", id="a cut message"),
        pytest.param(tfplan(field(17, 9)), "PLAN015", "mode 9", id="unknown mode"),
        pytest.param(tfplan(change(TABLE, 42, {})), "PLAN015", f"{TABLE} has no action", id="unknown action"),
        pytest.param(tfplan(change(TABLE, 3, {})), "PLAN015", f"{TABLE} has 1 values", id="too few values"),
        pytest.param(tfplan(change("nonsense", 1, {})), "PLAN015", '"nonsense"', id="no address"),
        pytest.param(tfplan(field(3, field(13, TABLE) + field(9, b"") * 2)), "PLAN015", "2 times", id="two changes"),
        pytest.param(tfplan(field(14, b"\xff")), "PLAN015", "no UTF-8", id="text that is none"),
        pytest.param(
            tfplan(field(2, field(1, "v") + field(2, field(1, b"\xdd\xff\xff\xff\xff")))),
            "PLAN015",
            "msgpack",
            id="an array that is not there",
        ),
        pytest.param(
            tfplan(field(2, field(1, "v") + field(2, field(1, b"\x91" * 100_000)))),
            "PLAN015",
            "msgpack",
            id="deep msgpack",
        ),
        pytest.param(
            tfplan(field(2, field(1, "v") + field(2, typed(["list"], 1)))),
            "PLAN015",
            "type of a value",
            id="a type that is none",
        ),
        pytest.param(tfplan(change(TABLE, 1, {1: 2})), "PLAN015", "keys that are no strings", id="odd keys"),
        pytest.param(tfplan(change(TABLE, 1, {"name": b"x"})), "PLAN015", "bytes", id="bytes"),
        pytest.param(tfplan(change(TABLE, 1, {"read_capacity": float("nan")})), "PLAN015", "float", id="not a number"),
        pytest.param(tfplan(parts={"tfstate": b"{"}), "PLAN015", "tfstate: it is no state", id="broken state"),
        pytest.param(tfplan(parts={"tfstate": b'{"version": 9}'}), "PLAN015", "version 9", id="another state"),
        pytest.param(tfplan(parts={"tfconfig/modules.json": b"{}"}), "PLAN015", "no list of modules", id="manifest"),
        pytest.param(tfplan(parts={"tfconfig/modules.json": b"[]"}), "PLAN015", "no root module", id="no root"),
        pytest.param(tfplan(parts={"tfconfig/m-x/main.tf": b""}), "PLAN015", "belongs to no module", id="stray file"),
        pytest.param(tfplan(parts={"tfconfig/m-/..": b""}), "PLAN015", "belongs to no module", id="dots"),
        pytest.param(tfplan(parts={"tfconfig/m-/../../x.tf": b""}), "PLAN015", "belongs to no module", id="upward"),
        pytest.param(tfplan(parts={"tfconfig/m-/a\\b.tf": b""}), "PLAN015", "belongs to no module", id="backslash"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_part_and_a_way_out(data: bytes, code: str, words: str) -> None:
    problem = refusal(data)
    assert problem.code == code
    assert words in problem.detail
    assert problem.help


def test_a_missing_part_is_named() -> None:
    parts = parts_of(tfplan())
    for name in ("tfstate", "tfconfig/modules.json"):
        problem = refusal(archive({n: content for n, content in parts.items() if n != name}))
        assert (problem.code, problem.detail) == ("PLAN015", f"{name}: it is not there")


def test_a_checksum_that_does_not_fit_is_seen() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        made.writestr("tfplan", plan(field(21, "2020-01-01T00:00:00Z")))
    assert refusal(stream.getvalue().replace(b"2020-01-01", b"2021-01-01")).code == "PLAN015"


@pytest.mark.parametrize("claim", [True, False], ids=["as it says", "more than it says"])
def test_a_bomb_is_not_unpacked(claim: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_PART_BYTES", 100_000)
    data = tfplan(parts={"tfstate": b"0" * 3_000_000})
    if not claim:
        size = (3_000_000).to_bytes(4, "little")
        data = data.replace(size, (1000).to_bytes(4, "little"))
    problem = refusal(data)
    assert problem.code == ("PLAN007" if claim else "PLAN015")
    assert "tfstate" in problem.detail


def test_all_parts_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED_BYTES", 50_000)
    files = {f"tfconfig/m-/{n}.tf": b"#" * 9_000 for n in range(10)}
    assert refusal(tfplan(parts=files)).code == "PLAN007"


def test_the_number_of_parts_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 20)
    assert refusal(tfplan(parts={f"x{n}": b"" for n in range(30)})).code == "PLAN007"


def test_the_number_of_values_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(msgpack_values, "MOST_BYTES", 1000)
    assert refusal(tfplan(change(TABLE, 1, {"tags": {"a": "x" * 2000}}))).code == "PLAN007"


def test_many_small_values_are_too_many() -> None:
    nothing = encoded({"tags": dict.fromkeys(map(str, range(250_000)))})
    many = b"".join(change(f"{TABLE}[{n}]", 1, more=b"", inner=field(2, nothing)) for n in range(9))
    assert refusal(tfplan(many)).code == "PLAN007"


def test_a_directory_of_the_manifest_is_only_a_name(tmp_path: Path) -> None:
    manifest = MANIFEST.replace(b"]", b', {"Key": "m", "Dir": "..\\\\..\\\\modules\\\\m"}]')
    found = read_binary(tfplan(parts={"tfconfig/modules.json": manifest, "tfconfig/m-m/a.tf": b"x"}), "tfplan")
    assert found.snapshot is not None
    assert found.snapshot.directories["m"] == "../../modules/m"
    assert found.snapshot.files["../../modules/m/a.tf"] == b"x"
    assert list(tmp_path.iterdir()) == []


def outcome(data: bytes) -> str:
    try:
        return read_binary(data, "tfplan").kind
    except PlanError as error:
        return error.diagnostic.code


def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(found) - 1, 0)))
        length = draw(st.integers(0, 12))
        found[at : at + length] = draw(st.binary(max_size=12))
    return bytes(found)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A real plan with some bytes of the archive, or of one of its parts, changed."""
    data = draw(st.sampled_from(SAMPLES))
    if draw(st.booleans()):
        return mutated(draw, data)
    parts = parts_of(data)
    name = draw(st.sampled_from(["tfplan", "tfplan", *sorted(parts)]))
    return archive({**parts, name: mutated(draw, parts[name])})


@settings(max_examples=400, deadline=3000, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_a_damaged_plan_is_read_or_refused(data: bytes) -> None:
    assert outcome(data) in ("plan", "PLAN001", "PLAN004", "PLAN007", "PLAN015")


@settings(max_examples=200, deadline=3000)
@given(st.binary(max_size=400))
def test_any_bytes_for_a_plan_are_read_or_refused(content: bytes) -> None:
    assert outcome(tfplan(content)) in ("plan", "PLAN004", "PLAN007", "PLAN015")
