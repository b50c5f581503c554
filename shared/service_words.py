"""
What Vertex AI says of a job that failed, as far as it may go into a message.

Its importer quotes what it read: a field's name, or a value. A subscriber may see every
drop's message and nothing of its content, so only texts are passed on that are known to
hold none (vertex facts, A1 and C3).
"""

import re

from shared.jobs import JobError

_AT_THE_JOB = "the rest may quote the file, and is at the job alone"
_NOT_KNOWN = "Vertex AI gives a reason that may quote the file: it is at the job alone"
_KNOWN = re.compile(
    "|".join(
        (
            r"CANCELL?ED",
            r"INTERNAL",
            r"System error\.(?: Please try this operation again\.)?"
            r"(?: If the error persists, (?:please )?contact [A-Za-z ]*[Ss]upport\.)?",
            r"Failed to (?:im|ex)port data\."
            r"(?: Error encountered during execution\.)?"
            r"(?: Retrying may solve the problem\.)?"
            r"(?: Please check 'Prepare input' section of the batch predictions"
            r" documentation\.)?",
            r"Schema nested too deeply, at least \d+ compared to the maximum allowed"
            r" level of \d+",
            r"Failed to get GCS bucket location for [a-z0-9._-]+\. Please check that"
            r" the bucket exists and permissions are set correctly\.",
            r"Service account [a-z0-9@.-]+ doesn't have sufficient permission"
            r' "[A-Za-z.]+" to (?:read|write)\b',
        )
    )
)


def publishable(error: JobError) -> JobError:
    """The error without what may be content: the code, and the text as far as known."""
    known = _KNOWN.match(error.message)
    if known and known[0] == error.message.strip():
        return error
    said = f"{known[0]} ({_AT_THE_JOB})" if known else _NOT_KNOWN
    return JobError(code=error.code, message=said)
