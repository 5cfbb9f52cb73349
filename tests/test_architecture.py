"""The rooms of the house: who may import whom, how long a file may be, how light an import is.

Reads the text of the code; imports none of it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import mlqa

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    0: ("errors", "wording", "verdict", "alpha", "files", "plain", "settings"),
    1: ("report",),
    2: ("stats", "subjects"),
    3: ("checks", "baselines", "records", "gate", "ipynb", "strategies"),
    4: ("plugin", "inline", "pipeline"),
    5: ("lifecycle", "bridges"),
    6: ("cli", "testing"),
    7: ("__main__",),
}
LEVEL = {room: level for level, rooms in ROOMS.items() for room in rooms}
LONGEST_FILE = 300
HEAVY = {
    *("numpy", "pandas", "polars", "scipy", "narwhals", "sklearn", "pyarrow"),
    *("nbformat", "nbclient", "jupyter_client", "IPython", "papermill", "rich", "click", "hypothesis"),
}
PYTHON = sorted((ROOT / "mlqa").rglob("*.py"))
SCRIPT = [path for kind in ("*.ts", "*.tsx") for path in (ROOT / "jupyter_ext" / "src").rglob(kind)]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in PYTHON}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def nodes(node: ast.AST, inside: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Every import that runs, and whether it is inside a function; types' imports are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from ((found, inside) for part in child.orelse for found, _ in nodes(ast.Module([part], [])))
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child, inside
        else:
            yield from nodes(child, inside or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))


def homes() -> dict[str, str]:
    """Where the public names of `mlqa` live, read from the text."""
    for node in ast.parse(MODULES["mlqa"].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOME":
            return ast.literal_eval(node.value)
    raise LookupError("_HOME")


HOMES = homes()


def public(names: list[str]) -> list[str]:
    """The modules behind public names; ``__version__`` stands in `mlqa` itself, which loads nothing."""
    return [HOMES.get(name, "mlqa") for name in names if name != "__version__"]


def imports(module: str) -> Iterator[tuple[str, bool]]:
    """Names of our modules that a module imports when it runs."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, inside in nodes(tree):
        if isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (above, node.module) if part)
            parts = {alias.name: f"{base}.{alias.name}" for alias in node.names}
            found = [parts[name] if parts[name] in MODULES else base for name in parts]
            if base == "mlqa":
                found = [name for name in found if name != "mlqa"]
                found += public([name for name in parts if parts[name] not in MODULES])
        else:
            found = [alias.name for alias in node.names if alias.name != "mlqa"]
            if len(found) < len(node.names):
                found += public(used_of_mlqa(tree))
        yield from ((name, inside) for name in found if name.split(".")[0] == "mlqa")


def used_of_mlqa(tree: ast.Module) -> list[str]:
    """Every NAME in an ``mlqa.NAME`` of the code."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return [node.attr for node in found if node.value.id == "mlqa"]


def edges() -> list[tuple[str, str, bool]]:
    return [(module, target, inside) for module in MODULES for target, inside in imports(module)]


def test_every_room_has_a_level():
    assert {room_of(module) for module in MODULES} - {""} <= set(LEVEL)


def test_imports_point_downward_only():
    wrong = []
    for module, target, _ in edges():
        here, there = room_of(module), room_of(target)
        if not here or here == there:
            continue
        if not there or (LEVEL[there] >= LEVEL[here] and LEVEL[here] > 0):
            wrong.append(f"{module} (level {LEVEL[here]}) imports {target} (level {LEVEL.get(there, 'public')})")
        elif LEVEL[here] == 0 and LEVEL[there] > 0:
            wrong.append(f"{module} (level 0) imports {target} (level {LEVEL[there]})")
    assert not wrong, "\n".join(wrong)


def test_the_package_itself_loads_its_names_lazily():
    assert not list(imports("mlqa"))


def test_there_is_no_cycle():
    graph: dict[str, set[str]] = {}
    for module, target, _ in edges():
        # `from mlqa.room import x` inside the room's own __init__ is how it gathers its names
        graph.setdefault(module, set()).update({target} - {module})
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_function_imports_our_own_modules():
    hidden = [f"{module} imports {target}" for module, target, inside in edges() if inside and module != "mlqa"]
    assert not hidden, "\n".join(hidden)


def test_level_0_imports_the_standard_library_only():
    foreign = []
    for module, path in MODULES.items():
        if LEVEL.get(room_of(module)) != 0:
            continue
        for node, _ in nodes(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            tops = {name.split(".")[0] for name in names} - {"mlqa"}
            foreign += [f"{module} imports {top}" for top in tops if top not in sys.stdlib_module_names]
    assert not foreign, "\n".join(foreign)


def test_no_file_is_longer_than_300_lines():
    files = [*PYTHON, *SCRIPT]
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in files
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not long, "\n".join(long)


def test_no_file_is_named_after_nothing():
    forbidden = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert not [str(path.relative_to(ROOT)) for path in [*PYTHON, *SCRIPT] if path.stem.lower() in forbidden]


def test_every_module_says_in_a_docstring_what_it_is():
    silent = [module for module, path in MODULES.items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent, "\n".join(silent)


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter loads for a statement."""
    arguments = [sys.executable, "-X", "importtime", "-c", statement]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().split(".")[0] for line in lines}


def loaded_by_site() -> set[str]:
    """What the interpreter loads before the statement: a .pth file of the environment may load anything."""
    return loaded_by("pass")


def test_importing_mlqa_loads_nothing_heavy():
    assert not (loaded_by("import mlqa") - loaded_by_site()) & (HEAVY | {"pytest"})


def test_importing_the_plugin_loads_nothing_heavy_but_pytest():
    if "mlqa.plugin" not in MODULES:
        pytest.skip("mlqa.plugin is not there yet")
    assert not (loaded_by("import mlqa, mlqa.plugin") - loaded_by("import pytest")) & HEAVY


def test_public_names_are_sorted_and_resolve():
    assert mlqa.__all__ == sorted(set(mlqa.__all__))
    missing = []
    for name in mlqa.__all__:
        try:
            getattr(mlqa, name)
        except (ImportError, AttributeError) as error:
            missing.append(f"{name}: {error}")
    assert not missing, "\n".join(missing)
