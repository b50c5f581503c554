"""
Vertex AI: a simulator of Gemini batch prediction.

    vertex.py     the door in: what the local cloud starts, stops and routes to
    names.py      resource names, and the project's number in them
    pace.py       how long things take
    knobs.py      every behaviour that is not certain, as a setting
    overrides.py  knobs given by name: a file's, a command's, one job's
    evidence.py   where what is known of the service is from
    coverage.py   what is simulated, how surely, and what is left out
    api/          REST and gRPC
    jobs/         the jobs, and what moves them through their states
    life/         the rules of a job's life, without a clock or a disk
    lists/        lists of jobs: the filter language, and pages
    rows/         the worker process: reads input, answers rows, writes output
    responders/   what answers rows: the simulation, a recording, a server, a function
    answers/      the simulation's own answers
    faults/       calls and jobs that go wrong as told
"""
