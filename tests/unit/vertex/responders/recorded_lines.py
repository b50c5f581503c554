"""
Output lines of earlier jobs.
"""

from typing import Any

from tests.unit.vertex.responders.asking import Json, saying

# As the service wrote it (LiteLLM's documentation, 2025-09).
REAL: Json = {
    "status": "",
    "processed_time": "2025-09-19T21:29:47.352+00:00",
    "request": {
        "contents": [{"parts": [{"text": "Hello world!"}], "role": "user"}],
        "generationConfig": {"max_output_tokens": 10},
    },
    "response": {
        "candidates": [
            {
                "avgLogprobs": -0.48,
                "content": {"parts": [{"text": "Hello there!"}], "role": "model"},
                "finishReason": "MAX_TOKENS",
            }
        ],
        "createTime": "2025-09-19T21:29:47.484619Z",
        "modelVersion": "gemini-2.5-flash-lite",
        "responseId": "S8vN",
        "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 19},
    },
}


def line(text: str, said: str, **beside: Any) -> Json:
    response = {"candidates": [{"content": {"parts": [{"text": said}]}}]}
    return beside | {"status": "", "request": saying(text), "response": response}
