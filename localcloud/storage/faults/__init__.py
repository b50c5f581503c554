"""Cloud Storage's faults: its own rules, errors and ways to break off."""
