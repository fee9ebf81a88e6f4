"""Finding plugins without importing them: entry points of installed packages, and files in local folders."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from engine.contracts import KINDS

GROUP = "objective_engine"
OWN_PACKAGE = "plugins"


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

    A file that is found in both ways (the built-in folder, seen from its own repository) counts once.
    """
    installed = list(_installed())
    known = {candidate.file.resolve() for candidate in installed if candidate.file}
    local = [candidate for candidate in _local(folders) if candidate.file and candidate.file.resolve() not in known]
    return tuple(sorted([*installed, *local], key=lambda found: (found.kind, found.name, found.provider)))


def _installed() -> Iterator[Candidate]:
    seen: set[str] = set()
    for distribution in distributions():
        name = distribution.metadata["Name"] if _has_entry_points(distribution) else ""
        if not name or name.lower() in seen:  # the first on the path is the one that Python imports
            continue
        seen.add(name.lower())
        for entry in distribution.entry_points:
            if entry.group == GROUP:
                yield _candidate(entry, name, distribution.version)


def _has_entry_points(distribution: Distribution) -> bool:
    """True when a distribution has plugins of ours, without parsing the metadata of all the others."""
    text = distribution.read_text("entry_points.txt")
    return text is not None and f"[{GROUP}]" in text


def _candidate(entry: EntryPoint, package: str, version: str) -> Candidate:
    kind, _, name = entry.name.partition(".")
    file = _file_of(entry.module)
    problem = ""
    if kind not in KINDS or not name:
        problem = f"the entry point is named '{entry.name}', not KIND.NAME with a kind of {', '.join(KINDS)}"
    elif file is None:
        problem = f"there is no module '{entry.module}'"
    elif package == "objective-engine":
        problem = _shadowed(file)
    return Candidate(
        kind=kind, name=name, provider=package, version=version, module=entry.module, file=file, problem=problem
    )


def _file_of(module: str) -> Path | None:
    """The file of a module, found through its topmost package so that nothing is imported."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin else None
    for folder in spec.submodule_search_locations or ():
        path = Path(folder).joinpath(*rest)
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def _shadowed(file: Path) -> str:
    """Why a built-in plugin is not the one of this package, when another folder hides it."""
    beside = Path(__file__).resolve().parent.parent
    if file.resolve().is_relative_to(beside / OWN_PACKAGE):
        return ""
    return (
        f"another folder named '{OWN_PACKAGE}' hides the built-in plugins, because Python was started there; "
        "start the command 'engine' instead of 'python -m', or rename that folder"
    )


def _local(folders: Iterable[Path]) -> Iterator[Candidate]:
    for folder in folders:
        for kind in KINDS:
            for file in sorted((folder / f"{kind}s").glob("*.py")):
                if not file.stem.startswith("_"):
                    yield Candidate(
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
