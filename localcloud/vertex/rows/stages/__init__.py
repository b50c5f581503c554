"""What is done with the rows of a job: import, run, export."""
