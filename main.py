"""What Cloud Functions loads: one archive, an entry point for each function."""

import os

from functions.poll_jobs import poll_jobs
from functions.submit_job import submit_job
from shared import wiring

__all__ = ["poll_jobs", "submit_job"]

# Set wherever a function is served: one with settings that make no sense must
# not start, so that a deploy of it fails and the version before goes on.
if "FUNCTION_TARGET" in os.environ:
    wiring.check_settings()
