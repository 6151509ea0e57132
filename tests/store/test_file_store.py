"""The credential store: what is found in it, and what its changes make of what it has."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import requests_indexauth
from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store import toml_file as storefile
from requests_indexauth.store.file_store import CredentialStore
from requests_indexauth.store.service import SERVICES
from support.store_files import HOST, LOGIN, ME, UNKNOWN, YOU, document, write


def test_a_path_of_ones_own(path: Path) -> None:
    """A path given, as text or `Path`, is the file."""
    assert CredentialStore(path).path == CredentialStore(str(path)).path == str(path)


def test_no_file_is_an_empty_store(store: CredentialStore, path: Path) -> None:
    """Where there is no file there is nothing; looking does not make one, nor does removing."""
    assert store.get(HOST) is None
    assert store.services() == []
    assert store.entries() == []
    assert store.remove(HOST) == 0
    assert store.clear() == 0
    assert not path.parent.exists()


def test_services_hold_no_secrets(store: CredentialStore, path: Path) -> None:
    """Services and users are listed in the file's order; a Bearer token and an empty user name have no user."""
    write(path, LOGIN.replace("//", "//a:hunter2@"))
    store.set("https://api.example.com", Credentials.bearer("hunter2"))
    store.set("example.com", Credentials.basic(None, "hunter2"))
    expected = [(f"{HOST}/team", "me"), ("https://api.example.com/", None), ("https://example.com/", None)]
    assert store.services() == expected
    assert [entry.credentials.scheme for entry in store.entries()] == ["basic", "bearer", "basic"]
    assert "hunter2" not in repr(store.entries())


def test_a_changed_file_is_read_again(store: CredentialStore, path: Path) -> None:
    """What another process does to the file is seen by the next look-up: changed, deleted, and back again."""
    write(path, LOGIN)
    assert store.get(f"{HOST}/team") == ME
    CredentialStore(path).set(f"{HOST}/team", Credentials.basic("me", "pw2"))
    assert store.get(f"{HOST}/team") == Credentials.basic("me", "pw2")
    path.unlink()
    assert store.get(f"{HOST}/team") is None
    write(path, LOGIN)
    assert store.get(f"{HOST}/team") == ME


def test_an_unchanged_file_is_not_read_again(
    store: CredentialStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the file stays as it is, look-ups are answered from memory."""
    write(path, LOGIN)
    os.utime(path, (1, 1))
    assert store.get(f"{HOST}/team") == ME
    monkeypatch.setattr(storefile, "read", pytest.fail)
    assert store.get(f"{HOST}/team") == ME


def test_a_bad_entry_is_skipped(path: Path) -> None:
    """One bad entry is said, with what uv makes of it, and the others count."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    write(path, f'[[credential]]\nservice = "example.com"\nusername = "hunter2"\n{LOGIN}')
    assert store.get(f"{HOST}/team") == ME
    assert store.services() == [(f"{HOST}/team", "me")]
    (warning,) = warnings
    assert warning.startswith(f"store: {path}: in 'credential[0].service': ")
    assert warning.endswith("the entry is skipped, and uv refuses the whole file because of it")
    assert "hunter2" not in warning


def test_an_entry_only_we_refuse(path: Path) -> None:
    """A warning does not speak for uv where uv reads the file."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    write(path, LOGIN.replace('"me"', '"me:hunter2"'))
    assert store.get(f"{HOST}/team") is None
    (warning,) = warnings
    assert warning.endswith("the entry is skipped")
    assert "hunter2" not in warning


UNSENDABLE = {
    "a control character in the password": ("me", "hunter2\\u0007"),
    "a colon in the user name": ("me:too", "hunter2"),
}


@pytest.mark.parametrize(("user", "password"), UNSENDABLE.values(), ids=UNSENDABLE)
def test_an_entry_that_no_request_could_carry_is_removed_by_its_user(path: Path, user: str, password: str) -> None:
    """uv writes such entries; the others stay."""
    write(path, LOGIN.replace('"me"', '"other"') + LOGIN.replace('"me"', f'"{user}"').replace("pw", password))
    store = CredentialStore(path)
    assert store.users(f"{HOST}/team") == ["other", user]
    assert store.remove(f"{HOST}/team", user) == 1
    assert store.users(f"{HOST}/team") == ["other"]


def test_a_login_takes_the_place_of_an_entry_that_no_request_could_carry(path: Path) -> None:
    """Two entries of one user would make uv and us disagree."""
    write(path, LOGIN.replace("pw", "hunter2\\u0007"))
    store = CredentialStore(path)
    store.set(f"{HOST}/team", ME)
    assert path.read_text().count("[[credential]]") == 1
    assert store.get(f"{HOST}/team") == ME


def test_a_relative_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file name alone is a file in the working folder."""
    monkeypatch.chdir(tmp_path)
    store = CredentialStore("mine.toml")
    store.set(HOST, ME)
    assert store.get(HOST) == ME
    assert sorted(found.name for found in tmp_path.iterdir()) == ["mine.toml", "mine.toml.lock"]


def test_one_credential_for_a_service_and_user(store: CredentialStore, path: Path) -> None:
    """A new credential takes the old one's place; other users' and other services' stay where they are."""
    for service, credentials in [
        (f"{HOST}/a", ME),
        (f"{HOST}/a", YOU),
        (f"{HOST}/b", ME),
        (f"{HOST}/a", Credentials.bearer("tok")),
        (f"{HOST}/a", Credentials.basic("me", "new")),
        (f"{HOST}/a", Credentials.bearer("new")),
    ]:
        store.set(service, credentials)
    assert store.services() == [(f"{HOST}/a", "me"), (f"{HOST}/a", "you"), (f"{HOST}/b", "me"), (f"{HOST}/a", None)]
    assert store.get(f"{HOST}/a", "me") == Credentials.basic("me", "new")
    assert store.get(f"{HOST}/a", "you") == YOU
    assert "tok" not in path.read_text().replace("token", "")


def test_every_old_one_goes(store: CredentialStore, path: Path) -> None:
    """However the service was written, and however often, nothing old is left to be found in place of the new."""
    old = [f"{HOST}/a/", f"{HOST}:443/a", f"{HOST.upper()}/a", f"{HOST}/a//"]
    write(path, "".join(LOGIN.replace(f"{HOST}/team", service) for service in old))
    store.set(f"{HOST}/a", Credentials.basic("me", "new"))
    assert store.services() == [(f"{HOST}/a", "me")]
    assert store.get(f"{HOST}/a/x") == Credentials.basic("me", "new")


def test_remove(store: CredentialStore, path: Path) -> None:
    """Credentials go one user at a time or all together, of that service alone; how many is returned."""
    for service, credentials in [("a", ME), ("a", YOU), ("a", Credentials.bearer("tok")), ("a/b", ME), ("", ME)]:
        store.set(f"{HOST}/{service}", credentials)
    before = storefile.signature(str(path))
    assert store.remove(f"{HOST}/a", "nobody") == 0
    assert store.remove(f"{HOST}/a/b/c") == 0
    assert storefile.signature(str(path)) == before, "where nothing goes, nothing is written"
    assert store.remove(f"{HOST}/a/simple/", "you") == 1
    assert store.remove(f"{HOST}/a") == 2
    assert store.services() == [(f"{HOST}/a/b", "me"), (f"{HOST}/", "me")]
    assert store.remove("pkgs.example.com") == 1
    assert store.remove(f"{HOST}/a/b") == 1
    assert path.read_text() == "credential = []\n"


def test_remove_what_others_wrote(store: CredentialStore, path: Path) -> None:
    """What somebody wrote with its `simple` is for that path alone, and goes by that name once nothing else has it."""
    ends = ("Team/simple/", "Team", "Team/+simple", "team")
    write(path, "".join(LOGIN.replace("/team", f"/{end}") for end in ends))
    assert store.remove(f"{HOST}/Team/") == 1
    assert store.remove(f"{HOST}/Team/") == 0
    assert store.remove(f"{HOST}/Team/simple") == 1
    assert store.remove(f"{HOST}/Team/+simple", "me") == 1
    assert store.services() == [(f"{HOST}/team", "me")]


def test_remove_where_an_index_is_called_simple(store: CredentialStore) -> None:
    """Of a login to `/simple/+simple/` one segment is dropped; what is stored above it is another service."""
    store.set(f"{HOST}/root/simple/+simple/", ME)
    store.set(f"{HOST}/root", ME)
    assert store.services() == [(f"{HOST}/root/simple", "me"), (f"{HOST}/root", "me")]
    assert store.remove(f"{HOST}/root", "me") == 1
    assert store.remove(f"{HOST}/root", "me") == 0
    assert store.remove(f"{HOST}/root/simple/+simple/") == 1


def test_clear(path: Path) -> None:
    """Everything goes, what could not be read too; what is no credential stays."""
    store = CredentialStore(path, warn=lambda _: None)
    write(path, UNKNOWN)
    assert store.clear() == 3
    assert document(path)["credential"] == []
    assert document(path)["answer"] == 42


@pytest.mark.parametrize("service", ["http://example.com", "https://h:99999", "ex ample.com", ""])
def test_services_uv_could_not_read(store: CredentialStore, path: Path, service: str) -> None:
    """What would spoil the file for uv is refused, and nothing is written."""
    for change in (lambda: store.set(service, ME), lambda: store.remove(service)):
        with pytest.raises(StoreError):
            change()
    assert not path.exists()


def test_nothing_to_store(store: CredentialStore, path: Path) -> None:
    """A credential without a secret is refused."""
    with pytest.raises(StoreError, match=r"^the credential has no password or token to store$"):
        store.set(HOST, Credentials.basic("me", None))
    assert not path.exists()


def test_named_services(store: CredentialStore) -> None:
    """`pypi` and `testpypi` are their upload URLs, for all that takes a service."""
    for name, url in SERVICES.items():
        store.set(name, ME)
        assert store.get(url) == store.get(name) == ME
        assert store.services() == [(url, "me")]
        assert store.remove(name) == 1


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
BASIC = st.builds(Credentials.basic, TEXT.map(lambda text: text.replace(":", "") or None), TEXT)
BEARER = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1).map(Credentials.bearer)
SERVICES_TEXT = st.builds(
    "https://{}{}/{}".format,
    st.sampled_from(["h", "a.example", "bücher.example", "[::1]"]),
    st.sampled_from(["", ":8443"]),
    TEXT.map(lambda text: text.replace("\\", "").strip()),
)


@given(logins=st.lists(st.tuples(SERVICES_TEXT, st.one_of(BASIC, BEARER)), max_size=6))
def test_what_is_stored_is_found(
    tmp_path_factory: pytest.TempPathFactory, logins: list[tuple[str, Credentials]]
) -> None:
    """Whatever is stored last for a service and user is found there, by another process, and can be removed."""
    path = tmp_path_factory.mktemp("store") / "credentials.toml"
    for service, credentials in logins:
        CredentialStore(path, warn=pytest.fail).set(service, credentials)
        found = CredentialStore(path, warn=pytest.fail).find(service, credentials.username)
        assert credentials in [entry.credentials for entry in found]
    store = CredentialStore(path, warn=pytest.fail)
    for service, _ in store.services():
        assert store.remove(service) + store.remove(service) >= 0
    assert store.services() == []


def test_no_secret_travels(store: CredentialStore) -> None:
    """A pickled or copied store is the same file, without what was read of it."""
    store.set(HOST, Credentials.basic("me", "hunter2"))
    assert store.get(HOST) == Credentials.basic("me", "hunter2")
    assert b"hunter2" not in pickle.dumps(store)
    for other in (pickle.loads(pickle.dumps(store)), copy.copy(store)):  # noqa: S301
        assert other.get(HOST) == Credentials.basic("me", "hunter2")


def test_a_look_up_imports_little(path: Path) -> None:
    """The command line prints a token with a TOML parser and little more: what only writing needs stays away."""
    write(path, LOGIN)
    code = (
        "import sys; from requests_indexauth.store.file_store import CredentialStore; "
        f"assert CredentialStore({str(path)!r}).find('{HOST}/team/x'); "
        "print([name for name in ('dataclasses', 'logging', 'pathlib', 'platformdirs', 'filelock', 'tempfile', "
        "'urllib3', 'requests', 'urllib.parse', 'tomli_w', 'idna', 'fcntl', 'ipaddress', "
        "'requests_indexauth.store.lock', 'requests_indexauth.store.service') if name in sys.modules])"
    )
    # -S: what the machine's own .pth files import is no doing of ours
    path_to_us = [str(Path(requests_indexauth.__file__).parents[1]), *sys.path]
    python = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {path_to_us!r}; {code}"]
    assert subprocess.run(python, check=True, capture_output=True, text=True).stdout == "[]\n"


def test_a_path_that_no_file_can_have_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """It is the store's error, and a warning of a look-up."""
    store = CredentialStore("a\0b")
    for work in (lambda: store.set(HOST, ME), lambda: store.remove(HOST), store.clear, store.services):
        with pytest.raises(StoreError, match=r"^'a\\x00b': no file can have this path: give another$"):
            work()
    assert store.get(HOST) is None
    assert [record.getMessage() for record in caplog.records] == [
        "store: 'a\\x00b': no file can have this path: give another"
    ]
