"""What is kept on disk, and the only code that changes it."""
