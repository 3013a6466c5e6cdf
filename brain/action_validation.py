"""Rasa checks every reply of the action server against a JSON Schema it checks and compiles anew each time: 22 ms.

The schema never changes. Compiled once, and checked by jsonschema_rs, it costs next to nothing
(docs/decisions/0008-costs-removed.md). Rasa has no setting for it, so its method is replaced here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Text

import jsonschema_rs
from jsonschema import Draft202012Validator, validators
from rasa.core.actions.action import RemoteAction


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@lru_cache(maxsize=1)
def _quick() -> Any:
    return jsonschema_rs.validator_for(RemoteAction.action_response_format_spec())


def _validate_action_result(self: RemoteAction, result: Dict[Text, Any]) -> bool:
    """As Rasa's method: True, or jsonschema's ValidationError."""
    if not _quick().is_valid(result):
        _validator().validate(result)  # the error Rasa expects
    return True


def install() -> None:
    """Put the compiled check in the place of Rasa's."""
    RemoteAction._validate_action_result = _validate_action_result
