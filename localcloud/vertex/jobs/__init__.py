"""The control plane: what a job is, and how it moves through its states."""
