"""Who may import whom: the middle knows no cloud (house style, 2)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EDGE = sorted((ROOT / "functions").glob("*.py"))
MIDDLE = sorted(p for p in (ROOT / "shared").glob("*.py") if p.name != "wiring.py")
OUTSIDE = sorted((ROOT / "shared" / "adapters").glob("*.py"))
CLOUDS = ("google", "flask", "cloudevents", "functions_framework", "grpc", "requests")


def imports(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever it stands in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_check() -> None:
    assert len(EDGE) >= 3
    assert len(MIDDLE) >= 10
    assert len(OUTSIDE) >= 4


@pytest.mark.parametrize("path", MIDDLE, ids=named)
def test_the_middle_knows_no_cloud(path: Path) -> None:
    for module in imports(path):
        assert module.split(".")[0] not in (*CLOUDS, "functions", "localcloud"), module
        assert not module.startswith(("shared.adapters", "shared.wiring")), module


@pytest.mark.parametrize("path", OUTSIDE, ids=named)
def test_an_adapter_knows_the_ports_and_its_own_service(path: Path) -> None:
    # A service's modules have its name in front; `job_service` is Vertex AI's.
    service = path.stem.partition("_")[0]
    for module in imports(path):
        assert not module.startswith(("functions", "localcloud", "shared.wiring"))
        if module.startswith("shared.adapters."):
            other = module.split(".")[2]
            assert other == "job_service" or other.startswith(f"{service}_"), module


@pytest.mark.parametrize("path", EDGE, ids=named)
def test_the_edge_knows_the_wiring_and_never_an_adapter(path: Path) -> None:
    for module in imports(path):
        assert not module.startswith(("shared.adapters", "functions.", "google."))


def test_only_the_wiring_imports_adapters_and_only_when_asked() -> None:
    tree = ast.parse((ROOT / "shared" / "wiring.py").read_bytes())
    at_import = {
        node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)
    }

    assert not any(m.startswith(("google", "shared.adapters")) for m in at_import)


@pytest.mark.parametrize("path", [*EDGE, *MIDDLE, *OUTSIDE], ids=named)
def test_nothing_is_read_from_the_world_at_import(path: Path) -> None:
    """No environment, no clock, no random number: they are arguments."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("environ", "getenv", "utcnow"), path.name
            dotted = ast.unparse(node)
            assert dotted not in ("datetime.now", "time.time", "time.sleep"), dotted
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names}
            assert not names & {"random", "secrets"}, path.name
