"""What outlives the process, as SQLite rows."""
