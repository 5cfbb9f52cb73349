"""Settings, tags and comments: what they allow and what they refuse."""

from __future__ import annotations

import pytest

from mlqa.errors import UsageError
from mlqa.ipynb.cells import Cell
from mlqa.ipynb.comparison.outputs_hold import outputs_hold
from mlqa.ipynb.comparison.rules import Rules, is_compared, rules_for, rules_of, words_of_cell


def cell(source="", *tags):
    return Cell(id="a", source=source, index=0, tags=tags)


def said(text):
    return [{"output_type": "stream", "name": "stdout", "text": text}]


def test_a_tag_and_a_comment_say_the_same():
    assert rules_for(cell("", "mlqa-relative=1e-3"), Rules()).relative == 1e-3
    both = rules_for(cell("# mlqa-relative=1e-3, mlqa-absolute=0.5\nx"), Rules())
    assert (both.relative, both.absolute) == (1e-3, 0.5)
    assert outputs_hold(said("x 1.0"), said("x 1.4"), rules=both)
    assert not outputs_hold(said("x 1.0"), said("x 1.4"))


def test_a_word_that_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="did you mean 'relative'"):
        rules_for(cell("", "mlqa-relativ=1"), Rules())
    for value in ("much", "-1", "nan", "1"):
        with pytest.raises(UsageError, match="a number of at least 0 and below 1"):
            rules_for(cell("", f"mlqa-relative={value}"), Rules())
    with pytest.raises(UsageError, match="a known key"):
        rules_of({"tolerance": 1})
    with pytest.raises(UsageError, match="true or false"):
        rules_of({"lax": "yes"})


def test_nbvals_words_are_known_as_tags_and_comments():
    assert words_of_cell(cell("# NBVAL_IGNORE_OUTPUT", "raises-exception")) == {"ignore-output", "raises-exception"}
    assert words_of_cell(cell("#PYTEST_VALIDATE_IGNORE_OUTPUT")) == {"ignore-output"}
    assert words_of_cell(cell("x", "nbval-skip", "other")) == {"skip"}
    assert words_of_cell(cell("# NBVAL_CHECK_OUTPUT", "nbval-ignore-output")) == {"check-output"}
    lax = Rules(lax=True)
    assert [is_compared(cell("", tag), lax) for tag in ("other", "nbval-check-output", "nbval-skip")] == [
        False,
        True,
        False,
    ]
    assert [is_compared(cell("", tag), Rules()) for tag in ("other", "nbval-ignore-output")] == [True, False]


def test_nbvals_sanitize_file_is_read(tmp_path):
    (tmp_path / "clean.cfg").write_text(
        "[regex1]\nregex: token=\\w+\nreplace: token=T\n\n[regex2]\nregex: B\nreplace: C\n"
    )
    rules = rules_of({"sanitize": "clean.cfg"}, tmp_path)
    assert outputs_hold(said("token=abc B"), said("token=xyz C"), rules=rules)
    for text, told in (("regex: (\nreplace: x\n", "cannot be read"), ("nothing of it", "got none")):
        (tmp_path / "clean.cfg").write_text(text)
        with pytest.raises(UsageError, match=told):
            rules_of({"sanitize": "clean.cfg"}, tmp_path)
    with pytest.raises(UsageError, match="a readable file"):
        rules_of({"sanitize": "absent.cfg"}, tmp_path)
