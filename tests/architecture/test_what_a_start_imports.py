"""What `dropbatch` and the local cloud don't wait for when they start."""

import subprocess
import sys

import pytest

_IMPORTED = "import sys, {}; print(*sys.modules)"


@pytest.mark.parametrize(
    ("module", "never"),
    [
        # Every command: most of them ask a cloud that runs already.
        ("localcloud.cli.main", ("aiohttp", "grpc", "google.protobuf")),
        # The message types alone, of packages whose services take a second or two.
        (
            "localcloud.cloud",
            (
                "google.pubsub_v1.services",
                "google.cloud.aiplatform_v1.services",
                "google.cloud.aiplatform_v1beta1.services",
                "google.cloud.storage",
            ),
        ),
    ],
)
def test_what_takes_long_and_is_not_needed_is_not_imported(
    module: str, never: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED.format(module)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    imported = done.stdout.split()
    assert module in imported
    for name in never:
        assert not [it for it in imported if f"{it}.".startswith(f"{name}.")]
