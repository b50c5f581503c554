"""
Function calls, when a request forces one.
"""

from localcloud.vertex.answers.choices import Choices
from localcloud.vertex.answers.config import kept_maker
from localcloud.vertex.answers.fields import Json, field, json_object, objects


def function_call(request: Json, choices: Choices) -> Json | None:
    """
    A call of one of the declared functions, with arguments that fit it.

    None unless the tool configuration says ANY: a model that may choose is
    simulated as one that answers in words.
    """
    if field(request, "tools") is None:
        return None
    config = json_object(json_object(request, "toolConfig"), "functionCallingConfig")
    if str(config.get("mode")).upper() != "ANY":
        return None
    allowed = field(config, "allowedFunctionNames")
    declared = [
        function
        for tool in objects(request, "tools")
        for function in objects(tool, "functionDeclarations")
        if not allowed or function.get("name") in allowed
    ]
    if not declared:
        return None
    chosen = choices.one_of(declared)
    schema = field(chosen, "parameters") or field(chosen, "parametersJsonSchema")
    arguments = kept_maker(schema)(choices, 0) if isinstance(schema, dict) else {}
    return {"args": arguments, "name": chosen["name"]}
