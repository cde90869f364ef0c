"""Which web addresses are fetched, and how much of them."""

import asyncio
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from nst import InputError
from web.server.http import fetch


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111"])
def test_public_addresses(address):
    assert fetch.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "100.127.255.255", "192.88.99.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1"),
        *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "2002:808:808::", "2001:0:808:808::", "2001:db8::1", "nonsense", ""),
    ],
)
def test_private_addresses_and_those_with_others_inside(address):
    assert not fetch.is_public(address)


class Web(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", self.path[3:])
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        for _ in range(40 if self.path == "/trickle" else 0):
            self.wfile.write(b"x")
            self.server.over.wait(0.05)
        self.wfile.write(b"x" * (2_000_000 if self.path == "/large" else 9))

    def log_message(self, *_):
        pass


@pytest.fixture
def web(monkeypatch):
    """A server on this machine that counts as public under the name site.example, on port 80."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.daemon_threads = True
    server.asked, server.over = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    names = {"site.example": ["127.0.0.1"], "two.example": ["127.0.0.1", "10.0.0.1"]}
    real = socket.getaddrinfo

    def resolve(host, *arguments, **options):
        if host in names:
            return [(socket.AF_INET, 1, 6, "", (address, 0)) for address in names[host]]
        return real(host, *arguments, **options)

    class Transport(fetch.AsyncSecureTransport):
        async def handle_async_request(self, request):
            request.url = request.url.copy_with(port=server.server_port)
            return await super().handle_async_request(request)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(fetch, "AsyncSecureTransport", Transport)
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def got(url, folder):
    return asyncio.run(fetch.fetch(url, folder))


def test_a_picture_is_fetched_into_a_folder_that_nobody_can_guess(web, tmp_path):
    first, second = (got("http://site.example/picture", tmp_path) for _ in range(2))
    assert first.read_bytes() == b"x" * 9
    assert first != second and len(first.parent.name) == 64
    assert got("http://site.example/to/picture", tmp_path).read_bytes() == b"x" * 9


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://site.example/none", "status 404"),
        ("http://site.example/to/to/to/to/picture", "more than 3 others"),
        ("http://site.example/to//two.example/x", "not a public one"),
        ("http://site.example:8080/x", "without a port"),
        ("http://two.example/x", "not a public one"),
        ("http://unheard-of.invalid/x", "no answer"),
        ("ftp://site.example/x", "must begin with http"),
        ("http://", "must begin with http"),
        ("http://[", "no answer"),
    ],
)
def test_addresses_that_cannot_be_used_are_one_sentence(web, tmp_path, url, said):
    with pytest.raises(InputError, match=said) as caught:
        got(url, tmp_path)
    assert str(caught.value).startswith("The picture's web address") and not list(
        tmp_path.iterdir()
    )


def test_an_answer_that_trickles_is_given_up(web, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "MOST_SECONDS", 0.3)
    with pytest.raises(InputError, match=r"took longer than 0\.3 seconds"):
        got("http://site.example/trickle", tmp_path)


def test_a_large_answer_is_given_up(web, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "MOST_MEGABYTES", 1)
    with pytest.raises(InputError, match="1 MB at most"):
        got("http://site.example/large", tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_connection_goes_to_the_address_that_was_checked():
    """A name that is resolved again could be another address by then."""
    transport = fetch.AsyncSecureTransport("192.0.2.7")
    seen = []

    async def caught(self, request):
        seen.append((request.url.host, request.headers["Host"], request.extensions))
        return httpx.Response(200)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", caught)
        asyncio.run(transport.handle_async_request(httpx.Request("GET", "https://site.example/x")))
    assert seen == [("192.0.2.7", "site.example", {"sni_hostname": "site.example"})]
