"""The test of 01_prepare.ipynb, word for word, as CI runs it: pytest --mlqa notebooks/test_churn.py."""

import mlqa


def test_new_customers_look_like_the_reference(reference, current):
    assert mlqa.schema_holds(reference, current)
    assert mlqa.missing_rate_holds(reference, current)
    assert mlqa.drift_free(reference, current)
