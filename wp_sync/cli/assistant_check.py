"""What doctor asks of the language model: is it there, and does it take the key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wp_sync.errors import NetworkError, StatusError, WebError

if TYPE_CHECKING:
    from wp_sync.curate.assistant import Endpoint

    from .checkup import Patient

ASSISTANT = "assistant"
_QUESTION = [{"role": "user", "content": 'Answer with the JSON object {"tags": []}.'}]
_SCHEMA = {
    "type": "object",
    "properties": {"tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["tags"],
    "additionalProperties": False,
}
_CURES = {
    401: "put its key into [assistant] key_file, or into WP_SYNC_ASSISTANT_KEY",
    403: "the key is known there, and may not use this model",
    404: "correct [assistant] url, which ends before /chat/completions, or [assistant] model",
    429: "wait, or raise the limit there; runs go on without it",
}


def check_assistant(patient: Patient) -> str:
    """Ask one short question; it counts there, and not in our budget. Raises WebError."""
    from wp_sync.curate.assistant import Endpoint
    from wp_sync.pipeline.second_opinion import find_key

    section = patient.config.assistant
    if section is None:
        return "none"
    key = find_key(patient.config, section, os.environ)
    with Endpoint(section, key) as endpoint:
        try:
            found = _ask(endpoint)
        except (NetworkError, StatusError) as error:
            cure = _CURES.get(error.status, "runs go on without it; check [assistant] url")
            raise WebError(error.message, url=endpoint.address, cure=cure) from None
    return f"{section.model} answers{'' if key else ', without a key'}{found}"


def _ask(endpoint: Endpoint) -> str:
    while True:
        try:
            reply = endpoint.ask(endpoint.write(_QUESTION, _SCHEMA))
        except StatusError as error:
            if error.status not in {400, 422} or not endpoint.plainer():
                raise
            continue
        return f", but not usably: {reply.discarded}" if reply.discarded else ""
