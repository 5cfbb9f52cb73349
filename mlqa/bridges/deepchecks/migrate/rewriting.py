"""One Python text rewritten: what is converted, what stays, and what to tell the user."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlqa.bridges.deepchecks.migrate.edits import Edit, Source
from mlqa.bridges.deepchecks.migrate.reading import Asked, Group, Table, Words, read
from mlqa.bridges.deepchecks.migrate.wording import Run, Written, written

__all__ = ["Notes", "State", "imports_edits", "runs_edits"]

_ASKED = ("passed", "passed_conditions")
_SHOWN = ("show", "show_in_iframe", "show_in_window", "show_not_interactive", "display_check")
_POSITIONS = {Group: ("train_dataset", "test_dataset", "model"), Asked: ("train_dataset", "test_dataset", "model")}
_SAID = {"y_pred_train": "train_prediction", "y_pred_test": "test_prediction"} | {
    "y_proba_train": "train_probability",
    "y_proba_test": "test_probability",
}
_ONE_TABLE = ("dataset", "train_dataset", "train_datasets")
Notes = list[tuple[int, str]]


@dataclass(slots=True)
class State:
    """What is known so far, across the cells of a notebook."""

    imported: dict[str, str] = field(default_factory=dict)
    known: Words = field(default_factory=dict)
    results: dict[str, bool] = field(default_factory=dict)  # names of reports, and of single verdicts
    notes: Notes = field(default_factory=list)
    converted: int = 0


def runs_edits(source: Source, state: State) -> list[Edit]:
    """Follow a text from its top and return the changes of all but its imports."""
    edits: list[Edit] = []
    for statement in _statements(source.tree):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            _remember(statement, state)
            continue
        for value in _expressions(statement):
            edits += _converted(value, source, state)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            edits += _assigned(statement, source, state)
        elif isinstance(statement, ast.Expr):
            edits += _added(statement, source, state)
    return edits


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield every statement, in the order of the text."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt):
            yield child
        yield from _statements(child)


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of a statement itself, not of those inside it."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, (ast.withitem, ast.keyword)):
            yield from _expressions(child)  # type: ignore[arg-type]  # has expressions as a statement has


def _remember(statement: ast.Import | ast.ImportFrom, state: State) -> None:
    """Keep the names that come from deepchecks."""
    if isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] == "deepchecks":
        state.imported |= {alias.asname or alias.name: alias.name for alias in statement.names}
    elif isinstance(statement, ast.Import):
        ours = [alias for alias in statement.names if alias.name.partition(".")[0] == "deepchecks"]
        state.imported |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in ours}


def _assigned(statement: ast.Assign, source: Source, state: State) -> list[Edit]:
    """Note what a name stands for now; a Dataset becomes its frame."""
    target, value = statement.targets[0], statement.value
    if not isinstance(target, ast.Name):
        return []
    state.known.pop(target.id, None)
    state.results.pop(target.id, None)
    run = _run_of(value, state)
    if run is not None:
        state.results[target.id] = run.verdict
        return []
    thing = read(value, state.known, state.imported)
    if isinstance(thing, Table):
        state.known[target.id] = Table(target.id, thing.roles)
        if isinstance(value, ast.Call):
            for one in thing.lost:
                state.notes.append((statement.lineno, f"Dataset's {one} is dropped: prepare the frame instead"))
            state.converted += 1
            return [Edit(*source.span(value), thing.frame)]
    elif thing is not None:
        state.known[target.id] = thing
    return []


def _added(statement: ast.Expr, source: Source, state: State) -> list[Edit]:
    """Take ``check.add_condition_...(...)`` as a statement into the check that a name stands for."""
    root: ast.expr = statement.value
    while isinstance(root, (ast.Call, ast.Attribute)):
        root = root.func if isinstance(root, ast.Call) else root.value
    thing = read(statement.value, state.known, state.imported)
    if isinstance(root, ast.Name) and isinstance(thing, Asked) and root.id in state.known:
        state.known[root.id] = thing
        return [Edit(*source.span(statement), "pass" if statement.col_offset else "")]
    return []


def _converted(node: ast.expr, source: Source, state: State) -> list[Edit]:
    """Return the changes of one expression, outermost first."""
    run = _run_of(node, state)
    if run is not None:
        state.notes.append((node.lineno, run.note))
        state.converted += 1
        return [Edit(*source.span(node), run.text)]
    told = _told(node, source, state)
    if told is not None:
        return [Edit(*source.span(node), told)]
    return [edit for child in _expressions(node) for edit in _converted(child, source, state)]  # type: ignore[arg-type]


def _told(node: ast.expr, source: Source, state: State) -> str | None:
    """Rewrite what is done with a result: ``result.passed()``, ``result.show()``, ``result.save_as_html(path)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    owner, method = node.func.value, node.func.attr
    run = _run_of(owner, state)
    if run is not None:
        text, verdict = run.text, run.verdict
    elif isinstance(owner, ast.Name) and owner.id in state.results:
        text, verdict = owner.id, state.results[owner.id]
    else:
        return None
    found = _instead(text, verdict, method, node, source)
    if found is None:
        state.notes.append((node.lineno, f"left: .{method}() has no counterpart; see .verdicts of the report"))
        return None
    if run is not None:
        state.notes.append((node.lineno, run.note))
        state.converted += 1
    return found


def _instead(text: str, verdict: bool, method: str, node: ast.Call, source: Source) -> str | None:
    if method in _ASKED:
        return f"bool({text})"
    if method in _SHOWN:
        return text
    if method == "to_json":
        return f"{text}.to_json()"
    if method == "save_as_html":
        path = source.of(node.args[0]) if node.args else "'output.html'"
        named = {part.arg: part.value for part in node.keywords}
        path = source.of(named["file"]) if "file" in named else path
        return f"mlqa.Report.of({text}).save({path})" if verdict else f"{text}.save({path})"
    return None


def _run_of(node: ast.expr, state: State) -> Written | None:
    """Return the text for ``thing.run(...)``, or None where it is no run or cannot be followed."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "run":
        return None
    thing = read(node.func.value, state.known, state.imported)
    if not isinstance(thing, (Asked, Group)):
        return None
    parts = dict(zip(_POSITIONS[type(thing)], node.args)) | {part.arg or "**": part.value for part in node.keywords}
    tables: dict[str, Table | None] = {}
    for side, names in (("train", _ONE_TABLE), ("test", ("test_dataset",))):
        given = next((parts.pop(name) for name in names if name in parts), None)
        if given is None or (isinstance(given, ast.Constant) and given.value is None):
            tables[side] = None
            continue
        found = read(given, state.known, state.imported)
        tables[side] = found if isinstance(found, Table) else Table(ast.unparse(given), {})
    model, rest = parts.pop("model", None), {key: ast.unparse(value) for key, value in parts.items()}
    if isinstance(thing, Asked) and isinstance(tables["test"], Table) and _is_model(tables["test"], thing):
        # SingleDatasetCheck.run(dataset, model)
        model, tables["test"] = ast.parse(tables["test"].frame, mode="eval").body, None
    if rest.keys() - _SAID.keys() - {"with_display", "feature_importance", "model_classes"}:
        return None
    said = {_SAID[key]: text for key, text in rest.items() if key in _SAID}
    asked = "" if model is None else ast.unparse(model)
    return written(thing, Run(tables["train"], tables["test"], asked, said or None))


def _is_model(table: Table, asked: Asked) -> bool:
    """Tell whether the second argument of a check of one table was the model."""
    return "model" in table.frame.lower() and not table.roles and bool(asked.check)


def imports_edits(source: Source, left: str, added: bool) -> tuple[list[Edit], bool]:
    """Return the changes of the imports: names no longer used go, ``import mlqa`` comes once.

    Parameters
    ----------
    source : Source
    left : str
        The whole text after all other changes: names in it are used.
    added : bool
        Whether ``import mlqa`` is there already.
    """
    used = Counter(node.id for node in ast.walk(ast.parse(left)) if isinstance(node, ast.Name))
    edits = []
    for node in _statements(source.tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
        if module.partition(".")[0] != "deepchecks":
            continue
        kept = [one for one in node.names if used[one.asname or one.name.partition(".")[0]]]
        if len(kept) == len(node.names):
            continue
        text = ast.unparse(_only(node, kept)) if kept else ""
        if not added:
            text, added = f"import mlqa\n{' ' * node.col_offset}{text}" if text else "import mlqa", True
        start, stop = source.span(node)
        if not text:
            start, stop = source.lines_of(node)
            text = "pass" if node.col_offset else ""
            start, stop = source.span(node) if text else (start, stop)
        edits.append(Edit(start, stop, text))
    return edits, added


def _only(node: ast.Import | ast.ImportFrom, kept: list[ast.alias]) -> ast.stmt:
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(module=node.module, names=kept, level=0)
    return ast.Import(names=kept)
