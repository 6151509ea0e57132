"""The servers and fixtures other tests stand on do what they say."""

from __future__ import annotations

import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from support.index import FILES, ServeIndex
from support.isolation import OutsideTrafficError
from support.lowest import lowest
from support.messages import Reply, Request, redirect, refused, text
from support.programs import HOST, ServerProgram, _ports
from support.server import RecordingServer, Serve
from support.wheels import backend_wheel, build_sdist, build_wheel

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from support.names import Names
    from support.tls import Authority

ME = ("me", "secret")


@pytest.mark.parametrize(
    "name",
    ["NETRC", "UV_INDEX", "PIP_INDEX_URL", "https_proxy", "SSL_CERT_FILE", "HF_TOKEN", "GITHUB_ACTIONS", "NO_COLOR"],
)
def test_variables_of_the_machine_are_gone(name: str) -> None:
    assert name not in os.environ


def test_home_and_working_folder_are_the_tests_own_and_empty(home: Path, workdir: Path) -> None:
    assert Path.home() == home
    assert Path.cwd() == workdir
    assert not [*home.iterdir(), *workdir.iterdir()]


@given(st.text())
def test_hypothesis_goes_with_the_autouse_fixtures(value: str) -> None:
    assert value == str(value)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_connecting_outside_is_refused_and_remembered(address: str, outside: list[str]) -> None:
    if ":" in address and not _has_ipv6():
        pytest.skip("this machine has no IPv6")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(OutsideTrafficError, match=address):
        sock.connect((address, 80))
    assert outside == [address]
    outside.clear()


def test_looking_up_an_outside_name_is_refused(outside: list[str]) -> None:
    with pytest.raises(OutsideTrafficError, match=r"pkgs\.invalid"):
        socket.getaddrinfo("pkgs.invalid", 443)
    outside.clear()


def test_a_server_records_what_was_sent(serve: Serve, session: requests.Session) -> None:
    server = serve()
    answer = session.post(server.at("/a/b?c=d"), data=b"body", auth=ME)
    [request] = server.requests
    assert (answer.status_code, answer.text) == (200, "ok")
    assert (request.method, request.path, request.query, request.body) == ("POST", "/a/b", "c=d", b"body")
    assert request.authorization == ("basic", "me", "secret")
    assert str(request).endswith("-> 200")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("Bearer token", ("bearer", "token"), id="bearer"),
        pytest.param("Basic ****", ("malformed", "Basic ****"), id="not base64"),
        pytest.param("Digest a=b", ("digest", "a=b"), id="another scheme"),
    ],
)
def test_other_credentials_are_decoded_too(
    serve: Serve, session: requests.Session, header: str, expected: tuple[str, str]
) -> None:
    server = serve()
    session.get(server.url, headers={"Authorization": header})
    session.get(server.url)
    assert server.authorizations == [expected, None]


def test_connections_are_kept_alive_and_counted(serve: Serve, session: requests.Session) -> None:
    server = serve()
    for _ in range(3):
        session.post(server.url, data=iter([b"in ", b"chunks"]))
    assert server.connections == len({request.client_port for request in server.requests}) == 1
    assert [request.body for request in server.requests] == [b"in chunks"] * 3


def test_respond_and_counting(serve: Serve, session: requests.Session) -> None:
    server = serve(lambda request: refused() if request.user is None else text())
    assert session.get(server.url).headers["WWW-Authenticate"] == 'Basic realm="index"'
    session.get(server.url, auth=ME)
    assert server.statuses == [401, 200]
    assert (server.count(status=401), server.count(user="me", path="/"), server.count()) == (1, 1, 2)
    server.clear()
    assert server.count() == 0


def test_redirects_and_empty_answers(serve: Serve, session: requests.Session) -> None:
    server = serve(lambda request: redirect("/there") if request.path == "/" else Reply(204))
    assert session.get(server.url).status_code == 204
    assert [request.path for request in server.requests] == ["/", "/there"]


def test_a_body_in_pieces_may_be_held_back_by_the_test(serve: Serve, session: requests.Session) -> None:
    released = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"first "
        assert released.wait(60)
        yield b"second"

    server = serve(lambda _: Reply(body=pieces()))
    with session.get(server.url, stream=True) as answer:
        released.set()
        assert answer.content == b"first second"


def test_a_server_may_close_or_hang_up(serve: Serve, session: requests.Session) -> None:
    server = serve(lambda _: Reply(close=True))
    session.get(server.url)
    session.get(server.url)
    assert server.connections == 2
    server.respond = lambda _: Reply(hang_up=True)
    with pytest.raises(requests.ConnectionError):
        session.get(server.url)


def test_a_server_that_is_not_there_refuses_and_keeps_its_port(serve: Serve, session: requests.Session) -> None:
    absent = serve(listening=False)
    with pytest.raises(requests.ConnectionError, match=r"[Rr]efused"):
        session.get(absent.url, timeout=60)
    with socket.socket() as somebody, pytest.raises(OSError, match=r"in use|WinError 10048"):
        somebody.bind((absent.host, absent.port))


def test_a_mistake_in_respond_fails_the_test_that_made_it() -> None:
    def broken(_: Request) -> Reply:
        raise KeyError("mistake")

    server = RecordingServer(broken).start()
    assert requests.get(server.url, timeout=60).status_code == 500
    with pytest.raises(KeyError, match="mistake"):
        server.close()


def test_answers_wait_for_what_the_test_puts_before_them(serve: Serve) -> None:
    server = serve()
    barrier = threading.Barrier(64)
    server.before_reply = lambda _: barrier.wait(60)
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: requests.get(server.url, timeout=60).status_code, range(64)))
    assert answers == [200] * 64


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_tls_by_each_name_of_loopback(
    serve: Serve, session: requests.Session, tls: ssl.SSLContext, ca_bundle: str, host: str
) -> None:
    if host == "::1" and not _has_ipv6():
        pytest.skip("this machine has no IPv6 loopback")
    server = serve(tls=tls, host=host)
    assert server.url.startswith("https://")
    assert session.get(server.url, verify=ca_bundle).ok
    with pytest.raises(requests.exceptions.SSLError):  # a new session: old releases would reuse the connection
        requests.get(server.url)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_any_name_leads_to_a_server(
    serve: Serve, session: requests.Session, names: Names, authority: Authority, ca_bundle: str
) -> None:
    secure, plain = serve(tls=authority.context("good.example")), serve()
    names.point("good.example", secure, port=443)
    names.point("good.example", plain, port=80)
    names.point("other.example")
    session.get("https://good.example/", verify=ca_bundle)
    session.get("http://good.example/")
    session.get(plain.at(host="other.example"))
    assert (secure.count(), [request.headers["Host"] for request in plain.requests]) == (
        1,
        ["good.example", f"other.example:{plain.port}"],
    )


@pytest.mark.parametrize("refusal", [401, 403, 404])
def test_an_index_refuses_as_told(serve_index: ServeIndex, session: requests.Session, refusal: int) -> None:
    index = serve_index(users={"me": "secret"}, refusal=refusal)
    assert session.get(index.page_url()).status_code == refusal
    assert session.get(index.file_url()).status_code == refusal
    assert session.get(index.page_url(), auth=ME).ok
    assert session.get(index.file_url(), auth=ME).content == build_wheel("thing").content


def test_a_password_may_change_while_the_index_serves(serve_index: ServeIndex, session: requests.Session) -> None:
    index = serve_index(users={"me": "secret"}, wrong=403)
    index.root.users["me"] = "new"
    assert session.get(index.page_url(), auth=ME).status_code == 403
    assert session.get(index.page_url(), auth=("me", "new")).ok


def test_bearer_tokens_and_open_files(serve_index: ServeIndex, session: requests.Session) -> None:
    index = serve_index(tokens={"token"})
    assert session.get(index.page_url(), headers={"Authorization": "Bearer token"}).ok
    index.root.protect.remove(FILES)
    assert session.get(index.file_url()).ok
    assert session.get(index.page_url()).status_code == 401


def test_an_index_without_users_is_open(serve_index: ServeIndex, session: requests.Session) -> None:
    index = serve_index(["thing", "other"])
    assert session.get(index.index_url()).text.count("<a href") == 2
    assert session.get(index.page_url("none")).status_code == 404
    assert session.get(index.at("/elsewhere")).status_code == 404


def test_two_indexes_share_a_realm_and_a_folder_of_files(serve_index: ServeIndex, session: requests.Session) -> None:
    index = serve_index(["a-thing", "shared"], {"ann": "a"}, root="/team-a/simple", files="/files")
    index.add_root("/team-b/simple", ["b-thing", "shared"], {"bob": "b"}, files="/files")
    ann, bob = ("ann", "a"), ("bob", "b")
    assert session.get(index.index_url("/team-a/simple"), auth=ann).ok
    assert session.get(index.index_url("/team-b/simple"), auth=ann).status_code == 401
    assert session.get(index.file_url("a-thing", "/team-a/simple"), auth=bob).status_code == 401
    shared = index.file_url("shared", "/team-b/simple")
    assert [session.get(shared, auth=one).status_code for one in (ann, bob)] == [200, 200]
    assert index.count(user="ann", path="/files/shared-1.0-py3-none-any.whl") == 1


@pytest.mark.parametrize(
    ("headers", "status", "start", "end"),
    [
        pytest.param({"Range": "bytes=2-5"}, 206, 2, 6, id="a part"),
        pytest.param({"Range": "bytes=10-"}, 206, 10, None, id="the rest"),
        pytest.param({"Range": "bytes=-7"}, 206, -7, None, id="the end"),
        pytest.param({"Range": "bytes=10-", "If-Range": '"other"'}, 200, 0, None, id="another version"),
        pytest.param({"Range": "bytes=99999999-"}, 416, 0, 0, id="beyond"),
        pytest.param({"If-None-Match": f'"{build_wheel("thing").sha256}"'}, 304, 0, 0, id="not modified"),
    ],
)
def test_files_are_served_in_parts_and_to_caches(
    serve_index: ServeIndex,
    session: requests.Session,
    headers: dict[str, str],
    status: int,
    start: int,
    end: int | None,
) -> None:
    answer = session.get(serve_index().file_url(), headers=headers)
    assert (answer.status_code, answer.content) == (status, build_wheel("thing").content[start:end])


def test_source_distributions_name_their_backend(serve_index: ServeIndex, session: requests.Session) -> None:
    source = build_sdist("source")
    index = serve_index([source, backend_wheel()])
    assert session.get(index.file_url("source")).content == source.content


def test_a_program_that_ends_before_it_listens_is_started_again_at_another_port(tmp_path: Path) -> None:
    tried: list[int] = []
    serving = [sys.executable, "-m", "http.server", "--bind", HOST]

    def command(port: int) -> list[object]:
        tried.append(port)
        return [sys.executable, "-c", "pass"] if len(tried) == 1 else [*serving, port]

    with ServerProgram(command, tmp_path) as server:
        assert len(set(tried)) == 2
        assert server.port == tried[1]
        socket.create_connection((HOST, server.port)).close()


def test_a_program_that_always_ends_is_an_error_that_has_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('out of order')"]
    with pytest.raises(AssertionError, match="out of order"), ServerProgram(lambda _port: command, tmp_path):
        pass


def test_every_worker_has_ports_of_its_own_that_the_system_gives_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[int] = set()
    for number in range(4):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", f"gw{number}")
        ports = set(islice(_ports(), 10_000))
        assert len(ports) > 90
        assert not ports & seen
        seen |= ports
    with socket.socket() as somebody:
        somebody.bind((HOST, 0))
        assert somebody.getsockname()[1] not in seen


def test_the_lowest_dependencies_are_the_lower_bounds() -> None:
    setup_cfg = '[options]\ninstall_requires =\n    one>=1.26.0,<3\n    two>=1.1; python_version < "3.11"\n'
    assert lowest(setup_cfg) == ["one==1.26.0", 'two==1.1; python_version < "3.11"']
