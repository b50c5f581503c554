"""What whoever runs a local cloud sets: faults, disturbances, knobs."""
