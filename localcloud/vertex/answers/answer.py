"""
The simulated model: a response to each request, made from the request alone.

It fits what was asked for: JSON valid for a response schema, a value of an enum,
a function call, or else plain text that says that it is simulated.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from localcloud.vertex.answers.choices import Choices
from localcloud.vertex.answers.config import Config, read_config
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.answers.function_calls import function_call
from localcloud.vertex.answers.prompt import Media, Prompt, read_prompt
from localcloud.vertex.answers.tokens import Modality, chars_for, text_tokens

_VERSIONED = re.compile(r".*/models/")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    One request, and what it takes to answer it.
    """

    request: Json
    model: str
    media: Media
    create_time: str
    role_required: bool = True
    key: Any = None
    """
    The row's `key`, as it stands beside the request.
    """


Responder = Callable[[Asked], Json]
"""
What answers rows: takes a request, gives back a GenerateContentResponse in JSON, or
raises a RowError. It runs in the worker process.
"""


def answer(asked: Asked) -> Json:
    """
    The response to a request: but for its time, always the same one.
    """
    config = read_config(asked.request)
    prompt = read_prompt(asked.request, asked.media, role_required=asked.role_required)
    model = short_name(asked.model)
    choices = Choices(
        prompt.last_user_text or prompt.text,
        prompt.text,
        prompt.system,
        model,
        *prompt.media_names,
    )
    call = function_call(asked.request, choices)
    if call is not None:
        return _response(asked, prompt, model, choices, [_called(call, choices)])
    return _response(
        asked,
        prompt,
        model,
        choices,
        [_spoken(config, model, choices) for _ in range(config.candidates)],
    )


def short_name(model: str) -> str:
    """
    A model's name without the path before it.
    """
    return _VERSIONED.sub("", model)


def _spoken(config: Config, model: str, choices: Choices) -> tuple[Json, int]:
    """
    A candidate with text, and its tokens.
    """
    text = _text(config, model, choices)
    reason = "STOP"
    limit = config.max_output_tokens
    if limit is not None and text_tokens(text) > limit:
        text = text[: chars_for(limit)]
        reason = "MAX_TOKENS"
    candidate = _candidate([{"text": text}], reason, choices)
    return candidate, text_tokens(text)


def _text(config: Config, model: str, choices: Choices) -> str:
    if config.make is None:
        said = choices.words(20 + choices.below(20))
        return f"[simulated {model}] {said}"
    value = config.make(choices, 0)
    if config.enum_as_text:
        return value if isinstance(value, str) else _json(value)
    return _json(value)


def _json(value: Any) -> str:
    return _encode(value).decode()


def _called(call: Json, choices: Choices) -> tuple[Json, int]:
    tokens = text_tokens(_json(call))
    return _candidate([{"functionCall": call}], "STOP", choices), tokens


def _candidate(parts: list[Json], reason: str, choices: Choices) -> Json:
    return {
        "avgLogprobs": -(1 + choices.below(9_000)) / 10_000,
        "content": {"parts": parts, "role": "model"},
        "finishReason": reason,
    }


def _response(
    asked: Asked,
    prompt: Prompt,
    model: str,
    choices: Choices,
    spoken: list[tuple[Json, int]],
) -> Json:
    candidates = [candidate for candidate, _ in spoken]
    if len(candidates) > 1:
        for index, candidate in enumerate(candidates):
            candidate["index"] = index
    said = sum(tokens for _, tokens in spoken)
    total, details = _heard(prompt)
    return {
        "candidates": candidates,
        "createTime": asked.create_time,
        "modelVersion": model,
        "responseId": urlsafe_b64encode(choices.digest).decode().rstrip("="),
        "usageMetadata": {
            "promptTokenCount": total,
            "promptTokensDetails": details,
            "candidatesTokenCount": said,
            "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": said}],
            "totalTokenCount": total + said,
            "trafficType": "ON_DEMAND",
        },
    }


def _heard(prompt: Prompt) -> tuple[int, list[Json]]:
    """
    The prompt's tokens, and how many there are of each modality.
    """
    text = text_tokens(prompt.text) + text_tokens(prompt.system)
    if not prompt.media_tokens:
        # So it is with most prompts, of which there are many.
        return text, [{"modality": "TEXT", "tokenCount": text}]
    heard = dict(prompt.media_tokens)
    heard[Modality.TEXT] = heard.get(Modality.TEXT, 0) + text
    details = [
        {"modality": modality, "tokenCount": count}
        for modality, count in sorted(heard.items())
    ]
    return sum(heard.values()), details
