"""The zip archive of a binary plan: its parts by name, and the configuration that it carries.

Source: internal/plans/planfile (reader.go, config_snapshot.go) of https://github.com/hashicorp/terraform . Nothing is
extracted: names are keys and never paths of this machine. An archive is refused when it holds a name twice (programs
disagree which one counts), is encrypted, or is larger than any plan.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib

import msgspec

from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.problems import Problem, problem
from ddbaudit.ir.plan import PlanError, Snapshot

PLAN = "tfplan"
STATE = "tfstate"
LOCK = ".terraform.lock.hcl"
MANIFEST = "tfconfig/modules.json"
MODULES = "tfconfig/m-"

MOST_BYTES = 512 * 1024 * 1024
MOST_ENTRIES = 50_000
MOST_PART_BYTES = 128 * 1024 * 1024
MOST_UNPACKED_BYTES = 512 * 1024 * 1024

_ENTRY_HEADER = b"PK\x01\x02"
_ENCRYPTED = 0x1
_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """The parts of a binary plan. Every method raises PlanError."""

    def __init__(self, data: bytes, file: StructuredFile) -> None:
        self.file = file
        self._left = MOST_UNPACKED_BYTES
        if len(data) > MOST_BYTES or data.count(_ENTRY_HEADER) > MOST_ENTRIES:
            raise problem(Problem.LIMIT, file, f"the archive has more than {MOST_BYTES} bytes or {MOST_ENTRIES} parts")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _FAILURES as error:
            raise problem(Problem.BINARY, file, f"the archive is damaged or incomplete ({_reason(error)})") from None
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for part in self._zip.infolist():
            if part.filename in self._parts:
                raise problem(Problem.BINARY, file, f"the archive holds {part.filename} twice")
            self._parts[part.filename] = part
        if PLAN not in self._parts:
            raise problem(
                Problem.NOT_A_PLAN, file, f"the archive holds no {PLAN}, so no `terraform plan -out` wrote it"
            )

    def names(self) -> list[str]:
        return sorted(self._parts)

    def read(self, name: str) -> bytes:
        part = self._parts.get(name)
        if part is None:
            raise self.broken(name, "it is not there")
        if part.flag_bits & _ENCRYPTED:
            raise self.broken(name, "it is encrypted")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.broken(name, f"it is compressed by method {part.compress_type}")
        most = min(MOST_PART_BYTES, self._left)
        if part.file_size > most:
            raise self._too_large(name)
        try:
            with self._zip.open(part) as stream:
                data = stream.read(most + 1)
        except _FAILURES as error:
            raise self.broken(name, _reason(error)) from None
        if len(data) > most:
            raise self._too_large(name)
        self._left -= len(data)
        return data

    def broken(self, name: str, detail: str) -> PlanError:
        return problem(Problem.BINARY, self.file, f"{name}: {detail}")

    def _too_large(self, name: str) -> PlanError:
        detail = f"{name}: it has more than {MOST_PART_BYTES} bytes, or all parts more than {MOST_UNPACKED_BYTES}"
        return problem(Problem.LIMIT, self.file, detail)


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__


class _Module(msgspec.Struct):
    """An entry of the manifest."""

    key: str = msgspec.field(name="Key")
    directory: str = msgspec.field(name="Dir")
    source: str = msgspec.field(name="Source", default="")


def read_snapshot(archive: Archive) -> Snapshot:
    """The configuration in the archive; PlanError when it is not what Terraform writes."""
    try:
        modules = msgspec.json.decode(archive.read(MANIFEST), type=list[_Module])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise archive.broken(MANIFEST, "it is no list of modules") from None
    directories = {module.key: _normal(module.directory) for module in modules}
    if "" not in directories:
        raise archive.broken(MANIFEST, "it has no root module")
    files: dict[str, bytes] = {}
    for name in archive.names():
        if name.startswith(MODULES):
            key, _, file = name.removeprefix(MODULES).rpartition("/")
            if key not in directories or not _is_file_name(file):
                raise archive.broken(name, "it belongs to no module")
            path = posixpath.normpath(posixpath.join(directories[key], file))
            data = archive.read(name)
            if files.setdefault(path, data) != data:
                raise archive.broken(name, f"{path} is there twice with other content")
    lock = archive.read(LOCK) if LOCK in archive.names() else None
    return Snapshot(directories, files, {module.key: module.source for module in modules}, lock)


def _normal(directory: str) -> str:
    """A directory of the manifest, which has the separators of the system where the plan was made."""
    return posixpath.normpath(directory.replace("\\", "/"))


def _is_file_name(name: str) -> bool:
    return name not in ("", ".", "..") and "\\" not in name and "\0" not in name
