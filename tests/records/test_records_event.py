"""The shape of a record, and what it tells of code and people."""

from __future__ import annotations

import subprocess
import uuid

import pytest

from mlqa.errors import UsageError
from mlqa.records import code_version, digest_of_path, environment, run_event, who

RUN = str(uuid.uuid4())


def test_an_event_has_what_openlineage_asks_for():
    event = run_event("COMPLETE", run_id=RUN, job="churn.train", facet={"why": "x"}, inputs={"a.csv": "ab"})
    assert {"eventType", "eventTime", "run", "job", "producer", "schemaURL", "inputs", "outputs"} == set(event)
    assert event["run"]["runId"] == RUN
    assert event["job"] == {"namespace": "mlqa", "name": "churn.train"}
    facet = event["run"]["facets"]["mlqa"]
    assert facet["why"] == "x"
    assert {"_producer", "_schemaURL", "version"} <= set(facet)
    assert event["inputs"][0]["facets"]["version"]["datasetVersion"] == "sha256:ab"


def test_a_step_names_the_run_it_belongs_to():
    parent = run_event("FAIL", run_id=RUN, job="a.b", facet={}, parent=(RUN, "a"))["run"]["facets"]["parent"]
    assert parent["run"] == {"runId": RUN}
    assert parent["job"] == {"namespace": "mlqa", "name": "a"}


def test_when_the_event_is_unknown_then_refused_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'COMPLETE'"):
        run_event("COMPLETED", run_id=RUN, job="a", facet={})


def test_the_digest_of_a_folder_changes_with_names_and_bytes(tmp_path):
    (tmp_path / "a").write_text("1")
    digests = {digest_of_path(tmp_path)}
    (tmp_path / "a").rename(tmp_path / "b")
    digests.add(digest_of_path(tmp_path))
    (tmp_path / "b").write_text("2")
    digests.add(digest_of_path(tmp_path))
    assert len(digests) == 3
    assert digest_of_path(tmp_path / "b") == "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"


def test_in_ci_the_identity_is_recorded_and_nothing_else(monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    found = who()
    assert found["ci"]["service"] == "github"
    assert found["ci"]["GITHUB_ACTOR"] == "ada"
    assert "secret" not in str(found)


def test_outside_ci_there_is_only_the_user(monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "ada")
    assert who() == {"user": "ada", "ci": None}


def test_without_git_there_is_no_code_version(tmp_path):
    assert code_version(tmp_path) is None


def test_a_changed_file_makes_the_code_dirty(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "one", "--no-verify")
    clean = code_version(tmp_path)
    (tmp_path / "a").write_text("2")
    assert clean["dirty"] is False
    dirty = code_version(tmp_path)
    assert (dirty["commit"], dirty["dirty"], dirty["changed"]) == (clean["commit"], True, ["a"])
    (tmp_path / "a").write_text("3")
    assert code_version(tmp_path)["diff"] != dirty["diff"]


def test_the_environment_is_told_by_version_and_digest():
    found = environment()
    assert found["packages"]["numpy"]
    assert len(found["digest"]) == 64
