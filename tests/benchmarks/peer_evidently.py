"""Runs in Evidently's own environment: a line of JSON names two tables, a line of JSON answers what failed.

Alarms are the tests of the presets of drift and of summary that fail (tests on).
"""

import json
import os
import sys
import warnings


def alarms(task):
    import pandas
    from evidently import Report
    from evidently.presets import DataDriftPreset, DataSummaryPreset

    before, after = (pandas.read_parquet(task[side]) for side in ("reference", "current"))
    report = Report([DataDriftPreset(), DataSummaryPreset()], include_tests=True)
    tests = report.run(after, before).dict()["tests"]
    found = []
    for test in tests:
        if getattr(test["status"], "value", test["status"]) in ("FAIL", "ERROR"):
            params = dict((test.get("metric_config") or {}).get("params") or {})
            column = params.pop("column", None)
            found.append([json.dumps(params, sort_keys=True, default=str), [] if column is None else [column]])
    return found


def main():
    warnings.filterwarnings("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else prints must not be taken for an answer
    for line in sys.stdin:
        try:
            answer = {"alarms": alarms(json.loads(line))}
        except Exception as error:
            answer = {"crash": f"{type(error).__name__}: {error}"[:300]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
