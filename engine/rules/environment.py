"""Options that refer to the environment, such as `${DATABASE_PASSWORD}`: secrets stay out of files and reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

REFERENCE = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"


class Filled(NamedTuple):
    """Options with the values of the environment put in.

    `secrets` gives for every value that was put in the reference that stood there; `unset` names the
    variables that the environment does not have.
    """

    options: Mapping[str, Any]
    secrets: Mapping[str, str]
    unset: tuple[str, ...]


def fill(options: Mapping[str, Any], environment: Mapping[str, str]) -> Filled:
    """The options with every reference in their texts replaced, however deep it stands."""
    secrets: dict[str, str] = {}
    unset: dict[str, None] = {}

    def put_in(reference: re.Match[str]) -> str:
        value = environment.get(reference[1])
        if value is None:
            unset[reference[1]] = None
            return reference[0]
        secrets[value] = reference[0]
        return value

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(REFERENCE, put_in, value) if "${" in value else value
        if isinstance(value, list):
            return [filled(member) for member in value]
        return {key: filled(member) for key, member in value.items()} if isinstance(value, dict) else value

    return Filled({key: filled(value) for key, value in options.items()}, secrets, tuple(unset))
