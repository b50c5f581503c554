"""Lists of jobs: the filter language, and pages."""
