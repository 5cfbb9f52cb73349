"""False-alarm rates beside what chance allows, gathered in one table at the end of the session."""

import pytest
from scipy import stats

_KEY = "mlqa-calibration"
_SURELY = 0.999


@pytest.fixture
def calibrated(request):
    """Return a function that holds a count of false alarms against its level, with a binomial band."""

    def hold(name, alarms, runs, level):
        most = int(stats.binom.ppf(_SURELY, runs, level))
        row = f"{name:<52} level {level:<6g} {alarms:>5} of {runs:<6} = {alarms / runs:.5f}  at most {most / runs:.5f}"
        request.node.user_properties.append((_KEY, row))
        assert alarms <= most, row

    return hold


@pytest.fixture
def noted(request):
    """Return a function that adds a line to the table at the end of the session, and asserts nothing."""
    return lambda row: request.node.user_properties.append((_KEY, row))


def pytest_terminal_summary(terminalreporter):
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    rows = [row for report in reports for key, row in getattr(report, "user_properties", ()) if key == _KEY]
    if rows:
        terminalreporter.section("calibration")
        for row in dict.fromkeys(rows):
            terminalreporter.write_line(str(row))
