"""What answers rows: the simulation, a recording, a local server, a function."""
