"""Runs in deepchecks' own environment: a line of JSON names two tables, a line of JSON answers what failed.

Alarms are the failed conditions of the two default suites of tables, data
integrity and train-test validation, with the columns that their text names.
"""

import json
import os
import re
import sys
import warnings


def alarms(task):
    import pandas
    from deepchecks.tabular import Dataset
    from deepchecks.tabular.suites import data_integrity, train_test_validation

    roles = {"label": task.get("target"), "datetime_name": task.get("time"), "index_name": task.get("id")}
    roles = {key: name for key, name in roles.items() if name}
    frames = [pandas.read_parquet(task[side]) for side in ("reference", "current")]
    before, after = (Dataset(frame, **roles) for frame in frames)
    found = []
    for suite in (data_integrity(), train_test_validation()):
        result = suite.run(train_dataset=before, test_dataset=after, with_display=False)
        for answer in result.results:
            for condition in getattr(answer, "conditions_results", None) or []:
                if condition.category.name == "FAIL":
                    name = f"{answer.get_header()}: {condition.name}"
                    found.append([name, named(condition.details, list(frames[0].columns))])
    return found


def named(text, columns):
    """Return the columns that a text names in quotes, in its order."""
    quoted = re.findall(r"'((?:[^'\\]|\\.)*)'", str(text))
    return list(dict.fromkeys(word for word in quoted if word in columns))


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
