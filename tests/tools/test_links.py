"""The weekly check of links, on a server of this machine."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tools import links


class Answers(BaseHTTPRequestHandler):
    """200 for /there, 503 once and then 200 for /busy, 404 for the rest."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self):
        self.asked.append(self.path)
        busy = self.path == "/busy" and self.asked.count("/busy") == 1
        there = self.path in ("/there", "/busy")
        self.send_response(503 if busy else 200 if there else 404)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    Answers.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_link_that_is_gone_is_named_and_a_busy_server_asked_again(server):
    assert links.failure(f"{server}/there") is None
    assert links.failure(f"{server}/busy", pause=0) is None
    assert links.failure(f"{server}/gone") == "404 Not Found"
    assert Answers.asked == ["/there", "/busy", "/busy", "/gone"]


def test_addresses_end_where_the_text_goes_on():
    texts = {
        "a.md": "See <https://a.org/x>, [this](https://b.org/y_(z)) or https://c.org/q.",
        "b.bib": "url = {https://a.org/x}, http://localhost:8000",
    }
    found = links.addresses(texts)
    assert list(found) == ["https://a.org/x", "https://b.org/y_", "https://c.org/q"]
    assert found["https://a.org/x"] == "a.md"


def test_the_book_s_sources_are_among_the_links():
    found = links.addresses(links.texts())
    assert len([a for a in found if a.startswith("https://arxiv.org/")]) >= 10
    assert {"book/references.bib", "book/08_pretraining.md"} <= set(found.values())
