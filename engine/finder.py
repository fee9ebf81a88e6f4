"""Finding plugins without importing them: entry points of installed packages, and files in local folders."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from engine.contracts import KINDS

GROUP = "objective_engine"
OWN_DISTRIBUTION = "objective-engine"
OWN_PACKAGE = "plugins"
HIDDEN = (
    f"another folder named '{OWN_PACKAGE}' hides the built-in plugins, because Python was started there; "
    "start the command 'engine' instead of 'python -m', or rename that folder"
)


class Candidate(NamedTuple):
    """A plugin that was found and not yet imported.

    `provider` says in words where it comes from; `problem` is why it cannot be loaded, or empty.
    """

    kind: str
    name: str
    provider: str
    module: str
    version: str = ""
    file: Path | None = None
    local: bool = False
    problem: str = ""

    def load(self) -> ModuleType:
        """Import the module of the plugin."""
        return _load_file(self.module, self.file) if self.local and self.file else importlib.import_module(self.module)


def find(folders: Sequence[Path]) -> tuple[Candidate, ...]:
    """All plugins of installed packages and of local folders, sorted by kind, name and provider.

    A file that is found in several ways (the built-in folder, seen from its own repository) counts once, and so
    does a copy of a built-in file (the same repository, installed).
    """
    installed = list(_installed())
    known = {(candidate.kind, candidate.name): candidate for candidate in installed}
    local = [found for found in _local(folders) if not _is_same(found, known.get((found.kind, found.name)))]
    return tuple(sorted([*installed, *local], key=lambda found: (found.kind, found.name, found.provider)))


def _is_same(local: Candidate, installed: Candidate | None) -> bool:
    """True when a local file is the installed one, or a copy of a built-in one."""
    if local.file is None or installed is None or installed.file is None or not local.file.is_file():
        return False
    if local.file.samefile(installed.file):
        return True
    return installed.provider == OWN_DISTRIBUTION and local.file.read_bytes() == installed.file.read_bytes()


def _installed() -> Iterator[Candidate]:
    seen: set[str] = set()
    folders: dict[str, tuple[str, ...]] = {}
    for distribution in distributions():
        text = _entry_points(distribution)
        package, version = _name_and_version(distribution) if text else ("", "")
        if not package or _normal(package) in seen:  # the first on the path is the one that Python imports
            continue
        seen.add(_normal(package))
        obstacle = HIDDEN if _normal(package) == OWN_DISTRIBUTION and _is_hidden() else ""
        for name, value in _entries(text):
            module = re.split(r"[:\[\s]", value)[0]
            yield _candidate(name, module, package, version, obstacle, _file_of(module, folders))


def _entry_points(distribution: Distribution) -> str:
    """The entry points of a package, if some are plugins of ours; the metadata of all others stay unread."""
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except UnicodeDecodeError:  # no installer writes such a file
        return ""
    return text if f"[{GROUP}]" in text else ""


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Name and value of our entry points. (In importlib, one bad line of one package ends the reading of all.)"""
    ours = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            ours = line == f"[{GROUP}]"
        elif ours and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _name_and_version(distribution: Distribution) -> tuple[str, str]:
    """From the head of the metadata. (The parser of importlib reads the whole description, each time anew.)"""
    try:
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    except UnicodeDecodeError:  # no installer writes such a file
        return "", ""
    fields = dict.fromkeys(("Name", "Version"), "")
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if not line:
            break
        if fields.get(name) == "":
            fields[name] = value.strip()
    return fields["Name"], fields["Version"]


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _candidate(entry: str, module: str, package: str, version: str, obstacle: str, file: Path | None) -> Candidate:
    kind, _, name = entry.partition(".")
    problem = obstacle
    if kind not in KINDS or not name:
        problem = f"the entry point is named '{entry}', not KIND.NAME with a kind of {', '.join(KINDS)}"
    elif file is None and not obstacle:
        problem = f"there is no module '{module}'"
    return Candidate(kind=kind, name=name, provider=package, version=version, module=module, file=file, problem=problem)


def _file_of(module: str, folders: dict[str, tuple[str, ...]]) -> Path | None:
    """The file of a module, found through its topmost package so that nothing is imported.

    `folders` keeps where the topmost packages are: there are many plugins in one package.
    """
    top, *rest = module.split(".")
    if top not in folders:
        folders[top] = _places_of(top)
    for place in folders[top]:
        stem = "/".join([place, *rest])
        for file in (f"{stem}.py", f"{stem}/__init__.py") if rest else (place,):
            if os.path.isfile(file):  # noqa: PTH113 - a Path takes ten times as long, and this is start-up
                return Path(file)
    return None


def _places_of(top: str) -> tuple[str, ...]:
    """The folders of a package, or the file of a module."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return ()
    if spec is None:
        return ()
    return tuple(spec.submodule_search_locations or [spec.origin or ""])


def _is_hidden() -> bool:
    """True when the built-in plugins are not those beside this package, since another folder hides them."""
    places = _places_of(OWN_PACKAGE)
    own = Path(__file__).resolve().parent.parent / OWN_PACKAGE
    return bool(places) and own not in (Path(place).resolve() for place in places)


def _local(folders: Iterable[Path]) -> Iterator[Candidate]:
    """The plugins of local folders; a folder that is named twice counts once."""
    for folder in {folder.resolve(): folder for folder in reversed(list(folders))}.values():
        for kind in KINDS:
            for file in sorted((folder / f"{kind}s").glob("*.py")):
                if not file.stem.startswith((".", "_")):
                    yield _local_candidate(folder, kind, file)


def _local_candidate(folder: Path, kind: str, file: Path) -> Candidate:
    return Candidate(
        kind=kind,
        name=file.stem,
        provider=f"{folder.name}/{kind}s/{file.name}",
        module=f"engine.local.{kind}s.{file.stem}",
        file=file,
        local=True,
    )


def _load_file(module: str, file: Path) -> ModuleType:
    """Import a local file under a name of its own, so that a file `json.py` hides nothing."""
    spec = importlib.util.spec_from_file_location(module, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file.name} is not a Python file")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module] = loaded
    try:
        spec.loader.exec_module(loaded)
    except BaseException:
        del sys.modules[module]
        raise
    return loaded
