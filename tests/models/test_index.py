"""An index: what it covers, what it shows, what travels with it."""

from __future__ import annotations

import copy
import pickle

import pytest

from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.models.url import Realm

URL = "https://pkgs.example.com/team/simple/"


def test_what_it_has() -> None:
    """The URL as configured, less userinfo; the root; the name; the policy; where it was read."""
    index = Index(URL, "team", "always", origin="uv.toml")
    assert (index.url, index.root, index.root_path) == (URL, "https://pkgs.example.com/team", "/team")
    assert (index.name, index.authenticate, index.origin, index.label) == ("team", "always", "uv.toml", "team")
    assert index.realm == Realm("https", "pkgs.example.com", 443)
    assert index.credentials is None


def test_defaults() -> None:
    """Without a name it is called by its URL; the policy is auto."""
    index = Index(URL)
    assert (index.name, index.authenticate, index.origin, index.label) == (None, "auto", None, URL)


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        pytest.param("https://pkgs.example.com/team/simple/thing/", True, id="a page"),
        pytest.param("https://pkgs.example.com/team/files/thing.whl", True, id="a file beside the pages"),
        pytest.param("https://pkgs.example.com/team", True, id="the root"),
        pytest.param("https://PKGS.example.com:443/team/x?q=1#f", True, id="another spelling"),
        pytest.param("https://me:pw@pkgs.example.com/team/x", True, id="userinfo does not matter"),
        pytest.param("https://pkgs.example.com/x/../team/x", True, id="dot segments"),
        pytest.param("https://pkgs.example.com/team/../x", False, id="dot segments that lead out"),
        pytest.param("https://pkgs.example.com/team/%2e%2e/x", False, id="encoded ones"),
        pytest.param("https://pkgs.example.com/teams/x", False, id="a longer segment"),
        pytest.param("https://pkgs.example.com/TEAM/x", False, id="another case"),
        pytest.param("http://pkgs.example.com/team/x", False, id="another scheme"),
        pytest.param("https://pkgs.example.com:444/team/x", False, id="another port"),
        pytest.param("https://example.com/team/x", False, id="another host"),
        pytest.param("https://pkgs.example.com:@evil.example/team/x", False, id="CVE-2024-47081"),
        pytest.param("https://pkgs.example.com\\@evil.example/team/x", False, id="a backslash"),
        pytest.param("file:///team/x", False, id="no http"),
        pytest.param("rubbish", False, id="no URL"),
    ],
)
def test_covers(url: str, covered: bool) -> None:  # noqa: FBT001
    """Every URL of its realm under its root, and nothing else."""
    assert Index(URL).covers(url) is covered


def test_an_index_at_the_root_covers_its_realm() -> None:
    """The root of a whole host is the host."""
    index = Index("https://pkgs.example.com/simple/")
    assert (index.root, index.root_path) == ("https://pkgs.example.com", "")
    assert index.covers("https://pkgs.example.com/anything")


@pytest.mark.parametrize(
    ("userinfo", "credentials"),
    [
        ("me:pw@", Credentials.basic("me", "pw")),
        ("me@", Credentials.basic("me", None)),
        (":pw@", Credentials.basic(None, "pw")),
        (":@", None),
        ("", None),
    ],
)
def test_userinfo_is_its_own_credential(userinfo: str, credentials: Credentials | None) -> None:
    """It is kept apart from the URL."""
    index = Index(URL.replace("://", f"://{userinfo}"))
    assert (index.url, index.credentials) == (URL, credentials)


def test_userinfo_is_shown_nowhere() -> None:
    """Neither in repr and label, nor in a pickle; a copy in this process is the index itself."""
    index = Index("https://tok3n:s3cret@pkgs.example.com/team/simple/", origin="uv.toml")
    for shown in (repr(index), str(index), index.label, index.root, repr(pickle.dumps(index))):
        assert "s3cret" not in shown
        assert "tok3n" not in shown
    travelled = pickle.loads(pickle.dumps(index))  # noqa: S301
    assert (travelled.url, travelled.credentials) == (URL, None)
    assert copy.copy(index) is index
    assert copy.deepcopy(index) is index


def test_it_is_frozen() -> None:
    """It is a key of what a session remembers."""
    index = Index(URL)
    with pytest.raises(AttributeError, match="an Index is immutable: cannot set 'url'"):
        index.url = "https://evil.example/"
    with pytest.raises(AttributeError, match="immutable"):
        del index.name


def test_equality() -> None:
    """Two are one when URL, name, policy and userinfo are."""
    same = Index(URL, "team")
    assert same == Index(URL, "team", origin="elsewhere")
    assert hash(same) == hash(Index(URL, "team"))
    others = [Index(URL), Index(URL, "team", "always"), Index("https://h/", "team"), Index("https://me:pw@h/", "team")]
    assert len({same, *others}) == 5
    assert Index("https://me:pw@h/") != Index("https://me:pq@h/")
    assert same != URL
    assert (same == object()) is False


@pytest.mark.parametrize("policy", ["Always", "", "sometimes", True])
def test_an_unknown_policy(policy: str) -> None:
    """There are three."""
    with pytest.raises(ValueError, match="authenticate must be one of auto, always, never"):
        Index(URL, authenticate=policy)  # type: ignore[arg-type]


def test_a_bad_url() -> None:
    """What is no http(s) URL is no index, and the message has no userinfo."""
    with pytest.raises(ValueError, match="not an http") as caught:
        Index("ftp://me:s3cret@h/")
    assert "s3cret" not in str(caught.value)
    (frame,) = [entry.frame for entry in caught.traceback if entry.frame.code.name == "__init__"]
    assert repr(frame.f_locals["self"]) == "Index('****', name=None, authenticate='auto')"
    assert "s3cret" not in repr(frame.f_locals)
