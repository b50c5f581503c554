"""
Set up Google's clients in other languages, once: `python -m tests.clients.installing`.

What is installed and built lies under `.build/clients`, a folder a language, so that
tests run it without a network. A language whose tools this machine lacks is left out;
one that fails is left out too, and makes the exit code 1.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_SOURCES = Path(__file__).resolve().parent
_BUILT = _SOURCES.parents[1] / ".build" / "clients"
_STAMP = "installed-from"
_SECONDS = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """
    What a language's programs are made from, and the commands that make them.
    """

    name: str
    tools: tuple[str, ...]
    copied: tuple[str, ...] = ()
    """
    Files that must lie where the packages are installed.
    """
    command: tuple[str, ...]
    in_build_folder: bool = False

    @property
    def sources(self) -> Path:
        return _SOURCES / self.name

    @property
    def folder(self) -> Path:
        """Where it is set up."""
        return _BUILT / self.name

    def is_installed(self) -> bool:
        """
        Say whether what is set up was made from the sources as they are now.
        """
        stamp = self.folder / _STAMP
        return stamp.exists() and stamp.read_text() == self._digest()

    def install(self) -> None:
        """
        Make it anew.

        Raises CalledProcessError, with the output, and TimeoutExpired.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / _STAMP).unlink(missing_ok=True)
        for name in self.copied:
            shutil.copy(self.sources / name, self.folder)
        subprocess.run(
            [part.replace("BUILT", str(self.folder)) for part in self.command],
            cwd=self.folder if self.in_build_folder else self.sources,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
        (self.folder / _STAMP).write_text(self._digest())

    def _digest(self) -> str:
        made = hashlib.sha256(repr(self.command).encode())
        for path in sorted(self.sources.rglob("*")):
            # Node's programs are read where they lie; only packages are installed.
            if path.is_file() and (not self.copied or path.name in self.copied):
                made.update(path.relative_to(self.sources).as_posix().encode())
                made.update(path.read_bytes())
        return made.hexdigest()


LANGUAGES = {
    language.name: language
    for language in (
        Language(
            name="node",
            tools=("node", "npm"),
            copied=("package.json", "package-lock.json"),
            command=(
                *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
                "--loglevel=error",
            ),
            in_build_folder=True,
        ),
        Language(
            name="go",
            tools=("go",),
            command=("go", "build", "-trimpath", "-o", "BUILT/", "./..."),
        ),
        Language(
            name="java",
            tools=("java", "mvn"),
            # Strict checksums; no phase, so that no other plugin is fetched.
            command=(
                *("mvn", "--batch-mode", "--quiet", "--strict-checksums"),
                *("compiler:compile", "dependency:copy-dependencies"),
            ),
        ),
    )
}


def main() -> int:
    """
    Set up every language whose tools are there; say what is left out.
    """
    failed = 0
    for language in LANGUAGES.values():
        lacking = [tool for tool in language.tools if shutil.which(tool) is None]
        if lacking:
            print(f"no clients in {language.name}: no {', '.join(lacking)} here")  # noqa: T201 # a command prints
        elif not language.is_installed():
            failed += not _install(language)
    return 1 if failed else 0


def _install(language: Language) -> bool:
    print(f"setting up Google's clients in {language.name} ...", flush=True)  # noqa: T201 # a command prints
    began = time.monotonic()
    try:
        language.install()
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"{error.output or ''}\n{error}")  # noqa: T201 # a command prints
        return False
    print(f"  {language.folder}, {time.monotonic() - began:.0f} s")  # noqa: T201 # a command prints
    return True


if __name__ == "__main__":
    sys.exit(main())
