"""
Where what is known of batch prediction is from, by section of the facts that the
simulator is held to.
"""

import re

_SECTIONS = re.compile(r"^(?:(?:0\.\d+|[A-Z]\d)(?:, |; ))+")
_DOCS = "docs.cloud.google.com/gemini-enterprise-agent-platform"

_PROTOS = "google/cloud/aiplatform/v1"
_CAPTURED = "that others have captured"

EVIDENCE = {
    "0.2": f"{_PROTOS}/job_service.proto",
    "0.5": "google-genai 2.34, run",
    "A1": f"{_DOCS}: batch prediction from Cloud Storage; import errors {_CAPTURED}",
    "A3": f"{_DOCS}: batch inference, limits",
    "B1": f"{_PROTOS}/io.proto; outputs {_CAPTURED}",
    "B2": f"output lines {_CAPTURED}",
    "B3": "an output that others have captured",
    "B4": f"{_DOCS}: batch prediction from Cloud Storage; failed rows {_CAPTURED}",
    "C1": f"{_PROTOS}/job_state.proto; states {_CAPTURED}",
    "C2": f"{_PROTOS}/batch_prediction_job.proto; jobs {_CAPTURED}",
    "C3": f"errors of jobs {_CAPTURED}",
    "C4": f"{_PROTOS}/job_service.proto; errors {_CAPTURED}",
    "C5": f"{_PROTOS}/job_service.proto; quotas that users report",
    "D1": "Google's client libraries, run",
    "D2": f"{_PROTOS}/batch_prediction_job.proto",
    "D3": f"errors of creates {_CAPTURED}",
}
"""
Section -> what is said there is from this. What has no section here has no evidence.
"""


def without_sections(source: str) -> str:
    """
    A source, without the sections that it begins with.
    """
    return _SECTIONS.sub("", source)
