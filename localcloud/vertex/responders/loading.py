"""
From a specification to what answers rows, in the process that asks it.
"""

import os
from collections.abc import Mapping

from localcloud.vertex.answers.answer import Responder, answer
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.responders.spec import ResponderError, Spec


def load(spec: Spec, environ: Mapping[str, str] = os.environ) -> Responder | Concurrent:
    """
    Make the responder; a ResponderError says what keeps it from answering.
    """
    match spec.kind:
        case "simulated":
            return answer
        case "recorded":
            from localcloud.vertex.responders.recorded import Recorded
            from localcloud.vertex.responders.recording import Recording

            assert spec.file is not None
            otherwise = answer if spec.simulate_others else None
            return Recorded(Recording(spec.file), otherwise)
        case "python":
            from localcloud.vertex.responders.function import (
                FunctionResponder,
                load_function,
            )

            return FunctionResponder(load_function(spec), spec.at_once)
        case "openai":
            from localcloud.vertex.responders.openai.responder import ChatResponder

            return ChatResponder(spec, key=_key(spec, environ))


def _key(spec: Spec, environ: Mapping[str, str]) -> str | None:
    if not spec.key_variable:
        return None
    key = environ.get(spec.key_variable)
    if not key:
        raise ResponderError(
            f"key={spec.key_variable}: that variable is not set. Export it, or leave "
            "the option out if the server wants no key"
        )
    return key
