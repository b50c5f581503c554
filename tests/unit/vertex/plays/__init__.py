"""What plays each of Vertex AI's catalogued faults: a function of its name."""
