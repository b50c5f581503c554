"""
Vertex AI: a simulator of Gemini batch prediction.

`vertex.py` is the door in. `api/` speaks REST and gRPC, `jobs/` holds the jobs
and moves them through their states, `rows/` is the worker process that reads
input, answers rows and writes output, and `answers/` makes the answers.
"""
