"""
Set up the providers that Terraform needs for the tests, once:
`python -m tests.terraform.installing`.

They come from wherever this machine's Terraform takes providers, and lie under
`.build/terraform`, so that tests run without a network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build" / "terraform"
DATA = FOLDER / ".terraform"
LOCK = FOLDER / ".terraform.lock.hcl"
_VERSIONS = ROOT / "terraform" / "versions.tf"
_STAMP = FOLDER / "installed-from"
_SECONDS = 900


def is_installed() -> bool:
    """
    Say whether what is set up is what the configuration asks for, from where this
    machine takes it now.
    """
    return LOCK.exists() and _STAMP.exists() and _STAMP.read_text() == _digest()


def environment() -> dict[str, str]:
    """
    What Terraform runs with: no variable, credential or log setting of a user's, and
    nobody is asked for a newer version. A command lives for seconds: what its garbage
    collector frees meanwhile is not worth a fifth of its time.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_", "GOOGLE_", "CLOUDSDK_"))
    }
    for name in ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"):
        if name in os.environ:
            kept[name] = os.environ[name]
    own = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "GOGC": "400"}
    return {**kept, **own}


def install(terraform: str) -> None:
    """
    Make it anew.

    Raises CalledProcessError, with the output, and TimeoutExpired.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    # It alone says which providers there are.
    shutil.copy(_VERSIONS, FOLDER)
    subprocess.run(
        [terraform, "init", "-backend=false", "-input=false", "-no-color"],
        cwd=FOLDER,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=_SECONDS,
    )
    _STAMP.write_text(_digest())


def _digest() -> str:
    made = hashlib.sha256(_VERSIONS.read_bytes())
    configuration = os.environ.get("TF_CLI_CONFIG_FILE")
    if configuration and Path(configuration).is_file():
        made.update(Path(configuration).read_bytes())
    return made.hexdigest()


def main() -> int:
    """
    Set the providers up, or say what is missing.
    """
    terraform = shutil.which("terraform")
    if terraform is None:
        print("no providers for Terraform: no terraform here")  # noqa: T201  # a command prints
        return 0
    if is_installed():
        return 0
    print("setting up Terraform's providers ...", flush=True)  # noqa: T201
    began = time.monotonic()
    try:
        install(terraform)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"{error.output or ''}\n{error}")  # noqa: T201
        return 1
    print(f"  {FOLDER}, {time.monotonic() - began:.0f} s")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
