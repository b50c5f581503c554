"""The rules of a job's life, without a clock or a disk."""
