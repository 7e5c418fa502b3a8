"""Files: what functions may see of the tree, and what they must not touch."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddbaudit.frontends.hcl import files as files_module
from ddbaudit.frontends.hcl.files import ModuleFiles
from ddbaudit.frontends.hcl.functions.globbing import BadPatternError, Matcher
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError
from ddbaudit.frontends.hcl.functions.registry import FunctionError, call
from ddbaudit.frontends.hcl.template_files import render_template
from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import Cause, Known, Symbol, Unknown, Value, object_value, parts_text, string
from tests.eval.mini import FUNCTIONS

ARN = Symbol("aws_dynamodb_table.t", ("arn",))
TABLE = Unknown(STRING, Cause("computed", "later"), (ARN,))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A root module beside files that are none of its business."""
    root = tmp_path / "root"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "a.txt").write_text("hello")
    (root / "sub" / "b.json").write_text("{}")
    (root / "sub" / "deep" / "c.json").write_text("[]")
    (root / "policy.tpl").write_bytes(b'{"Resource": "${arn}/index/*"}')
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "m.txt").write_text("module")
    return root


@pytest.fixture
def files(tree: Path) -> ModuleFiles:
    return ModuleFiles(str(tree), [tree], render_template)


def run(files: ModuleFiles, name: str, *args: str | Value) -> Value:
    return call(FUNCTIONS[name], [string(a) if isinstance(a, str) else a for a in args], files)


def why(value: Value) -> str:
    assert isinstance(value, Unknown), value
    return value.cause.kind


def names(value: Value) -> list[str]:
    assert isinstance(value, Known)
    return [item.text for item in value.items if isinstance(item, Known)]


# --- outside of the tree ---------------------------------------------------------------------------------------------

OUTSIDE = ["../secret.txt", "sub/../../secret.txt", "/etc/passwd", "/etc/../etc/passwd", "..", "/", "~/x", "~"]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("name", ["file", "filebase64", "filemd5", "filebase64sha256", "fileexists", "templatefile"])
def test_outside_of_the_tree_nothing_is_known(files: ModuleFiles, name: str, path: str) -> None:
    args = (path, object_value({})) if name == "templatefile" else (path,)
    assert why(run(files, name, *args)) in ("unsupported", "impure")
    assert not files.read


@pytest.mark.parametrize("path", ["..", "../modules", "/", "sub/../.."])
def test_lists_of_what_lies_outside(files: ModuleFiles, path: str) -> None:
    assert why(run(files, "fileset", path, "*")) == "unsupported"
    assert why(run(files, "fileset", ".", f"{path}/*")) in ("unsupported",) if not path.startswith("/") else True


def test_links_that_lead_outside(tree: Path, files: ModuleFiles) -> None:
    (tree / "out.txt").symlink_to("../secret.txt")
    (tree / "outdir").symlink_to("..")
    for path in ("out.txt", "outdir/secret.txt", "outdir/modules/m.txt", "outdir/root/../secret.txt"):
        assert why(run(files, "file", path)) == "unsupported"
        assert why(run(files, "fileexists", path)) == "unsupported"
    for pattern in ("*.txt", "**", "outdir/*", "o*/*", "out.txt"):
        assert why(run(files, "fileset", ".", pattern)) == "unsupported"
    assert not files.read


def test_links_inside_of_the_tree(tree: Path, files: ModuleFiles) -> None:
    (tree / "in.txt").symlink_to("a.txt")
    (tree / "indir").symlink_to("sub")
    assert run(files, "file", "in.txt").data == "hello"  # type: ignore[attr-defined]
    assert run(files, "file", "indir/b.json").data == "{}"  # type: ignore[attr-defined]
    assert names(run(files, "fileset", ".", "**/*.json")) == [
        "indir/b.json",
        "indir/deep/c.json",
        "sub/b.json",
        "sub/deep/c.json",
    ]


def test_dots_are_taken_off_before_links_are_followed(tree: Path, files: ModuleFiles) -> None:
    (tree / "deep").symlink_to("sub/deep")
    assert run(files, "file", "deep/../a.txt").data == "hello"  # type: ignore[attr-defined]


def test_module_directories_may_be_read_as_well(tree: Path, tmp_path: Path) -> None:
    files = ModuleFiles(str(tree), [tree])
    assert why(run(files, "file", "../modules/m.txt")) == "unsupported"
    files.allow(str(tmp_path / "modules"))
    assert run(files, "file", "../modules/m.txt").data == "module"  # type: ignore[attr-defined]
    assert why(run(files, "file", "../secret.txt")) == "unsupported"
    assert why(run(files, "file", "../modules2/m.txt")) == "unsupported"
    assert names(run(files, "fileset", "../modules", "*")) == ["m.txt"]


def test_the_working_directory_does_not_matter(
    tree: Path, files: ModuleFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = names(run(files, "fileset", ".", "sub/../*.txt")), names(run(files, "fileset", "sub", "../a.txt"))
    monkeypatch.chdir(tmp_path)
    assert here == (["a.txt"], ["../a.txt"])
    assert (names(run(files, "fileset", ".", "sub/../*.txt")), names(run(files, "fileset", "sub", "../a.txt"))) == here
    assert why(run(files, "abspath", "a.txt")) == "impure"


# --- what is no regular file -----------------------------------------------------------------------------------------


@pytest.fixture
def odd(tree: Path) -> Iterator[Path]:
    os.mkfifo(tree / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(tree)
        server.bind("sock")
        os.chdir(here)
        yield tree


@pytest.mark.parametrize("path", ["pipe", "sock"])
def test_pipes_and_sockets_are_not_opened(odd: Path, files: ModuleFiles, path: str) -> None:
    for name in ("file", "filemd5"):
        assert why(run(files, name, path)) == "unsupported"
    with pytest.raises(FunctionError, match="not a regular file"):
        run(files, "fileexists", path)
    assert path not in names(run(files, "fileset", ".", "*"))


def test_a_file_that_becomes_a_pipe_does_not_block(
    odd: Path, files: ModuleFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "_check_regular", lambda path, real: None)
    assert why(run(files, "file", "pipe")) == "unsupported"


def test_directories_and_missing_files_are_errors(files: ModuleFiles) -> None:
    for path, words in (("sub", "directory"), ("", "directory"), ("nope", "no file exists"), ("a.txt/x", "not a dir")):
        with pytest.raises(FunctionError, match=words) as caught:
            run(files, "file", path)
        assert not isinstance(caught.value, NotEvaluatedError)
        assert caught.value.argument == 0
    assert run(files, "fileexists", "nope").data is False  # type: ignore[attr-defined]


def test_loops_of_links(tree: Path, files: ModuleFiles) -> None:
    (tree / "self").symlink_to("self")
    (tree / "up").symlink_to(".")
    assert why(run(files, "file", "self")) == "unsupported"
    assert why(run(files, "fileset", ".", "**")) == "limit"
    assert names(run(files, "fileset", ".", "up/up/*.txt")) == ["up/up/a.txt"]


def test_dangling_links(tree: Path, files: ModuleFiles) -> None:
    (tree / "gone").symlink_to("nowhere")
    assert run(files, "fileexists", "gone").data is False  # type: ignore[attr-defined]
    with pytest.raises(FunctionError, match="no file exists"):
        run(files, "file", "gone")
    with pytest.raises(FunctionError, match="leads nowhere"):
        run(files, "fileset", ".", "g*")
    assert names(run(files, "fileset", ".", "**/a.txt")) == ["a.txt"]
    assert "gone" not in names(run(files, "fileset", ".", "**"))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_unreadable_files_are_unknown(tree: Path, files: ModuleFiles) -> None:
    (tree / "a.txt").chmod(0)
    assert why(run(files, "file", "a.txt")) == "unsupported"


def test_what_cannot_be_opened_is_unknown(files: ModuleFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "listdir", refuse)
    assert why(run(files, "file", "a.txt")) == "unsupported"
    assert why(run(files, "fileset", ".", "*")) == "unsupported"


# --- limits ----------------------------------------------------------------------------------------------------------


def test_large_files_are_not_read(tree: Path, files: ModuleFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tree / "huge.bin").open("wb") as huge:
        huge.truncate(files_module.MAX_BYTES + 1)
    assert why(run(files, "filemd5", "huge.bin")) == "limit"
    assert run(files, "fileexists", "huge.bin").data is True  # type: ignore[attr-defined]
    monkeypatch.setattr(files_module, "MAX_BYTES", 4)
    assert why(run(files, "file", "a.txt")) == "limit"


def test_large_trees_are_not_searched(tree: Path, files: ModuleFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "_MOST_ENTRIES", 3)
    assert why(run(files, "fileset", ".", "**")) == "limit"
    assert names(run(files, "fileset", ".", "sub/b.json")) == ["sub/b.json"]


def test_deep_trees_are_not_searched(tree: Path, files: ModuleFiles) -> None:
    deep = tree
    for _ in range(120):
        deep = deep / "d"
        deep.mkdir()
    assert why(run(files, "fileset", ".", "**/x")) == "limit"


def test_patterns_that_take_too_long(tree: Path, files: ModuleFiles) -> None:
    (tree / ("a" * 200)).touch()
    assert why(run(files, "fileset", ".", "*a" * 20 + "b")) == "limit"
    assert why(run(files, "fileset", ".", "*" * 60)) == "limit"


def test_names_that_are_no_text(tree: Path, files: ModuleFiles) -> None:
    try:
        (tree / os.fsdecode(b"\xff.bin")).touch()
    except OSError:
        pytest.skip("the file system takes no such names")
    assert why(run(files, "fileset", ".", "*.bin")) == "unsupported"
    with pytest.raises(FunctionError, match="NUL"):
        run(files, "file", "a\0b")


# --- what was looked at ----------------------------------------------------------------------------------------------


def test_what_was_read_is_recorded(tree: Path, files: ModuleFiles) -> None:
    run(files, "file", "a.txt")
    run(files, "filemd5", "./sub/../a.txt")
    run(files, "fileset", "sub", "*.json")
    run(files, "fileexists", "nope")
    assert list(files.read) == [str((tree / "a.txt").resolve())]
    assert set(files.seen) == {str((tree / "sub").resolve()), str(tree.resolve() / "nope")}


# --- templates -------------------------------------------------------------------------------------------------------


def test_templates_keep_symbols(files: ModuleFiles) -> None:
    result = run(files, "templatefile", "policy.tpl", object_value({"arn": TABLE}))
    assert isinstance(result, Unknown)
    assert result.parts is not None
    assert parts_text(result.parts) == f'{{"Resource": "${{{ARN}}}/index/*"}}'


def test_templates_see_only_their_variables(tree: Path, files: ModuleFiles) -> None:
    (tree / "t.tpl").write_text("${var.x}")
    with pytest.raises(FunctionError, match="var"):
        run(files, "templatefile", "t.tpl", object_value({}))


def test_functions_inside_templates(tree: Path, files: ModuleFiles) -> None:
    (tree / "t.tpl").write_text(
        '${file("a.txt")} ${fileexists("x")} ${join(",", fileset("sub", "*"))} ${abspath("/a/")}'
    )
    result = run(files, "templatefile", "t.tpl", object_value({}))
    assert result.data == "hello false b.json /a"  # type: ignore[attr-defined]
    assert str((tree / "a.txt").resolve()) in files.read


def test_templates_inside_templates(tree: Path, files: ModuleFiles) -> None:
    (tree / "t.tpl").write_text('${templatefile("a.txt", {})}')
    with pytest.raises(FunctionError, match="inside another template"):
        run(files, "templatefile", "t.tpl", object_value({}))
    reading = string('${file("a.txt")}')
    with pytest.raises(FunctionError, match="filesystem access"):
        run(files, "templatestring", reading, object_value({}))


def test_without_a_renderer_templates_are_unknown(tree: Path) -> None:
    result = run(ModuleFiles(str(tree), [tree]), "templatefile", "policy.tpl", object_value({"arn": string("x")}))
    assert why(result) == "unsupported"
    assert result.type is DYNAMIC


# --- patterns --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "name", "answer"),
    [
        ("", "", True),
        ("*", "", True),
        ("a*", "a", True),
        ("*a*b*", "xaybz", True),
        ("*a*b*", "xbya", False),
        ("?", "\u00e9", True),
        ("[^a]", "\u00e9", True),
        ("[\\]]", "]", True),
        ("[a-c-e]", "d", BadPatternError),
        ("{a,b}c", "bc", True),
        ("{a,{b,c}}", "b", True),
        ("{a\\,b,c}", "a,b", True),
        ("\\", "a", BadPatternError),
        ("a\\", "b", False),
        ("[", "a", BadPatternError),
        ("[a", "a", BadPatternError),
        ("[]", "a", BadPatternError),
        ("[a-]", "a", BadPatternError),
        ("[\\", "a", BadPatternError),
        ("{", "a", BadPatternError),
        ("a{", "a", False),
        ("*[", "a", False),
    ],
)
def test_one_component(pattern: str, name: str, answer: bool | type[BadPatternError]) -> None:
    if isinstance(answer, bool):
        assert Matcher().matches(pattern, name) is answer
        return
    with pytest.raises(answer):
        Matcher().matches(pattern, name)
