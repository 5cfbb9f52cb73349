"""notebooks/CATALOGUE.md says what there is: every check named exists, every check is listed, no peer's is left out."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import mlqa
from mlqa.checks.catalogue import QUESTIONS
from mlqa.checks.model_catalogue import QUESTIONS as OF_MODELS
from mlqa.verdict import Verdict

ROOT = Path(mlqa.__file__).parent / "checks"
TEXT = (Path(__file__).parents[1] / "notebooks" / "CATALOGUE.md").read_text(encoding="utf-8")
NONE = "none yet"
DEEPCHECKS = [
    "ClassImbalance",
    "ColumnsInfo",
    "ConflictingLabels",
    "DataDuplicates",
    "FeatureFeatureCorrelation",
    "FeatureLabelCorrelation",
    "IdentifierLabelCorrelation",
    "IsSingleValue",
    "MixedDataTypes",
    "MixedNulls",
    "OutlierSampleDetection",
    "PercentOfNulls",
    "SpecialCharacters",
    "StringLengthOutOfBounds",
    "StringMismatch",
    "DatasetsSizeComparison",
    "DateTrainTestLeakageDuplicates",
    "DateTrainTestLeakageOverlap",
    "FeatureDrift",
    "FeatureLabelCorrelationChange",
    "IndexTrainTestLeakage",
    "LabelDrift",
    "MultivariateDrift",
    "NewCategoryTrainTest",
    "NewLabelTrainTest",
    "StringMismatchComparison",
    "TrainTestSamplesMix",
    "BoostingOverfit",
    "CalibrationScore",
    "ConfusionMatrixReport",
    "ModelInferenceTime",
    "ModelInfo",
    "MultiModelPerformanceReport",
    "PredictionDrift",
    "RegressionErrorDistribution",
    "RegressionSystematicError",
    "RocReport",
    "SegmentPerformance",
    "SimpleModelComparison",
    "SingleDatasetPerformance",
    "TrainTestPerformance",
    "UnusedFeatures",
    "WeakSegmentsPerformance",
]
EVIDENTLY = [
    "DataDriftPreset",
    "DataSummaryPreset",
    "DatasetStats",
    "ValueStats",
    "ClassificationPreset",
    "ClassificationQuality",
    "ClassificationQualityByLabel",
    "ClassificationDummyQuality",
    "RegressionPreset",
    "RegressionQuality",
    "RegressionDummyQuality",
    "RecsysPreset",
    "TextEvals",
]


def checks():
    """Every check there is: the function of a file's name, if its id ``family.claim`` is in the family's code."""
    found = {}
    for folder in sorted(path for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"):
        code = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
        for name in sorted(path.stem for path in folder.glob("*.py")):
            if f'"{folder.name}.{name}"' in code:
                found[name] = getattr(import_module(f"mlqa.checks.{folder.name}.{name}"), name)
    return found


CHECKS = checks()


def table(heading):
    """The rows of the table under a heading, cells without their spaces."""
    section = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    (body,) = [part for part in section if part.startswith(heading)]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def kind(check):
    """A check that takes a level is statistical."""
    return "statistical" if "alpha" in inspect.signature(check).parameters else "contract"


def inputs(check):
    """What must be given, and the reference in brackets where it may be left out."""
    given = inspect.signature(check).parameters.values()
    needed = [one.name for one in given if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    return ", ".join([*needed, *["[reference]" for one in given if one.name == "reference" and one.name not in needed]])


def asked(name):
    """When `mlqa.check` asks it by itself, and `mlqa.model_check`."""
    return "; ".join([*of_tables(name), *of_models(name)]) or "no"


def of_tables(name):
    if name not in QUESTIONS:
        return []
    question = QUESTIONS[name]
    needs = [*(["reference"] if question.reference else []), *question.needs]
    when = f"with {' + '.join(needs)}" if needs else "yes"
    return [f"{when}, without reference" if question.reference is False else when]


def of_models(name):
    """Of several questions put to one check, the one that needs least counts."""
    needs = [question.needs for key, question in OF_MODELS.items() if key.partition("[")[0].endswith(f".{name}")]
    return (
        [f"of a model with {' + '.join(min(needs, key=len))}" if min(needs, key=len) else "of a model"] if needs else []
    )


def row(name):
    """What the row of a check must begin with."""
    check = CHECKS[name]
    return [f"`{name}`", check.__module__.split(".")[-2], kind(check), inputs(check), asked(name)]


@pytest.mark.parametrize(("heading", "names"), [("deepchecks", DEEPCHECKS), ("Evidently", EVIDENTLY)])
def test_every_check_of_a_peer_has_a_row_that_names_ours_or_none(heading, names):
    rows = table(heading)
    assert [theirs for theirs, *_ in rows] == names
    for theirs, ours, difference in rows:
        named = re.findall(r"`(\w+)`", ours)
        assert named or ours == NONE, theirs
        assert set(named) <= set(CHECKS), theirs
        assert difference, theirs


def test_their_counts_are_right():
    assert (len(DEEPCHECKS), len(EVIDENTLY)) == (43, 13)
    without = {heading: sum(ours == NONE for _, ours, _ in table(heading)) for heading in ("deepchecks", "Evidently")}
    assert f"{without['deepchecks']} of deepchecks' 43 and {without['Evidently']} of Evidently's 13" in TEXT


def test_every_check_of_ours_is_listed_with_its_kind_and_inputs():
    listed = {cells[0].strip("`"): cells for cells in table("All checks")}
    wanted = {name: row(name) for name in CHECKS}
    assert sorted(listed) == sorted(wanted)
    wrong = ["| " + " | ".join(cells) + " |" for name, cells in wanted.items() if listed[name][:5] != cells]
    assert not wrong, "\n".join(wrong)
    assert all(cells[5] for cells in listed.values())


def test_what_is_listed_are_checks():
    for name, check in CHECKS.items():
        assert inspect.signature(check, eval_str=True).return_annotation is Verdict, name
        assert inspect.getdoc(check), name


def test_every_name_in_backticks_is_ours():
    named = set(re.findall(r"`(?:mlqa\.)?([a-z]\w+)`", TEXT)) - {"mlqa"}
    known = set(CHECKS) | set(mlqa.__all__) | {"at_most", "groups", "alpha", "reference", "margin", "columns"}
    assert named <= known
