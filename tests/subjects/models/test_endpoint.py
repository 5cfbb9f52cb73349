from __future__ import annotations

import json
import pickle
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.loading import load_model
from mlqa.subjects.models.endpoint import endpoint
from mlqa.subjects.predictor import model_name, predict

FRAME = pd.DataFrame({"age": [20.0, None, 40.0], "plan": ["basic", None, "plus"]})


class Server(ThreadingHTTPServer):
    """A server on loopback that answers as it is told and keeps what was posted."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.posted, self.answer, self.status, self.headers_seen, self.wait = [], None, 200, [], 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/predict"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append(body)
        self.server.headers_seen.append(dict(self.headers))
        time.sleep(self.server.wait)
        answer = self.server.answer(body)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Keep the test's output quiet."""


@pytest.fixture
def server():
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def one_each(body):
    rows = body if isinstance(body, list) else body.get("instances") or body["dataframe_split"]["data"]
    return [len(row) for row in rows]


def test_records_go_out_and_predictions_come_back(server):
    server.answer = one_each
    assert predict(endpoint(server.url), FRAME).tolist() == [2, 2, 2]
    assert server.posted == [
        [{"age": 20.0, "plan": "basic"}, {"age": None, "plan": None}, {"age": 40.0, "plan": "plus"}]
    ]


@pytest.mark.parametrize("table", [pl.from_pandas(FRAME), pl.from_pandas(FRAME).to_arrow()])
def test_every_kind_of_table_is_posted_alike(server, table):
    server.answer = one_each
    predict(endpoint(server.url), FRAME)
    predict(endpoint(server.url), table)
    assert server.posted[0] == server.posted[1]


def test_the_form_of_mlflow_and_bare_instances(server):
    server.answer = lambda body: {"predictions": one_each(body)}
    assert predict(endpoint(server.url, form="split"), FRAME).tolist() == [2, 2, 2]
    assert predict(endpoint(server.url, form="instances"), np.eye(2)).tolist() == [2, 2]
    split = {"columns": ["age", "plan"], "data": [[20.0, "basic"], [None, None], [40.0, "plus"]]}
    assert server.posted == [{"dataframe_split": split}, {"instances": [[1.0, 0.0], [0.0, 1.0]]}]


def test_rows_of_probabilities_and_labels_are_read(server):
    server.answer = lambda body: {"probabilities": [[0.25, 0.75]] * len(body)}
    assert predict(endpoint(server.url), FRAME).shape == (3, 2)
    server.answer = lambda body: ["yes"] * len(body)
    assert predict(endpoint(server.url), FRAME).tolist() == ["yes"] * 3


def test_times_and_odd_values_have_a_text(server):
    server.answer = one_each
    table = pd.DataFrame({"when": pd.to_datetime(["2024-01-02 03:04:05", None]), "n": [np.inf, 1]})
    predict(endpoint(server.url), table)
    assert server.posted == [[{"when": "2024-01-02T03:04:05", "n": None}, {"when": None, "n": 1.0}]]


def test_many_rows_go_in_batches_each_once(server):
    server.answer = one_each
    assert predict(endpoint(server.url, batch=4), np.zeros((10, 1))).shape == (10,)
    assert [len(body) for body in server.posted] == [4, 4, 2]


def test_headers_are_sent_and_never_shown(server):
    server.answer = one_each
    model = endpoint(server.url, headers={"Authorization": "Bearer s3cret"})
    predict(model, FRAME)
    assert server.headers_seen[0]["Authorization"] == "Bearer s3cret"
    server.status = 401
    with pytest.raises(SubjectError) as caught:
        predict(model, FRAME)
    assert "s3cret" not in str(caught.value) + repr(model) + model_name(model)


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (b"no such route", 404, "answered 404 to 3 rows: 'no such route'"),
        (b"<html>hello</html>", 200, "answered no JSON: '<html>hello</html>'"),
        ([1, 2], 200, "answered 2 predictions for 3 rows"),
        ({"detail": "late"}, 200, 'answered {"detail": "late"} for 3 rows'),
        (3, 200, "answered 3 for 3 rows"),
    ],
)
def test_an_answer_that_is_none_is_named_and_not_asked_again(server, answer, status, said):
    server.answer, server.status = (lambda _: answer), status
    with pytest.raises(SubjectError) as caught:
        predict(endpoint(server.url), FRAME)
    assert str(caught.value).startswith(f"model={server.url}: it {said}")
    assert "\nHint: " in str(caught.value)
    assert len(server.posted) == 1


def test_a_server_that_takes_too_long_or_is_not_there_is_named(server):
    server.answer, server.wait = one_each, 1.0
    with pytest.raises(SubjectError, match=r"did not answer 3 rows within 0\.05 s"):
        predict(endpoint(server.url, timeout=0.05), FRAME)
    with pytest.raises(SubjectError, match="cannot be reached"):
        predict(endpoint("http://127.0.0.1:9/predict"), FRAME)


def test_an_endpoint_survives_a_pickle_and_is_loaded_from_settings(server):
    server.answer = one_each
    for model in (pickle.loads(pickle.dumps(endpoint(server.url))), load_model(server.url)):
        assert predict(model, FRAME).tolist() == [2, 2, 2]


def test_a_password_in_the_address_stays_out_of_its_name():
    assert repr(endpoint("https://me:pw@example.org:8443/v1/predict?key=1")) == (
        "<Endpoint https://example.org:8443/v1/predict>"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "ftp://x/y"}, "an http:// or https:// address"),
        ({"url": 3}, "an http:// or https:// address"),
        ({"form": "csv"}, "one of 'records', 'split', 'instances'"),
        ({"timeout": 0}, "seconds above 0"),
        ({"timeout": "1"}, "seconds above 0"),
        ({"batch": 0}, "a whole number of at least 1"),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused(options, said):
    with pytest.raises(UsageError, match=said):
        endpoint(**{"url": "http://127.0.0.1/", **options})
