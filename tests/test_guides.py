"""What the guides to package indexes say of us, on servers that answer as the guides say that the vendor's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

import pytest

from requests_indexauth import mount
from support.blocks import blocks
from support.commands import run_here
from support.messages import Reply, Request, redirect, refused, text

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.names import Names
    from support.server import RecordingServer, Serve
    from support.tls import Authority

Respond = Callable[[Request], Reply]
At = Callable[[str, Respond], "RecordingServer"]


class Guide(NamedTuple):
    """A guide, and how its vendor's server answers.

    Attributes:
        page: the URL of a package's page.
        root: the path that the index lies at.
        accepted: the credential that opens it.
        challenge: what a refusal asks for.
        variables: what the guide sets.

    """

    page: str
    root: str
    accepted: tuple[str, ...]
    challenge: str
    variables: dict[str, str]

    @property
    def host(self) -> str:
        return self.page.split("/")[2]

    def respond(self, request: Request) -> Reply:
        if not request.path.startswith(self.root):
            return text("not here", 404)
        return text("ok") if request.authorization == self.accepted else refused(401, self.challenge)


PAIR = {"UV_INDEX_CORP_USERNAME": "me", "UV_INDEX_CORP_PASSWORD": "secret"}
GUIDES = {
    "cloudsmith": Guide(
        "https://dl.cloudsmith.io/basic/OWNER/REPO/python/simple/thing/",
        "/basic/OWNER/REPO/",
        ("basic", "token", "secret"),
        'Basic realm="Cloudsmith"',
        {"UV_INDEX_CORP_USERNAME": "token", "UV_INDEX_CORP_PASSWORD": "secret"},
    ),
    "gemfury": Guide(
        "https://pypi.fury.io/ACCOUNT/thing/",
        "/ACCOUNT/",
        ("basic", "fury-token", ""),
        'Basic realm="Gemfury"',
        {"UV_INDEX_CORP_USERNAME": "fury-token"},
    ),
    "gitea": Guide(
        "https://git.example.com/api/packages/OWNER/pypi/simple/thing/",
        "/api/packages/OWNER/",
        ("basic", "me", "secret"),
        'Basic realm="Gitea Package API"',
        PAIR,
    ),
    "nexus": Guide(
        "https://nexus.example.com/repository/pypi-all/simple/thing/",
        "/repository/pypi-all/",
        ("basic", "me", "secret"),
        'BASIC realm="Sonatype Nexus Repository Manager"',
        PAIR,
    ),
}
WITH_LOGIN = [name for name in GUIDES if name != "gemfury"]


def configuration(name: str) -> str:
    return next(
        block.text for block in blocks() if block.page == f"docs/indexes/{name}.md" and block.language == "toml"
    )


@pytest.fixture
def at(serve: Serve, names: Names, authority: Authority, monkeypatch: pytest.MonkeyPatch, ca_bundle: str) -> At:
    """Return a function that starts a server at an https host."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_bundle)

    def start(host: str, respond: Respond) -> RecordingServer:
        server = serve(respond, tls=authority.context(host))
        names.point(host, server, port=443)
        return server

    return start


@pytest.mark.parametrize("name", GUIDES)
def test_the_variables_of_a_guide_are_sent_at_once(
    name: str, at: At, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, workdir: Path
) -> None:
    """With the guide's configuration: one request, and its credential is accepted."""
    guide = GUIDES[name]
    server = at(guide.host, guide.respond)
    (workdir / "uv.toml").write_text(configuration(name), encoding="utf-8")
    for variable, value in guide.variables.items():
        monkeypatch.setenv(variable, value)
    ran = run_here(capsys, "explain", guide.page, "--live")
    assert (ran.code, server.authorizations) == (0, [guide.accepted])


@pytest.mark.parametrize("name", WITH_LOGIN)
def test_the_login_of_a_guide_serves_for_pages_and_files(
    name: str, at: At, capsys: pytest.CaptureFixture[str], session: requests.Session, workdir: Path
) -> None:
    """Tried out with `--check`, and the policy decides whether a bare request comes first."""
    guide = GUIDES[name]
    server = at(guide.host, guide.respond)
    (workdir / "uv.toml").write_text(configuration(name), encoding="utf-8")
    user = guide.accepted[1]
    ran = run_here(capsys, "login", "corp", "-u", user, "--password", "secret", "--check")
    assert (ran.code, server.authorizations[0]) == (0, guide.accepted)
    checked = len(server.authorizations)
    mount(session)
    assert session.get(guide.page).status_code == 200
    assert session.get(f"https://{guide.host}{guide.root}files/thing-1.0-py3-none-any.whl").status_code == 200
    bare = [] if 'authenticate = "always"' in configuration(name) else [None]
    assert server.authorizations[checked:] == [*bare, guide.accepted, guide.accepted]


@pytest.mark.parametrize("policy", ["auto", "always"])
def test_a_netrc_entry_is_a_whole_credential_without_a_password(
    policy: str, at: At, home: Path, session: requests.Session, workdir: Path
) -> None:
    """Gemfury: under both policies the token goes out as the user name."""
    guide = GUIDES["gemfury"]
    server = at(guide.host, guide.respond)
    (workdir / "uv.toml").write_text(f'{configuration("gemfury")}authenticate = "{policy}"\n', encoding="utf-8")
    (home / ".netrc").write_text('machine pypi.fury.io login fury-token password ""\n', encoding="utf-8")
    mount(session)
    assert session.get(guide.page).status_code == 200
    assert server.authorizations[-1] == guide.accepted


def test_a_lone_user_name_is_half_a_credential(
    at: At, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, workdir: Path
) -> None:
    """Gemfury: under `always` nothing is sent; no command shows the token, and no login keeps it."""
    guide = GUIDES["gemfury"]
    server = at(guide.host, guide.respond)
    (workdir / "uv.toml").write_text(f'{configuration("gemfury")}authenticate = "always"\n', encoding="utf-8")
    monkeypatch.setenv("UV_INDEX_CORP_USERNAME", "fury-token")
    ran = run_here(capsys, "explain", guide.page, "--live")
    assert (ran.code, server.authorizations) == (1, [])
    assert "fury-token" not in ran.out + ran.err
    assert run_here(capsys, "login", "corp", "-u", "fury-token", "--password", "").code == 2


def test_a_lone_user_name_is_accepted_once_and_remembered(
    at: At, monkeypatch: pytest.MonkeyPatch, session: requests.Session, workdir: Path
) -> None:
    """Gemfury: no page costs a refusal."""
    guide = GUIDES["gemfury"]
    server = at(guide.host, guide.respond)
    (workdir / "uv.toml").write_text(configuration("gemfury"), encoding="utf-8")
    monkeypatch.setenv("UV_INDEX_CORP_USERNAME", "fury-token")
    mount(session)
    for page in ("a", "b", "c"):
        session.get(f"https://pypi.fury.io/ACCOUNT/{page}/")
    assert server.authorizations == [guide.accepted] * 3


def test_the_token_of_hugging_face_stays_with_its_host(
    at: At, monkeypatch: pytest.MonkeyPatch, session: requests.Session
) -> None:
    """A refusal, the token, and a signed URL on another host without it; then the token at once."""
    file = "https://huggingface.co/OWNER/REPO/resolve/main/thing-1.0-py3-none-any.whl"
    signed = "https://cdn.example.com/thing?X-Amz-Signature=abc"
    accepted = ("bearer", "secret")
    hub = at("huggingface.co", lambda request: redirect(signed) if request.authorization == accepted else refused())
    files = at("cdn.example.com", lambda _request: text("a wheel"))
    monkeypatch.setenv("HF_TOKEN", "secret")
    mount(session)
    assert [session.get(file).text for _ in range(2)] == ["a wheel"] * 2
    assert hub.authorizations == [None, accepted, accepted]
    assert files.authorizations == [None, None]


def test_the_token_of_hugging_face_can_be_turned_off(
    at: At, monkeypatch: pytest.MonkeyPatch, session: requests.Session
) -> None:
    hub = at("huggingface.co", lambda _request: refused())
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("UV_NO_HF_TOKEN", "1")
    mount(session)
    session.get("https://huggingface.co/OWNER/REPO/resolve/main/thing-1.0-py3-none-any.whl")
    assert hub.authorizations == [None]
