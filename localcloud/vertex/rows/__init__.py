"""The data plane: a process that imports, answers and exports the rows of jobs."""
