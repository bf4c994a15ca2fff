"""What a request brings: checked against the table of methods, turned into values."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from simulator.methods import METHODS, NOT_SIMULATED, Parameter
from simulator.refusals import Refused, bad_request

Values = dict[str, Any]
_SCALARS = {"Integer", "String", "Boolean", "InputFile"}
_WHOLE = re.compile(r"-?\d{1,19}")
_TRUE = {"true", "True", "1"}
_FALSE = {"false", "False", "0"}


class Upload(NamedTuple):
    """A file that came with a request."""

    name: str
    content: bytes
    mime: str


def read_arguments(method: str, given: Mapping[str, Any]) -> Values:
    """Turn what was sent (a form's strings or JSON values) into what the method takes.

    Raises:
        Refused: an unknown method or parameter, a missing one, or one of a wrong type.
    """
    parameters = METHODS.get(method)
    if parameters is None:
        raise Refused(404, "Not Found")
    values: Values = {}
    for name, value in given.items():
        parameter = parameters.get(name)
        if parameter is None:
            raise bad_request(f'parameter "{name}" is not known to {method}')
        if value is None:
            continue
        if name in NOT_SIMULATED:
            raise bad_request(f'parameter "{name}" is not simulated')
        values[name] = _convert(parameter, value)
    for parameter in parameters.values():
        if parameter.required and parameter.name not in values:
            raise bad_request(_MISSING.get(parameter.name, f"{parameter.name} is empty"))
    return values


_MISSING = {
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "document": "there is no document in the request",
}


def _convert(parameter: Parameter, value: Any) -> Any:
    for kind in parameter.types:
        if kind in _SCALARS:
            converted = _SCALAR_READERS[kind](value)
        elif kind.endswith("[]"):
            converted = _read_list(kind.removesuffix("[]"), value)
        else:
            converted = _read_object(value)
        if converted is not None:
            return converted
    kinds = " or ".join(parameter.types)
    raise bad_request(f'parameter "{parameter.name}" must be of type {kinds}')


def _read_integer(value: Any) -> int | None:
    if type(value) is int:
        return value
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def _read_boolean(value: Any) -> bool | None:
    if type(value) is bool:
        return value
    if not isinstance(value, str):
        return None
    if value in _TRUE:
        return True
    return False if value in _FALSE else None


def _read_string(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return value


_SCALAR_READERS = {
    "Integer": _read_integer,
    "Boolean": _read_boolean,
    "String": _read_string,
    "InputFile": _read_string,
}


def _read_object(value: Any) -> Any:
    value = _parsed(value)
    return value if isinstance(value, dict) else None


def _read_list(kind: str, value: Any) -> Any:
    value = _parsed(value)
    if not isinstance(value, list):
        return None
    if kind == "Integer":
        return value if all(type(each) is int for each in value) else None
    wanted = str if kind == "String" else dict
    return value if all(isinstance(each, wanted) for each in value) else None


def _parsed(value: Any) -> Any:
    """Read what a form carries as JSON in a string; what came as JSON is read already."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
