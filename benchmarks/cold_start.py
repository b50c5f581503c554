"""
What importing a function costs, beside the ways not taken: whole processes.

    python -m benchmarks.cold_start
"""

import json
import statistics
import subprocess
import sys

_ROUNDS = 5
_MEASURE = """
import json, resource, sys, time
began = time.perf_counter()
{imports}
took = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([took, len(sys.modules), peak / 1024]))
"""
_BASE = "import functions_framework\nfrom google.cloud.storage import Client"
_OURS = "import main\nimport shared.adapters.storage_objects\nimport shared.adapters."
WAYS = {
    "functions-framework + storage": _BASE,
    "submit_job": f"{_BASE}\n{_OURS}vertex_batches",
    "poll_jobs": f"{_BASE}\n{_OURS}vertex_batches\n"
    "import shared.adapters.pubsub_announcements",
    "with the whole aiplatform_v1": f"{_BASE}\n"
    "from google.cloud.aiplatform_v1 import JobServiceClient",
    "with google.cloud.aiplatform": f"{_BASE}\nimport google.cloud.aiplatform",
}


def main() -> None:
    """Print the medians, and the ratios to the framework and storage alone."""
    found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for _ in range(_ROUNDS):
        for way, imports in WAYS.items():
            done = subprocess.run(
                [sys.executable, "-c", _MEASURE.format(imports=imports)],
                capture_output=True,
                check=True,
            )
            found[way].append(json.loads(done.stdout.splitlines()[-1]))
    yardstick = statistics.median(took for took, _, _ in found[next(iter(WAYS))])
    for way, figures in found.items():
        took = statistics.median(figure[0] for figure in figures)
        print(
            f"{way:<30} {took * 1000:>6.0f} ms  {took / yardstick:>4.2f} x  "
            f"{figures[0][1]:>5} modules  "
            f"{statistics.median(figure[2] for figure in figures):>4.0f} MiB"
        )


if __name__ == "__main__":
    main()
