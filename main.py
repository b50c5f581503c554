"""What Cloud Functions loads: one archive, an entry point for each function."""

from functions.poll_jobs import poll_jobs
from functions.submit_job import submit_job

__all__ = ["poll_jobs", "submit_job"]
