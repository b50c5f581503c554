"""
What a Gemini request asks beside the conversation: as parameters of a completion.
"""

from typing import Any

from localcloud.vertex.answers.fields import Json, field, json_object, objects
from localcloud.vertex.responders.openai.json_schema import json_schema

# What has no counterpart is left out: topK, safety settings, thinking budgets, and
# every tool that is no function.
_SAME = {
    "temperature": "temperature",
    "topP": "top_p",
    "maxOutputTokens": "max_tokens",
    "stopSequences": "stop",
    "seed": "seed",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
}


def parameters(request: Json) -> Json:
    """
    The parameters, without those that the request leaves open.
    """
    config = json_object(request, "generationConfig")
    found = {
        theirs: value
        for ours, theirs in _SAME.items()
        if (value := field(config, ours)) not in (None, [])
    }
    for name in ("max_tokens", "seed"):
        if name in found:
            found[name] = int(found[name])
    count = field(config, "candidateCount")
    if count is not None and int(count) > 1:
        found["n"] = int(count)
    answer_format = _response_format(config)
    if answer_format is not None:
        found["response_format"] = answer_format
    return found | _tools(request)


def wants_enum(request: Json) -> bool:
    """
    Whether the answer is one of some words, and no JSON.
    """
    config = json_object(request, "generationConfig")
    return bool(field(config, "responseMimeType") == "text/x.enum")


def _response_format(config: Json) -> Json | None:
    schema = _response_schema(config)
    if schema is not None:
        named = {"name": "response", "schema": schema}
        return {"type": "json_schema", "json_schema": named}
    if field(config, "responseMimeType") == "application/json":
        return {"type": "json_object"}
    return None


def _response_schema(config: Json) -> Json | None:
    schema = field(config, "responseSchema")
    if isinstance(schema, dict):
        return json_schema(schema)
    schema = field(config, "responseJsonSchema")
    return schema if isinstance(schema, dict) else None


def _tools(request: Json) -> Json:
    config = json_object(json_object(request, "toolConfig"), "functionCallingConfig")
    mode = str(config.get("mode") or "AUTO").upper()
    allowed = field(config, "allowedFunctionNames") if mode == "ANY" else None
    tools = [
        {"type": "function", "function": _function(declared)}
        for tool in objects(request, "tools")
        for declared in objects(tool, "functionDeclarations")
        if not allowed or declared.get("name") in allowed
    ]
    if not tools:
        return {}
    choice: Any = {"NONE": "none", "ANY": "required"}.get(mode, "auto")
    if mode == "ANY" and len(tools) == 1:
        name = tools[0]["function"]["name"]  # type: ignore[index]  # a dict, made above
        choice = {"type": "function", "function": {"name": name}}
    return {"tools": tools, "tool_choice": choice}


def _function(declared: Json) -> Json:
    function: Json = {"name": declared["name"]}
    if declared.get("description"):
        function["description"] = declared["description"]
    schema = field(declared, "parameters")
    if isinstance(schema, dict):
        function["parameters"] = json_schema(schema)
    elif isinstance(field(declared, "parametersJsonSchema"), dict):
        function["parameters"] = field(declared, "parametersJsonSchema")
    return function
