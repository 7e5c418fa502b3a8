"""New files: all of them, none over what is there already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ddbaudit.foundation.errors import InternalError, UsageError
from ddbaudit.foundation.text import safe_text


def write_new(files: Mapping[str, str], *, help: str) -> None:
    """Writes texts to paths and makes their directories. UsageError, and nothing written, when one is there; `help`
    says what to do then. InternalError when the disk refuses."""
    for path in files:
        if Path(path).is_symlink() or Path(path).exists():
            raise UsageError(f"{safe_text(path)} is there already", help=help)
    for path, text in files.items():
        try:
            _make_folder(Path(path).parent)
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise UsageError(f"{safe_text(path)} is there already", help=help) from None
        except OSError as error:
            raise InternalError(f"{safe_text(path)} cannot be written: {error.strerror}") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{safe_text(str(folder))} cannot be made: a file is in its way") from None
