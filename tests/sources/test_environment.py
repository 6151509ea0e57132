"""Environment variables as a source: which count, for which URL, and for which user."""

from __future__ import annotations

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.environment import EnvironmentSource, variable_name
from requests_indexauth.store.service import SERVICES
from support.queries import query

HOST = "https://pkgs.example.com"
PAGE = f"{HOST}/team/simple/thing/"
UPLOAD = f"{HOST}/upload/"


def index(name: str | None = "my-index", userinfo: str = "") -> Index:
    """Return an index that covers the page."""
    return Index(f"https://{userinfo}pkgs.example.com/team/simple/", name)


@pytest.fixture
def source() -> EnvironmentSource:
    """Return a source that must not warn."""
    return EnvironmentSource(pytest.fail)


def set_all(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Set variables for this test."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("variables", "pair"),
    [
        pytest.param({"USERNAME": "me", "PASSWORD": "pw"}, ("me", "pw"), id="both"),
        pytest.param({"USERNAME": "me"}, ("me", None), id="user name alone, to be completed by later sources"),
        pytest.param({"PASSWORD": "pw"}, (None, "pw"), id="password alone, sent with an empty user name as by uv"),
        pytest.param({"USERNAME": "me", "PASSWORD": ""}, ("me", None), id="an empty password is unset, as in uv"),
        pytest.param({"USERNAME": "", "PASSWORD": "pw"}, (None, "pw"), id="an empty user name is unset, as in uv"),
        pytest.param({"USERNAME": "", "PASSWORD": ""}, None, id="all empty"),
        pytest.param({}, None, id="nothing set"),
    ],
)
def test_index_variables(
    monkeypatch: pytest.MonkeyPatch,
    source: EnvironmentSource,
    variables: dict[str, str],
    pair: tuple[str | None, str | None] | None,
) -> None:
    """`UV_INDEX_<NAME>_USERNAME` and `_PASSWORD` give what uv makes of them."""
    set_all(monkeypatch, {f"UV_INDEX_MY_INDEX_{name}": value for name, value in variables.items()})
    expected = None if pair is None else Answer(Credentials.basic(*pair))
    assert source.find(query(PAGE, index=index())) == expected


@pytest.mark.parametrize(
    ("variables", "pair"),
    [
        pytest.param({"UV_INDEX_TOKEN_MY_INDEX": "t"}, ("__token__", "t"), id="alone"),
        pytest.param({"UV_INDEX_TOKEN_MY_INDEX": ""}, None, id="empty is unset"),
        pytest.param(
            {"UV_INDEX_TOKEN_MY_INDEX": "t", "UV_INDEX_MY_INDEX_USERNAME": "me", "UV_INDEX_MY_INDEX_PASSWORD": "pw"},
            ("me", "pw"),
            id="uv's own variables first",
        ),
        pytest.param(
            {"UV_INDEX_TOKEN_MY_INDEX": "t", "UV_INDEX_MY_INDEX_USERNAME": "me"},
            ("__token__", "t"),
            id="a lone user name does not hide it",
        ),
    ],
)
def test_index_token(
    monkeypatch: pytest.MonkeyPatch,
    source: EnvironmentSource,
    variables: dict[str, str],
    pair: tuple[str, str] | None,
) -> None:
    """`UV_INDEX_TOKEN_<NAME>` is the password of `__token__`."""
    set_all(monkeypatch, variables)
    expected = None if pair is None else Answer(Credentials.basic(*pair))
    assert source.find(query(PAGE, index=index())) == expected


@pytest.mark.parametrize(
    ("variables", "username", "password"),
    [
        pytest.param({"USERNAME": "me", "PASSWORD": "pw"}, "me", "pw", id="same user"),
        pytest.param({"USERNAME": "me", "PASSWORD": "pw"}, "you", None, id="another user"),
        pytest.param({"PASSWORD": "pw"}, "you", "pw", id="password alone goes with the given user"),
        pytest.param({"USERNAME": "me"}, "me", None, id="nothing new about the given user"),
    ],
)
def test_given_username(
    monkeypatch: pytest.MonkeyPatch,
    source: EnvironmentSource,
    variables: dict[str, str],
    username: str,
    password: str | None,
) -> None:
    """A given user name gets no other user's password."""
    set_all(monkeypatch, {f"UV_INDEX_MY_INDEX_{name}": value for name, value in variables.items()})
    expected = password and Answer(Credentials.basic(username, password))
    assert source.find(query(PAGE, index=index(), username=username)) == expected


def test_given_token_user(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """Where `__token__` is given, the token answers although another user's pair is set too."""
    set_all(monkeypatch, {"UV_INDEX_MY_INDEX_USERNAME": "me", "UV_INDEX_MY_INDEX_PASSWORD": "pw"})
    monkeypatch.setenv("UV_INDEX_TOKEN_MY_INDEX", "t")
    found = source.find(query(PAGE, index=index(), username="__token__"))
    assert found == Answer(Credentials.basic("__token__", "t"))


def test_password_completes_the_index_url(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """A password alone belongs to the user name in the index's URL: neither is of use without the other."""
    monkeypatch.setenv("UV_INDEX_MY_INDEX_PASSWORD", "pw")
    assert source.find(query(PAGE, index=index(userinfo="me@"))) == Answer(Credentials.basic("me", "pw"))


@pytest.mark.parametrize("name", [None, ""])
def test_index_without_name(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource, name: str | None) -> None:
    """An index without a name has no variables, and is told so."""
    set_all(monkeypatch, {"UV_INDEX__USERNAME": "me", "UV_INDEX__PASSWORD": "pw"})
    asked = query(PAGE, index=index(name))
    assert source.skipped(asked) == "no named index covers the URL"
    assert source.find(asked) is None


def test_not_skipped_for_a_named_index(source: EnvironmentSource) -> None:
    """A named index is looked up."""
    assert source.skipped(query(PAGE, index=index())) is None


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("internal", "INTERNAL"),
        ("my-index.2", "MY_INDEX_2"),
        ("my_index", "MY_INDEX"),
        ("a b", "A_B"),
        pytest.param("\u00e4b", "_B", id="not ASCII"),
        pytest.param("\u00df", "_", id="no growing when upper-cased"),
        pytest.param("\u0662", "_", id="no digits of other scripts"),
    ],
)
def test_variable_name(name: str, variable: str) -> None:
    """`<NAME>` is upper case, with an underscore for all but ASCII letters and digits."""
    assert variable_name(name) == variable


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"UV_INDEX_MY_INDEX_USERNAME": "se:cret", "UV_INDEX_MY_INDEX_PASSWORD": "x"}, "UV_INDEX_MY_INDEX_USERNAME"),
        ({"UV_INDEX_MY_INDEX_USERNAME": "me", "UV_INDEX_MY_INDEX_PASSWORD": "sec\nret"}, "UV_INDEX_MY_INDEX_PASSWORD"),
        ({"UV_INDEX_TOKEN_MY_INDEX": "sec\tret"}, "UV_INDEX_TOKEN_MY_INDEX"),
        ({"UV_INDEX_MY_INDEX_PASSWORD": "sec\udcffret"}, "UV_INDEX_MY_INDEX_PASSWORD"),
    ],
    ids=["colon in the user name", "line break", "tab", "not UTF-8"],
)
def test_unsendable(
    monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource, variables: dict[str, str], named: str
) -> None:
    """A value that no header can carry is a failure that names the variable and not the value."""
    set_all(monkeypatch, variables)
    with pytest.raises(SourceError, match="environment: .*" + named) as caught:
        source.find(query(PAGE, index=index()))
    assert "sec" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("variables", "pair"),
    [
        pytest.param({"TOKEN": "t"}, ("__token__", "t"), id="token"),
        pytest.param({"USERNAME": "me", "PASSWORD": "pw"}, ("me", "pw"), id="user name and password"),
        pytest.param({"USERNAME": "me"}, ("me", None), id="user name alone"),
        pytest.param({"TOKEN": "t", "PASSWORD": "pw"}, ("__token__", "t"), id="a token mends a lone password"),
        pytest.param({"URL": f"{HOST}/upload/"}, None, id="nothing"),
        pytest.param({"URL": "https://me:pw@pkgs.example.com/upload/"}, ("me", "pw"), id="in the URL, as in uv"),
        pytest.param(
            {"URL": "https://you:2@pkgs.example.com/upload/", "USERNAME": "me", "PASSWORD": "pw"},
            ("me", "pw"),
            id="variables before the URL",
        ),
    ],
)
def test_publish(
    monkeypatch: pytest.MonkeyPatch,
    source: EnvironmentSource,
    variables: dict[str, str],
    pair: tuple[str, str | None] | None,
) -> None:
    """The publish URL has the `UV_PUBLISH_` variables."""
    monkeypatch.setenv("UV_PUBLISH_URL", UPLOAD)
    set_all(monkeypatch, {f"UV_PUBLISH_{name}": value for name, value in variables.items()})
    expected = None if pair is None else Answer(Credentials.basic(*pair))
    asked = query(UPLOAD)
    assert source.skipped(asked) is None
    assert source.find(asked) == expected


def test_publish_password_alone(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """A publish password without a user name is a failure, as it is for uv, and completes a given one."""
    set_all(monkeypatch, {"UV_PUBLISH_URL": UPLOAD, "UV_PUBLISH_PASSWORD": "secret"})
    with pytest.raises(SourceError, match="environment: UV_PUBLISH_PASSWORD has no user name") as caught:
        source.find(query(UPLOAD))
    assert "secret" not in str(caught.value)
    assert source.find(query(UPLOAD, username="me")) == Answer(Credentials.basic("me", "secret"))


def test_an_empty_publish_user_is_sent_as_it_is(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """A token may be all there is: uv sends it with the empty user name that was set."""
    set_all(monkeypatch, {"UV_PUBLISH_URL": UPLOAD, "UV_PUBLISH_USERNAME": "", "UV_PUBLISH_PASSWORD": "secret"})
    assert source.find(query(UPLOAD)) == Answer(Credentials.basic("", "secret"))


def test_publish_default_url(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """Without (or with an empty) `UV_PUBLISH_URL` the credentials are PyPI's."""
    monkeypatch.setenv("UV_PUBLISH_TOKEN", "t")
    asked = query("https://upload.pypi.org/legacy/")
    assert source.find(asked) == Answer(Credentials.basic("__token__", "t"))
    monkeypatch.setenv("UV_PUBLISH_URL", "")
    assert source.find(asked) == Answer(Credentials.basic("__token__", "t"))


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}/upload/more/",
        f"{HOST}/",
        "http://pkgs.example.com/upload/",
        "https://pkgs.example.com:444/upload/",
        "https://other.example.com/upload/",
        PAGE,
    ],
)
def test_publish_url_only(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource, url: str) -> None:
    """Publish credentials go to the publish URL, and nowhere beside or below it."""
    set_all(monkeypatch, {"UV_PUBLISH_URL": UPLOAD, "UV_PUBLISH_TOKEN": "t"})
    assert source.find(query(url)) is None
    assert source.skipped(query(url)) == "no named index covers the URL"


def test_publish_url_is_normalised(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """The publish URL is recognised however it is written."""
    set_all(monkeypatch, {"UV_PUBLISH_URL": "HTTPS://PKGS.example.com:443/a/../up%6Coad/", "UV_PUBLISH_TOKEN": "t"})
    assert source.find(query(UPLOAD)) == Answer(Credentials.basic("__token__", "t"))


def test_an_invalid_publish_url(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """A publish URL that no request can be to gives its credentials to none."""
    set_all(monkeypatch, {"UV_PUBLISH_URL": "nonsense", "UV_PUBLISH_TOKEN": "t"})
    assert source.find(query(UPLOAD)) is None
    assert source.find(query("https://upload.pypi.org/legacy/")) is None


def test_index_before_publish(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """Where the publish URL lies in a named index, the index's variables come first, the publish ones complete them."""
    url = f"{HOST}/team/upload/"
    set_all(monkeypatch, {"UV_PUBLISH_URL": url, "UV_PUBLISH_TOKEN": "t", "UV_INDEX_MY_INDEX_PASSWORD": "pw"})
    assert source.find(query(url, index=index())) == Answer(Credentials.basic(None, "pw"))
    monkeypatch.delenv("UV_INDEX_MY_INDEX_PASSWORD")
    assert source.find(query(url, index=index())) == Answer(Credentials.basic("__token__", "t"))


def test_read_anew(monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource) -> None:
    """A variable that changes while the program runs counts at once."""
    for token in ("old", "new"):
        monkeypatch.setenv("UV_INDEX_TOKEN_MY_INDEX", token)
        assert source.find(query(PAGE, index=index())) == Answer(Credentials.basic("__token__", token))


def test_no_secret_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a traceback's local variables shows no secret."""
    from requests_indexauth.sources import environment

    monkeypatch.setenv("UV_INDEX_TOKEN_MY_INDEX", "secret")
    groups = environment._index_variables(query(PAGE, index=index()))
    assert groups
    assert "secret" not in repr(groups)


TOKENS = {"UV_INDEX_TOKEN_PYPI": "p", "UV_INDEX_TOKEN_TESTPYPI": "t"}


@pytest.mark.parametrize(
    ("variables", "url", "pair"),
    [
        pytest.param(TOKENS, SERVICES["pypi"], ("__token__", "p"), id="PyPI"),
        pytest.param(TOKENS, SERVICES["testpypi"], ("__token__", "t"), id="TestPyPI"),
        pytest.param(TOKENS, "https://pypi.org/simple/", None, id="PyPI's index"),
        pytest.param(TOKENS, "https://test.pypi.org/simple/", None, id="TestPyPI's index"),
        pytest.param(TOKENS, "https://notpypi.org/legacy/", None, id="another host"),
        pytest.param(TOKENS, SERVICES["pypi"].replace("https", "http"), None, id="plain http"),
        pytest.param(
            {"UV_INDEX_PYPI_USERNAME": "me", "UV_INDEX_PYPI_PASSWORD": "pw"}, SERVICES["pypi"], ("me", "pw"), id="pair"
        ),
        pytest.param({**TOKENS, "UV_PUBLISH_TOKEN": "x"}, SERVICES["pypi"], ("__token__", "x"), id="UV_PUBLISH first"),
    ],
)
def test_pypis_variables_need_no_configuration(
    monkeypatch: pytest.MonkeyPatch,
    source: EnvironmentSource,
    variables: dict[str, str],
    url: str,
    pair: tuple[str, str] | None,
) -> None:
    """They are for the upload URLs, and for nothing else on those hosts."""
    set_all(monkeypatch, variables)
    asked = query(url)
    assert source.find(asked) == (pair and Answer(Credentials.basic(*pair)))
    assert (source.skipped(asked) is None) is (pair is not None)


@pytest.mark.parametrize("token", ["pypi-AgEIcHlwaS5vcmcCJDA", "pypi-AgENdGVzdC5weXBpLm9yZwIkMA"])
@pytest.mark.parametrize(
    ("variables", "name"),
    [
        pytest.param({"UV_INDEX_TOKEN_PYPI": "{}"}, "pypi", id="the token's variable"),
        pytest.param({"UV_INDEX_CORP_USERNAME": "__token__", "UV_INDEX_CORP_PASSWORD": "{}"}, "corp", id="a password"),
        pytest.param({"UV_PUBLISH_URL": PAGE, "UV_PUBLISH_TOKEN": "{}"}, None, id="the token to publish with"),
    ],
)
def test_pypis_token_goes_to_pypi_alone(
    monkeypatch: pytest.MonkeyPatch, source: EnvironmentSource, variables: dict[str, str], name: str | None, token: str
) -> None:
    """A project's file may call any URL `pypi`; the token says by itself whose it is. A test server may have it."""
    set_all(monkeypatch, {key: value.format(token) for key, value in variables.items()})
    for url in (PAGE, PAGE.replace("pkgs.example.com", "notpypi.org")):
        monkeypatch.setenv("UV_PUBLISH_URL", url)
        with pytest.raises(SourceError, match=r"this is PyPI's token, which is not sent to https://") as caught:
            source.find(query(url, index=Index(url, name)))
        assert token not in str(caught.value)
    for url in (SERVICES["pypi"], "http://127.0.0.1:8080/simple/"):
        monkeypatch.setenv("UV_PUBLISH_URL", url)
        answer = source.find(query(url, index=Index(url, name)))
        assert answer is not None
        assert answer.credentials == Credentials.basic("__token__", token)


@pytest.mark.parametrize(
    ("configured", "pair"),
    [
        pytest.param("https://mirror.example.com/simple", None, id="a mirror of the name"),
        pytest.param("https://pypi.org/simple", ("__token__", "p"), id="PyPI itself"),
        pytest.param("https://evilpypi.org/simple", None, id="a name that ends alike"),
    ],
)
def test_pypis_variables_are_those_of_an_index_of_that_name(
    monkeypatch: pytest.MonkeyPatch, configured: str, pair: tuple[str, str] | None
) -> None:
    """A token that somebody made for a mirror called pypi does not go to PyPI."""
    set_all(monkeypatch, TOKENS)
    source = EnvironmentSource(pytest.fail, lambda: [Index(configured, "PyPI")])
    assert source.find(query(SERVICES["pypi"])) == (pair and Answer(Credentials.basic(*pair)))
