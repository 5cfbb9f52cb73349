from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa import Outcome, not_worse
from mlqa.checks.regression.change import Relative
from mlqa.checks.regression.margin import Margin, margin_of
from mlqa.stats.paired_mean import paired_mean

RNG = np.random.default_rng(0)
N = 2000
Y = RNG.integers(0, 2, N)
OLD = Y + RNG.normal(size=N)
SLIGHT = OLD + 0.05 * RNG.normal(size=N)
NOISE = RNG.normal(size=N)


def shown(metric, score):
    if metric in ("accuracy", "f1_macro"):
        return (score > 0.5).astype(int)
    return 1 / (1 + np.exp(1 - 2 * score)) if metric == "neg_log_loss" else score


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "f1_macro", "neg_log_loss", "mae", "rmse"])
@pytest.mark.parametrize("groups", [None, np.arange(N) // 5])
def test_a_share_of_the_baseline_is_kept_or_lost(metric, groups):
    old, slight, noise = (shown(metric, part) for part in (OLD, SLIGHT, 4 * NOISE))
    kept = not_worse(slight, old, Y, metric=metric, margin="20%", groups=groups)
    lost = not_worse(noise, old, Y, metric=metric, margin="5%", groups=groups)

    assert (kept.outcome, lost.outcome) == (Outcome.PASS, Outcome.FAIL)
    assert "by at most 20 % against the baseline" in kept.claim
    value = abs(not_worse(old, 0.0, Y, metric=metric).evidence.estimate) if metric != "neg_max_error" else None
    if value is not None:
        assert abs(lost.evidence.limit) == pytest.approx(0.05 * value)
    side = (
        lost.evidence.low > lost.evidence.limit
        if metric in ("mae", "rmse")
        else lost.evidence.high < lost.evidence.limit
    )
    assert side


def test_the_interval_is_fiellers():
    new, old = RNG.normal(5, 1, 300), RNG.normal(5.2, 1, 300)
    change = Relative(lambda share: paired_mean(new - share * old), float(old.mean()), 1.0)
    t = stats.t.isf(0.01, 299)
    cov = np.cov(new, old) / 300
    a, b, c = (
        old.mean() ** 2 - t**2 * cov[1, 1],
        new.mean() * old.mean() - t**2 * cov[0, 1],
        new.mean() ** 2 - t**2 * cov[0, 0],
    )
    root = np.sqrt(b**2 - a * c)
    wanted = np.array([(b - root) / a, (b + root) / a]) * old.mean() - old.mean()

    assert change.interval(0.01) == pytest.approx(wanted, rel=1e-5)


def test_a_share_of_what_may_be_nothing_is_undecided():
    verdict = not_worse(
        NOISE, RNG.normal(size=N), 1e-3 * RNG.normal(size=N) + Y * 0.0 + RNG.normal(size=N), metric="r2"
    )
    centred = RNG.normal(size=N)
    nothing = not_worse(
        np.full(N, centred.mean() + 0.01), np.full(N, centred.mean()), centred, metric="r2", margin="5%"
    )

    assert verdict.outcome is not Outcome.FAIL
    assert nothing.outcome is Outcome.UNDECIDED
    assert "may as well be 0: 5 % of it say nothing" in nothing.reason


def test_no_percent_is_no_margin():
    assert margin_of("0%") == margin_of(0) == Margin(0.0)
    assert margin_of(" 2.5 % ") == Margin(0.025, relative=True)
    assert not_worse(NOISE, OLD, Y, metric="mae", margin="0%") == not_worse(NOISE, OLD, Y, metric="mae")


@pytest.mark.parametrize("metric", ["accuracy", "mae", "neg_log_loss"])
def test_a_wider_share_never_turns_pass_into_fail(metric):
    new, old = shown(metric, OLD + 0.6 * NOISE), shown(metric, OLD)
    order = [Outcome.FAIL, Outcome.UNDECIDED, Outcome.PASS]
    places = [
        order.index(not_worse(new, old, Y, metric=metric, margin=f"{share}%").outcome) for share in (1, 3, 9, 30, 90)
    ]

    assert places == sorted(places)
