"""The files of plans: found in name order, read, and merged so that an objective may go on in another file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.config import Config, placed
from engine.documents import Document, read_document
from engine.errors import Place, Problem, RulesError, nearest
from engine.rules.schemas import PLAN_FILE
from engine.schema import Fault


@dataclass
class PlanFiles:
    """The files of one plan and their merged data."""

    id: str
    documents: tuple[Document, ...]
    data: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def fault(self, fault: Fault, path: tuple[str | int, ...] = ()) -> None:
        """Note a fault of the table at `path`, in the file where the key is written."""
        whole = (*path, *fault.path)
        document = next((found for found in self.documents if found.has(whole)), None)
        document = document or next((found for found in self.documents if found.has(path)), self.documents[0])
        self.problems.append(placed(fault, path, document))


def plan_names(config: Config) -> tuple[str, ...]:
    """The ids of the plans that there are: the folders with TOML files. Raises RulesError when none."""
    place = Place(file=config.rules_name)
    try:
        folders = sorted(folder for folder in config.rules.iterdir() if folder.is_dir())
        names = tuple(folder.name for folder in folders if any(folder.glob("*.toml")))
    except FileNotFoundError as error:
        hint = "make the folder, or name another one as 'rules' in the configuration"
        raise RulesError(Problem(message="there is no folder of rules", place=place, hint=hint)) from error
    except OSError as error:
        raise RulesError(Problem(message=f"cannot be read: {error.strerror}", place=place)) from error
    if not names:
        hint = f"write {config.rules_name}/my-plan/plan.toml"
        raise RulesError(Problem(message="there are no rules", place=place, hint=hint))
    return names


def read_plan_files(config: Config, name: str) -> PlanFiles:
    """Read and merge the files of one plan; what is wrong with them is in `problems`."""
    problems: list[Problem] = []
    documents: list[Document] = []
    for file in sorted((config.rules / name).glob("*.toml")):
        try:
            documents.append(read_document(file, f"{config.rules_name}/{name}/{file.name}"))
        except RulesError as error:
            problems.extend(error.problems)
    merged = PlanFiles(name, tuple(documents), {}, problems)
    for document in documents:
        merged.problems += [placed(fault, (), document) for fault in PLAN_FILE.read(document.data)[1]]
        _merge(merged, merged.data, document.data, document, ())
    if documents and not problems:
        _require_one_plan(merged)
    return merged


def check_names(names: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Raises RulesError for a plan that there is not."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RulesError(Problem(message=f"there is no plan '{name}'", hint=nearest(name, known)) for name in unknown)


def _require_one_plan(merged: PlanFiles) -> None:
    holders = [document for document in merged.documents if "plan" in document.data]
    if not holders:
        place = Place(file=merged.documents[0].name)
        merged.problems.append(Problem(message="no file of this plan has [plan]", place=place, hint="write [plan]"))
    elif len(holders) > 1:
        message = f"[plan] is written twice, first in {holders[0].place(('plan',))}"
        merged.problems.append(Problem(message=message, place=holders[1].place(("plan",))))


def _merge(
    merged: PlanFiles, into: dict[str, Any], data: Mapping[str, Any], document: Document, path: tuple[str, ...]
) -> None:
    """Add a document's table; a key that is there already is a problem that names both places."""
    for key, value in data.items():
        here = (*path, key)
        if key not in into:
            into[key] = _copied(value)
        elif isinstance(into[key], dict) and isinstance(value, Mapping):
            if here != ("plan",):
                _merge(merged, into[key], value, document, here)
        else:
            first = next(found for found in merged.documents if found.has(here))
            message = f"'{'.'.join(here)}' is written twice, first in {first.place(here)}"
            merged.problems.append(Problem(message=message, place=document.place(here)))


def _copied(value: Any) -> Any:
    """Tables as new dicts, so that merging leaves the data of the documents alone."""
    return {key: _copied(member) for key, member in value.items()} if isinstance(value, dict) else value
