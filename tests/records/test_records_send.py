"""Records sent to an endpoint as well: a real server on loopback, one that refuses, one that never answers."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mlqa.records import run_event, send
from mlqa.records.send import sending

EVENTS = [run_event("COMPLETE", run_id=str(uuid.uuid4()), job="churn", facet={"kind": "step"}) for _ in range(3)]


@pytest.fixture
def server():
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.path, self.headers.get("Authorization"), body))
            self.send_response(self.server.code)
            self.end_headers()

        def log_message(self, *_):
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    httpd.code = 201
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield httpd, f"http://127.0.0.1:{httpd.server_port}", got
    httpd.shutdown()
    httpd.server_close()


def send_all(address, **options):
    told = []
    with sending(address, say=told.append, **options) as put:
        for event in EVENTS:
            put(event)
    return told


def test_every_record_arrives_in_order_with_its_key(server):
    _, address, got = server
    assert send_all(address, key="k") == []
    assert got == [("/api/v1/lineage", "Bearer k", event) for event in EVENTS]


def test_an_address_with_a_path_is_taken_as_it_is(server):
    _, address, got = server
    send_all(f"{address}/mine")
    assert {path for path, _, _ in got} == {"/mine"}


def test_a_server_that_refuses_is_told_of_once(server):
    httpd, address, _ = server
    httpd.code = 500
    (line,) = send_all(address)
    assert line.startswith(f"openlineage: 3 records did not reach {address} (")


def test_without_a_server_the_run_goes_on_and_says_so():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    (line,) = send_all(address)
    assert "3 records did not reach" in line
    assert "all of them are on the disk" in line


def test_a_server_that_never_answers_holds_the_run_up_for_the_patience_only(monkeypatch):
    monkeypatch.setattr(send, "_PATIENCE", 0.2)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        told = send_all(f"http://127.0.0.1:{deaf.getsockname()[1]}")
    assert len(told) == 1  # and not after the 15 seconds that three records would take


def test_without_an_address_there_is_nothing_to_send():
    with sending(None) as put:
        assert put is None
