"""The table: every cause that `explain` knows, chapter by chapter, in situations that have it."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import TYPE_CHECKING

from support import why
from support.messages import Reply
from support.why import FILES, HOST, LOGIN, PAGE, PLAIN, PROXY, PYPI, TEAM
from support.why import Situation as S  # noqa: N817 - a hundred rows begin with it

if TYPE_CHECKING:
    from collections.abc import Mapping

GITLAB = f"{HOST}/api/v4/groups/9/-/packages/pypi/simple/"
GITLAB_FILE = f"{HOST}/api/v4/projects/77/packages/pypi/files/abc/thing-1.0.tar.gz"
ARTIFACTORY = f"{HOST}/artifactory/api/pypi/repo/simple"
AZURE = "https://pkgs.dev.azure.com/org/_packaging/feed/pypi/simple/"
FILE = f"{FILES}/thing-1.0.tar.gz"
STORAGE = "https://storage.example.com"
SIGNED = f"{STORAGE}/f?X-Amz-Signature=hunter22"
PAST = dt.datetime(2001, 9, 9, tzinfo=dt.timezone.utc)
EXPIRED_TOKEN = ".".join(
    base64.urlsafe_b64encode(part).rstrip(b"=").decode()
    for part in (b"{}", json.dumps({"exp": 1000000000}).encode(), b"hunter22")
)

ENTRY = "machine pkgs.example.com login me password hunter22"
CI = why.variables(UV_INDEX_CORP_USERNAME="ci", UV_INDEX_CORP_PASSWORD="hunter22")
LOCKED = ("echo 'Traceback (most recent call last):' >&2", "echo 'keyring.errors.KeyringLocked: x' >&2", "exit 1")
IN_KEYRING = ("echo me", "echo hunter22")

no, wrong = why.wants_basic, why.wants_basic
windows = why.status(401, "Negotiate", "NTLM")
to_file = why.lets_in(why.to(FILE))
signs_in = why.at_path(team=why.lets_in(otherwise=why.to("/+login?goto=/team")), login=why.form)

CHAPTERS: Mapping[str, tuple[S, ...]] = {
    "No credential is found": (
        S(
            "nothing anywhere",
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; or, if your keyring "
            'has one, set keyring-provider = "subprocess" in uv.toml',
            no,
        ),
        S(
            "nothing anywhere, found out without a request",
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; or, if your keyring "
            'has one, set keyring-provider = "subprocess" in uv.toml',
            live=False,
        ),
        S(
            "nothing, and the server forbids",
            "the server answers 403 to those who send no credential, or to every request from this machine's address; "
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; or, if your "
            'keyring has one, set keyring-provider = "subprocess" in uv.toml',
            why.status(403),
        ),
        S(
            "nothing, and the server knows no such page",
            "there is no such page, or it is hidden: some servers answer 404 to users who may not see a page; keep "
            "a credential with `indexauth login https://pkgs.example.com/team/simple/`; or, if your keyring has "
            'one, set keyring-provider = "subprocess" in uv.toml',
            why.status(404),
        ),
        S(
            "netrc has another host",
            "netrc: /home/me/.netrc has no entry for pkgs.example.com, but for files.example.com; keep a "
            "credential with `indexauth login https://pkgs.example.com/team/simple/`",
            no,
            has=(why.netrc(ENTRY.replace("pkgs", "files")),),
        ),
        S(
            "netrc has the host with a port",
            "netrc: /home/me/.netrc has no entry for pkgs.example.com, but for pkgs.example.com:443; keep a "
            "credential with `indexauth login https://pkgs.example.com/team/simple/`",
            no,
            has=(why.netrc(ENTRY.replace(".com", ".com:443")),),
        ),
        S(
            "netrc has a URL for a host",
            "netrc: /home/me/.netrc has no entry for pkgs.example.com: `machine` takes a host, without scheme, "
            "path and user; keep a credential with `indexauth login https://pkgs.example.com/team/simple/`",
            no,
            has=(why.netrc(ENTRY.replace("pkgs", "https://pkgs")),),
        ),
        S(
            "netrc has another user",
            "only a user name is known, and no password for it; netrc: /home/me/.netrc, line 1 is for the user "
            "'me': give that user name, or none",
            no,
            has=(why.netrc(ENTRY),),
            asks=(PAGE, "-u", "you"),
        ),
        S(
            "netrc has two logins for the host, and the other one is wanted",
            "only a user name is known, and no password for it; netrc: /home/me/.netrc has logins for "
            "pkgs.example.com on lines 1 and 2, of which only the last counts: move the entry of line 1 behind "
            "the others, or remove them",
            no,
            has=(why.netrc(ENTRY.replace("me", "you"), ENTRY),),
            asks=(PAGE, "-u", "you"),
        ),
        S(
            "netrc is saved as UTF-16",
            "mend what is broken: netrc: /home/me/.netrc, line 1: the text is UTF-16, as PowerShell writes it, "
            "and has to be UTF-8: correct the file",
            no,
            has=(why.netrc_bytes(ENTRY.encode("utf-16")),),
        ),
        S(
            "netrc has a word too many",
            "mend what is broken: netrc: /home/me/.netrc, line 1: unknown word in an entry: correct the file",
            no,
            has=(why.netrc("machine pkgs.example.com hunter22"),),
        ),
        S(
            "the login was for another path",
            "store: nothing for this URL, but for https://pkgs.example.com/other; keep a credential with "
            "`indexauth login https://pkgs.example.com/team/simple/`",
            no,
            has=(why.stored(f"{HOST}/other"),),
        ),
        S(
            "two users are logged in",
            "store: https://pkgs.example.com/ is for the users 'me' and 'you': give one of these user names",
            no,
            has=(why.stored(), why.stored(user="you")),
        ),
        S(
            "another user is logged in",
            "only a user name is known, and no password for it; store: https://pkgs.example.com/ is for the user "
            "'me': give that user name, or none",
            no,
            has=(why.stored(),),
            asks=(PAGE, "-u", "you"),
        ),
        S(
            "the password's variable is empty",
            "only a user name is known, and no password for it; UV_INDEX_CORP_PASSWORD is set, but empty: give a "
            "value (in CI an empty one often is a secret that this job does not get)",
            no,
            has=(why.index(), why.variables(UV_INDEX_CORP_USERNAME="ci", UV_INDEX_CORP_PASSWORD="")),
        ),
        S(
            "the token's variable is empty",
            "UV_INDEX_TOKEN_CORP is set, but empty: give a value (in CI an empty one often is a secret that this "
            "job does not get)",
            no,
            has=(why.index(), why.variables(UV_INDEX_TOKEN_CORP="")),
        ),
        S(
            "the variables are for an index at another path",
            "the server refuses the credential from environment here; it belongs to another index on this host, "
            "where it may be right; keep a credential with `indexauth login "
            "https://pkgs.example.com/team/simple/`; UV_INDEX_CORP_PASSWORD counts only for a configured index of"
            " that name, and none of that name covers this URL; or, if your keyring has one, set keyring-provider"
            ' = "subprocess" in uv.toml',
            no,
            has=(why.index(url=f"{HOST}/other/simple/"), CI),
        ),
        S(
            "the variables are for an index at another path, found out without a request",
            "no index covers this URL; after a 401 a session tries the credentials of the index corp on the same "
            "host; where they are refused, keep a credential with `indexauth login "
            "https://pkgs.example.com/team/simple/`; UV_INDEX_CORP_PASSWORD counts only for a configured index of"
            " that name, and none of that name covers this URL; or, if your keyring has one, set keyring-provider"
            ' = "subprocess" in uv.toml',
            live=False,
            has=(why.index(url=f"{HOST}/other/simple/"), CI),
        ),
        S(
            "the variables are for an index at another path, and right here, too (a file of Azure's)",
            "no index covers this URL: after the 401 it got the credential from environment that is for the "
            "index corp on the same host; a session that has read a page of the index sends it at once",
            why.bare(no, why.page),
            has=(why.index(url=f"{HOST}/other/simple/"), CI),
            code=0,
        ),
        S(
            "the variables are for an index that is not configured",
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; "
            "UV_INDEX_CORP_PASSWORD counts only for a configured index of that name, and none of that name covers"
            ' this URL; or, if your keyring has one, set keyring-provider = "subprocess" in uv.toml',
            no,
            has=(CI,),
        ),
        S(
            "Artifactory's address, without a slash at its end",
            "keep a credential with `indexauth login https://pkgs.example.com/artifactory/api/pypi/repo/simple`; "
            'or, if your keyring has one, set keyring-provider = "subprocess" in uv.toml',
            no,
            asks=(ARTIFACTORY,),
        ),
        S(
            "a file of GitLab's",
            "keep a credential with `indexauth login https://pkgs.example.com/api/v4/projects/77/packages/pypi/`;"
            ' or, if your keyring has one, set keyring-provider = "subprocess" in uv.toml',
            no,
            asks=(GITLAB_FILE,),
        ),
        S(
            "a vendor's host, and the keyring is off",
            "the tokens of pkgs.dev.azure.com come out of a keyring: pip install keyring artifacts-keyring, and "
            'set keyring-provider = "subprocess" in uv.toml',
            asks=(AZURE,),
            live=False,
        ),
        S(
            "a vendor's host, and its keyring has nothing",
            "keep a credential with `indexauth login "
            "https://pkgs.dev.azure.com/org/_packaging/feed/pypi/simple/`; or put it into the keyring, which has "
            "none; to try it by itself: `keyring get https://pkgs.dev.azure.com/org/_packaging/feed/pypi/simple/ "
            "--mode creds`",
            has=(why.index(url=AZURE), why.keyring("exit 1")),
            asks=(AZURE,),
            live=False,
        ),
        S(
            "the keyring has nothing",
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; or put it into the "
            "keyring, which has none; to try it by itself: `keyring get https://pkgs.example.com/team/simple/ "
            "--mode creds`",
            no,
            has=(why.index(), why.keyring("exit 1")),
        ),
        S(
            "the keyring is locked",
            "mend what is broken: keyring: the command failed with KeyringLocked; to try it by itself: `keyring "
            "get https://pkgs.example.com/team/simple/ --mode creds`",
            no,
            has=(why.index(), why.keyring(*LOCKED)),
        ),
        S(
            "the keyring fails for a user",
            "only a user name is known, and no password for it; mend what is broken: keyring: the command failed "
            "with exit code 3; to try it by itself: `keyring get https://pkgs.example.com/team/simple/ USER`",
            no,
            has=(why.index(), why.keyring("exit 3")),
            asks=(PAGE, "-u", "me"),
        ),
        S(
            "the credential helper has nothing",
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; or have the credential "
            "helper make one, which has none: acme-token (named for *.example.com in INDEXAUTH_CREDENTIAL_HELPER); or, "
            'if your keyring has one, set keyring-provider = "subprocess" in uv.toml',
            no,
            has=(why.index(), why.helper("echo '{}'")),
        ),
        S(
            "the credential helper fails",
            "mend what is broken: helper: acme-token failed with exit code 3",
            no,
            has=(why.index(), why.helper("exit 3")),
        ),
        S(
            "the credential helper says something else",
            "mend what is broken: helper: acme-token has not answered as a credential helper does: "
            '{"headers": {"Authorization": ["..."]}} is expected, in JSON',
            no,
            has=(why.index(), why.helper("echo hunter22")),
        ),
        S(
            "there is no keyring command",
            "mend what is broken: keyring: no keyring command on PATH: install one (pipx install keyring), or "
            "set keyring-provider to disabled",
            no,
            has=(why.index(), why.variables(UV_KEYRING_PROVIDER="subprocess")),
        ),
        S(
            "only a user name is known",
            "only a user name is known, and no password for it; keep a credential with `indexauth login "
            "https://pkgs.example.com/team/simple/`; or, if your keyring has one, set keyring-provider = "
            '"subprocess" in uv.toml',
            no,
            asks=(PAGE, "-u", "me"),
        ),
        S(
            "plain http to another machine",
            "this is plain http to another machine, where only netrc and what is configured for this very URL is "
            "sent: use https",
            others={PLAIN: no},
            has=(why.stored(),),
            asks=(f"{PLAIN}/team/simple/",),
        ),
        S(
            "the policy is always",
            "keep a credential with `indexauth login https://pkgs.example.com/team/simple/`; or, if your keyring "
            'has one, set keyring-provider = "subprocess" in uv.toml',
            why.page,
            has=(why.index("always"),),
        ),
        S(
            "the policy is never",
            'the index has authenticate = "never" (/home/me/project/uv.toml, line 1: index[0]): with "auto" it '
            "gets credentials",
            no,
            has=(why.index("never"), why.stored()),
        ),
        S(
            "the policy is never, and a password is configured",
            'the index has authenticate = "never" (/home/me/project/uv.toml, line 1: index[0]), and environment '
            "has a credential for it: remove the one or the other",
            why.page,
            has=(why.index("never"), CI),
        ),
    ),
    "A credential is refused": (
        S(
            "from the store",
            "the server refuses the credential from store, which is wrong, expired or revoked: replace it with "
            "`indexauth login https://pkgs.example.com`",
            wrong,
            has=(why.stored(),),
        ),
        S(
            "from netrc",
            "the server refuses the credential from netrc, which is wrong, expired or revoked: correct the entry "
            "in netrc",
            wrong,
            has=(why.netrc(ENTRY),),
        ),
        S(
            "from variables",
            "the server refuses the credential from environment, which is wrong, expired or revoked: set the "
            "variable anew",
            wrong,
            has=(why.index(), CI),
        ),
        S(
            "in the URL",
            "the server refuses the credential from the request, which is wrong, expired or revoked: give the "
            "right one",
            wrong,
            asks=(PAGE.replace("//", "//me:hunter22@"),),
        ),
        S(
            "from a keyring",
            "the server refuses the credential from keyring, which is wrong, expired or revoked: replace the "
            "entry in the keyring",
            wrong,
            has=(why.index(), why.keyring(*IN_KEYRING)),
        ),
        S(
            "from a credential helper",
            "the server refuses the credential from helper, which is wrong, expired or revoked: log in anew where "
            "the credential helper has it from; helper: acme-token (named for *.example.com in "
            "INDEXAUTH_CREDENTIAL_HELPER)",
            wrong,
            has=(why.index(), why.helper('echo \'{"headers": {"Authorization": ["Basic bWU6aHVudGVyMjI="]}}\'')),
        ),
        S(
            "from two sources",
            "the server refuses the credentials from netrc and store, which are wrong, expired or revoked: "
            "correct the entry in netrc; replace the stored one with `indexauth login SERVICE` (`indexauth list` "
            "shows for which)",
            wrong,
            has=(why.netrc(ENTRY), why.stored(user="you")),
        ),
        S(
            "and another source is broken",
            "the server refuses the credential from store, which is wrong, expired or revoked: replace it with "
            "`indexauth login https://pkgs.example.com`; and mend what is broken: netrc: /home/me/.netrc, line "
            "1: unknown word in an entry: correct the file",
            wrong,
            has=(why.netrc("machine pkgs.example.com hunter22"), why.stored()),
        ),
        S(
            "and netrc has two logins for the host",
            "the server refuses the credential from netrc, which is wrong, expired or revoked: correct the entry "
            "in netrc; netrc: /home/me/.netrc has logins for pkgs.example.com on lines 1 and 2, of which only the last "
            "counts: remove what is out of date",
            wrong,
            has=(why.netrc(ENTRY.replace("me", "you"), ENTRY),),
        ),
        S(
            "by a server that takes tokens only",
            "the server refuses the credential from store, which is wrong, expired or revoked, or of the wrong "
            "kind (the server offers Bearer tokens only): replace it with `indexauth login "
            "https://pkgs.example.com`",
            why.status(401, 'Bearer realm="x", service="y"'),
            has=(why.stored(),),
        ),
        S(
            "a token that is past its time",
            "the token from store expired at 2001-09-09 01:46 UTC: get a new one",
            wrong,
            has=(why.stored(password=EXPIRED_TOKEN),),
        ),
        S(
            "with 403",
            "the server knows the user from store and does not let it in, or answers a wrong password so "
            "(pypiserver does): check the password, then ask there for access",
            why.bare(no, why.status(403)),
            has=(why.stored(),),
        ),
        S(
            "with 404",
            "the server has no such page, or none that the user from store may see: check the address, then ask "
            "there for access",
            why.status(404),
            has=(why.stored(),),
        ),
        S(
            "not at all: it was not sent after a 404",
            "the server answers 404 to a request without a credential, and the one from keyring is sent only "
            'after a 401: set authenticate = "always" for the index corp (/home/me/project/uv.toml, line 1: '
            "index[0]); or there is no such page",
            why.status(404),
            has=(why.index(), why.keyring(*IN_KEYRING)),
        ),
        S(
            "not at all: it was not sent after a 403",
            "the server answers 403 to a request without a credential, and the one from netrc is sent only after "
            "a 401: name https://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate = "
            '"always"; or the server admits no request from this machine\'s address',
            why.status(403),
            has=(why.netrc("default login me password hunter22"),),
        ),
        S(
            "and its password has a character beyond ASCII",
            "the server refuses the credential from store, which is wrong, expired or revoked: replace it with "
            "`indexauth login https://pkgs.example.com`; the password has characters beyond ASCII and is sent in "
            "UTF-8, which some servers do not expect",
            wrong,
            has=(why.stored(password="h\u00f6hunter22"),),
        ),
        S(
            "and its password has a blank too many",
            "the server refuses the credential from store, which is wrong, expired or revoked: replace it with "
            "`indexauth login https://pkgs.example.com`; the password begins or ends with white space",
            wrong,
            has=(why.stored(password="hunter22 "),),
        ),
        S(
            "and its password is a variable's name",
            "the server refuses the credential from netrc, which is wrong, expired or revoked: correct the entry "
            "in netrc; the password looks like the name of a variable in whose place no value was put",
            wrong,
            has=(why.netrc("machine pkgs.example.com login me password ${TOKEN}"),),
        ),
        S(
            "by a server that takes tokens only, and nothing is found",
            "the server offers Bearer tokens only, so a password may be refused; keep a credential with "
            "`indexauth login https://pkgs.example.com/team/simple/`; or, if your keyring has one, set "
            'keyring-provider = "subprocess" in uv.toml',
            why.status(401, 'Bearer realm="pkgs"'),
        ),
        S(
            "with 400",
            "the server answers 400 to the credential from store: it may be cut off or too long for the server; "
            "or the address is wrong",
            why.bare(no, why.status(400)),
            has=(why.stored(),),
        ),
        S(
            "with 431",
            "the server answers 431 to the credential from store: it may be cut off or too long for the server; "
            "or the address is wrong",
            why.bare(no, why.status(431)),
            has=(why.stored(),),
        ),
        S(
            "from netrc's default",
            "the server refuses the credential from netrc, which is wrong, expired or revoked: correct the entry "
            "in netrc; netrc: this is its `default` entry, which is for every host that has none of its own",
            wrong,
            has=(why.netrc("default login me password hunter22"),),
        ),
    ),
    "The server wants something else": (
        S(
            "NTLM or Negotiate, and nothing is found",
            "the server offers Negotiate and NTLM and neither Basic nor Bearer, so no login, netrc entry or "
            "token of an index can be right here; in a program requests-gssapi or requests-ntlm as `auth=` "
            "answers it; pip and uv have no such scheme: ask those who run the server for another way in",
            windows,
        ),
        S(
            "NTLM or Negotiate, and netrc has an entry",
            "the server offers Negotiate and NTLM and neither Basic nor Bearer, so no login, netrc entry or "
            "token of an index can be right here; in a program requests-gssapi or requests-ntlm as `auth=` "
            "answers it; pip and uv have no such scheme: ask those who run the server for another way in",
            windows,
            has=(why.netrc(ENTRY),),
        ),
        S(
            "Digest",
            "the server offers Digest and neither Basic nor Bearer, so no login, netrc entry or token of an "
            "index can be right here; in a program `requests.auth.HTTPDigestAuth` as `auth=` answers it; pip and "
            "uv have no such scheme: ask those who run the server for another way in",
            why.status(401, 'Digest realm="Basic, Bearer", nonce="abc", qop="auth"'),
            has=(why.stored(),),
        ),
        S(
            "a scheme of its own",
            "the server offers Hawk and neither Basic nor Bearer, so no login, netrc entry or token of an index "
            "can be right here; pip and uv have no such scheme: ask those who run the server for another way in",
            why.status(401, "Hawk"),
            has=(why.stored(),),
        ),
        S(
            "Digest beside Basic",
            "the server refuses the credential from store, which is wrong, expired or revoked: replace it with "
            "`indexauth login https://pkgs.example.com`",
            why.status(401, 'Digest realm="a", nonce="b", Basic realm="a"'),
            has=(why.stored(),),
        ),
    ),
    "A page to sign in on": (
        S(
            "a redirect leads there, and the credential was not sent",
            "https://pkgs.example.com/+login?**** is a page to sign in on, and not what was asked for: the "
            "server never asked (with a 401), so the credential from store was not sent: set authenticate = "
            '"always" for the index corp (/home/me/project/uv.toml, line 1: index[0])',
            signs_in,
            has=(why.index(), why.stored()),
        ),
        S(
            "a redirect leads there, and no index is configured",
            "https://pkgs.example.com/+login?**** is a page to sign in on, and not what was asked for: the "
            "server never asked (with a 401), so the credential from store was not sent: name "
            'https://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate = "always"',
            signs_in,
            has=(why.stored(),),
        ),
        S(
            "a redirect leads to another host's",
            "https://login.example.com/oauth2/authorize?**** is a page to sign in on, and not what was asked "
            "for: the server never asked (with a 401), so the credential from store was not sent: set "
            'authenticate = "always" for the index corp (/home/me/project/uv.toml, line 1: index[0])',
            why.lets_in(otherwise=why.to(f"{LOGIN}/oauth2/authorize?client=1")),
            {LOGIN: why.form},
            has=(why.index(), why.stored()),
        ),
        S(
            "it comes with 203, as from Azure",
            "https://pkgs.example.com/team/simple/thing/ is a page to sign in on, and not what was asked for: "
            "the server never asked (with a 401), so the credential from store was not sent: set authenticate = "
            '"always" for the index corp (/home/me/project/uv.toml, line 1: index[0])',
            why.lets_in(otherwise=why.html(203, "<html>Sign in</html>")),
            has=(why.index(), why.stored()),
        ),
        S(
            "it comes at the index's own address",
            "https://pkgs.example.com/team/simple/thing/ is a page to sign in on, and not what was asked for: "
            "the server never asked (with a 401), so the credential from store was not sent: set authenticate = "
            '"always" for the index corp (/home/me/project/uv.toml, line 1: index[0])',
            why.lets_in(otherwise=why.form),
            has=(why.index(), why.stored()),
        ),
        S(
            "and nothing is found",
            "https://pkgs.example.com/+login?**** is a page to sign in on, and not what was asked for: the "
            "server never asks (with a 401) for a credential: keep a credential with `indexauth login "
            'https://pkgs.example.com/team/simple/`, and set authenticate = "always" for the index corp '
            "(/home/me/project/uv.toml, line 1: index[0])",
            signs_in,
            has=(why.index(),),
        ),
        S(
            "although a credential was sent",
            "https://pkgs.example.com/login is a page to sign in on, and not what was asked for, although the "
            "credential from store was sent: it is wrong or expired, or the server takes no passwords but only a "
            "sign-in in a browser (look there for an access token)",
            why.at_path(team=why.to("/login"), login=why.form),
            has=(why.index("always"), why.stored()),
        ),
        S(
            "a package called login has none",
            "",
            why.at_path(team=why.to("/corp/simple/login/"), corp=why.page),
            asks=(f"{TEAM}Login/",),
            has=(why.stored(),),
            code=0,
        ),
    ),
    "A redirect led elsewhere": (
        S(
            "to a host that wants a login of its own",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz, which answers 401: the credential "
            "from store is for https://pkgs.example.com and stays there; if https://files.example.com wants a "
            "login of its own, keep a credential with `indexauth login https://files.example.com/`",
            to_file,
            {FILES: no},
            has=(why.stored(),),
        ),
        S(
            "to a host that wants a login, and nothing is found",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz, which answers 401: some servers "
            "(GitLab) redirect those who do not log in: keep a credential with `indexauth login "
            "https://pkgs.example.com/team/simple/`, and name https://pkgs.example.com/team/simple/ as an "
            '[[index]] in uv.toml, with authenticate = "always"; or https://files.example.com wants a login of '
            "its own: keep a credential with `indexauth login https://files.example.com/`",
            why.to(FILE),
            {FILES: no},
        ),
        S(
            "to a login host, and netrc has only a default",
            "a redirect led to https://login.example.com/authorize?****, which answers 401: some servers "
            "(GitLab) redirect those who do not log in, and the credential from netrc was not sent: name "
            'https://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate = "always"; or '
            "https://login.example.com wants a login of its own: keep a credential with `indexauth login "
            "https://login.example.com/` (netrc's `default` is not for places a redirect led to)",
            why.to(f"{LOGIN}/authorize?client=1"),
            {LOGIN: no},
            has=(why.netrc("default login me password hunter22"),),
        ),
        S(
            "to a host that refuses the login for it",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz: https://files.example.com refuses the "
            "credential from store, which is wrong, expired or revoked: replace it with `indexauth login SERVICE`"
            " (`indexauth list` shows for which)",
            why.to(FILE),
            {FILES: wrong},
            has=(why.stored(FILES),),
        ),
        S(
            "to a host that forbids",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz, which answers 403: the credential "
            "from store is for https://pkgs.example.com and stays there; if https://files.example.com wants a "
            "login of its own, keep a credential with `indexauth login https://files.example.com/`",
            to_file,
            {FILES: why.status(403)},
            has=(why.stored(),),
        ),
        S(
            "to a host without such a page",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz, which answers 404: it has no such "
            "page, or hides it from those who do not log in there (the credential from store is for "
            "https://pkgs.example.com and stays there)",
            to_file,
            {FILES: why.status(404)},
            has=(why.stored(),),
        ),
        S(
            "to a host that wants NTLM",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz: the server offers NTLM and neither "
            "Basic nor Bearer, so no login, netrc entry or token of an index can be right here; in a program "
            "requests-ntlm as `auth=` answers it; pip and uv have no such scheme: ask those who run the server "
            "for another way in",
            why.to(FILE),
            {FILES: why.status(401, "NTLM")},
            has=(why.stored(),),
        ),
        S(
            "to a host with a problem",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz: the server has a problem of its own "
            "(502): try again later",
            why.to(FILE),
            {FILES: why.status(502)},
            has=(why.stored(),),
        ),
        S(
            "to the public index, which has no such page (GitLab)",
            "a redirect led to https://pypi.example.com/simple/thing/, which answers 404: some servers (GitLab) "
            "redirect those who do not log in, and the credential from store was not sent: set authenticate = "
            '"always" for the index gitlab (/home/me/project/uv.toml, line 1: index[0]); or '
            "https://pypi.example.com has no such page",
            why.lets_in(otherwise=why.to(f"{PYPI}/simple/thing/")),
            {PYPI: why.status(404)},
            has=(why.index(url=GITLAB, name="gitlab"), why.stored()),
            asks=(f"{GITLAB}thing/",),
        ),
        S(
            "to the public index, which has another package of that name",
            "the page came from https://pypi.example.com/simple/thing/: https://pkgs.example.com redirected "
            "there, and the credential from store was not sent; some servers (GitLab) redirect those who do not "
            "log in to the public index, where a package of the same name may have another owner: set "
            'authenticate = "always" for the index gitlab (/home/me/project/uv.toml, line 1: index[0])',
            why.lets_in(otherwise=why.to(f"{PYPI}/simple/thing/")),
            {PYPI: why.page},
            has=(why.index(url=GITLAB, name="gitlab"), why.stored()),
            asks=(f"{GITLAB}thing/",),
            code=0,
        ),
        S(
            "to the public index, and nothing is found",
            "a redirect led to https://pypi.example.com/simple/thing/, which answers 404: some servers (GitLab) "
            "redirect those who do not log in: keep a credential with `indexauth login "
            "https://pkgs.example.com/api/v4/groups/9/-/packages/pypi/simple/`, and name "
            "https://pkgs.example.com/api/v4/groups/9/-/packages/pypi/simple/ as an [[index]] in uv.toml, with "
            'authenticate = "always"; or https://pypi.example.com has no such page',
            why.to(f"{PYPI}/simple/thing/"),
            {PYPI: why.status(404)},
            asks=(f"{GITLAB}thing/",),
        ),
        S(
            "from https to plain http",
            "a redirect led from https to plain http (http://pkgs.example.com/team/simple/thing/), where no "
            "credential is sent: the server has to redirect to https (behind a proxy it often does not know that "
            "it is reached by https)",
            why.lets_in(why.to(f"{PLAIN}/team/simple/thing/")),
            {PLAIN: no},
            has=(why.stored(),),
        ),
        S(
            "from https to plain http, and the policy is always",
            "a redirect led from https to plain http (http://pkgs.example.com/team/simple/thing/), where no "
            "credential is sent: the server has to redirect to https (behind a proxy it often does not know that "
            "it is reached by https)",
            why.to(f"{PLAIN}/team/simple/thing/"),
            {PLAIN: no},
            has=(why.index("always"), why.index("always", f"{PLAIN}/team/simple/", "plain"), why.stored()),
        ),
        S(
            "from plain http to https",
            "a redirect led from http to https (https://pkgs.example.com/team/simple/thing/), which counts as "
            "another server: there is no credential for it: use https from the start, and keep a credential with "
            "`indexauth login https://pkgs.example.com/team/simple/`",
            no,
            {PLAIN: why.to(PAGE)},
            asks=(f"{PLAIN}/team/simple/thing/",),
        ),
        S(
            "to a signed address that is refused",
            "a redirect led to a signed address (https://storage.example.com/f?****), to which no credential is "
            "sent, and that was refused: its signature is out of date (or a clock is wrong), so ask for the page "
            "anew; else the server's storage is set up wrongly",
            why.lets_in(why.to(SIGNED)),
            {STORAGE: why.status(403)},
            has=(why.stored(),),
        ),
        S(
            "in a circle",
            "pkgs.example.com redirects in a circle: it may want a cookie or a credential that it does not get, "
            "or it is set up wrongly; the credential from store was not sent: name "
            'https://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate = "always"',
            why.to(PAGE),
            has=(why.stored(),),
        ),
        S(
            "to an address that is not of the web",
            "a redirect leads to an address that is neither http nor https: those who run the server have to "
            "correct it",
            why.to("ftp://files.example.com/thing"),
        ),
        S("to a file at a storage, as it should be", "", to_file, {FILES: why.page}, has=(why.stored(),), code=0),
        S(
            "to a path that the credential is not for",
            "a redirect led to https://pkgs.example.com/auth/thing/, which answers 401: the credential from store"
            " is for https://pkgs.example.com/team; keep a credential with `indexauth login "
            "https://pkgs.example.com/`; or the server redirects those who do not log in: name "
            'https://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate = "always"',
            why.at_path(team=why.to("/auth/thing/"), auth=no),
            has=(why.stored(f"{HOST}/team"),),
        ),
        S(
            "to a path that the credential is not for, where an index sends it all the same",
            "a redirect led to https://pkgs.example.com/auth/thing/, which refuses the credential from store that"
            " is for https://pkgs.example.com/team: it is wrong, expired or revoked, or not meant for that "
            "address",
            why.at_path(team=why.lets_in(why.to("/auth/thing/")), auth=no),
            has=(why.stored(f"{HOST}/team"),),
        ),
        S(
            "to another port, which wants a login of its own",
            "a redirect led to https://pkgs.example.com:8443/thing/, which answers 401: the credential from store"
            " is for https://pkgs.example.com and stays there; if https://pkgs.example.com:8443 wants a login of "
            "its own, keep a credential with `indexauth login https://pkgs.example.com:8443/`",
            why.lets_in(why.to(f"{HOST}:8443/thing/")),
            {f"{HOST}:8443": no},
            has=(why.stored(),),
        ),
        S(
            "from plain http to https of another host",
            "a redirect led to https://files.example.com/thing-1.0.tar.gz, which answers 401: some servers "
            "(GitLab) redirect those who do not log in, and the credential from netrc was not sent: name "
            'http://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate = "always"; or '
            "https://files.example.com wants a login of its own: keep a credential with `indexauth login "
            "https://files.example.com/`",
            others={PLAIN: why.to(FILE), FILES: no},
            has=(why.netrc(ENTRY),),
            asks=(f"{PLAIN}/team/simple/thing/",),
        ),
        S(
            "with 302 and no Location",
            "the server answers 302 and does not say where to (it sends no Location): those who run the server "
            "have to correct it",
            why.status(302),
        ),
    ),
    "The answer is not about credentials": (
        S("500", "the server has a problem of its own (500): try again later", why.status(500)),
        S(
            "500 to a request without a credential (Artifactory)",
            "the server has a problem of its own (500): try again later; or it answers so because no credential "
            'came (Artifactory can), and the one from store was not sent: set authenticate = "always" for the '
            "index corp (/home/me/project/uv.toml, line 1: index[0])",
            why.bare(why.status(500), why.page),
            has=(why.index(), why.stored()),
        ),
        S(
            "503 to a credential",
            "the server has a problem of its own (503): try again later",
            why.bare(no, why.status(503)),
            has=(why.stored(),),
        ),
        S(
            "429",
            "the server is asked too often (429): wait a while, and then try once",
            why.status(429),
            has=(why.stored(),),
        ),
        S(
            "405 at an address for uploads",
            "the server takes no GET at this address (405), which is made for something else, such as uploads: "
            "that is not about credentials",
            why.status(405),
            has=(why.stored(),),
            asks=(f"{HOST}/legacy/",),
        ),
        S("418", "the server answers 418, and that is not about credentials", why.status(418)),
        S(
            "400 to plain http on a port for https",
            "pkgs.example.com speaks https on that port: write https:// in place of http://",
            others={PLAIN: why.html(400, "<h1>The plain HTTP request was sent to HTTPS port</h1>")},
            asks=(f"{PLAIN}/team/simple/",),
        ),
        S(
            "400 without the client's certificate",
            "pkgs.example.com wants a certificate of the client: give one with session.cert, or with pip's option "
            "client-cert",
            why.html(400, "<title>400 No required SSL certificate was sent</title>"),
            has=(why.stored(),),
        ),
        S(
            "403 to a signed address",
            "the URL carries its own signature, so no credential goes with it: when it is refused, get a new URL",
            why.status(403),
            asks=(f"{HOST}/f?X-Amz-Signature=hunter22",),
        ),
        S("410", "the server answers 410, and that is not about credentials", why.status(410)),
        S(
            "511",
            "the network that this machine is in wants a sign-in first (511): open any page in a browser, and "
            "sign in there",
            why.status(511),
        ),
    ),
    "No answer comes": (
        S(
            "the certificate is of an unknown authority",
            "the server gave no answer: the certificate of pkgs.example.com is signed by an authority that is "
            "unknown here (not one of the usual authorities), or the server leaves out a certificate between the "
            "two: get the authority's certificate from those who run the server, and name its file in "
            "REQUESTS_CA_BUNDLE (pip: --cert)",
            why.page,
            has=(lambda world: world.monkeypatch.delenv("REQUESTS_CA_BUNDLE"),),
        ),
        S(
            "the certificate is for another host",
            "the server gave no answer: the certificate of pkgs.example.com is for another host: check the "
            "address; where that is right, the server has the wrong certificate",
            has=(why.certified("elsewhere.example"),),
        ),
        S(
            "the certificate has expired",
            "the server gave no answer: the certificate of pkgs.example.com has expired, or this machine's clock "
            "is wrong",
            has=(why.certified("pkgs.example.com", not_after=PAST),),
        ),
        S(
            "the file of certificates is not there",
            "the file of certificates /etc/ssl/corp.pem, which REQUESTS_CA_BUNDLE names, is not there: correct "
            "REQUESTS_CA_BUNDLE",
            why.page,
            has=(why.variables(REQUESTS_CA_BUNDLE="/etc/ssl/corp.pem"),),
        ),
        S(
            "the file of certificates has none",
            "the file /home/me/project/corp.pem, which REQUESTS_CA_BUNDLE names, holds no certificates in PEM "
            "form: correct REQUESTS_CA_BUNDLE",
            why.page,
            has=(why.bundle("rubbish\n"),),
        ),
        S(
            "the server wants the client's certificate",
            "the server gave no answer: pkgs.example.com and this Python have no version of TLS or no cipher in "
            "common, or it wants a certificate of the client: ask those who run the server",
            has=(why.wants_client_certificate,),
        ),
        S(
            "https to a server of plain http",
            "the server gave no answer: pkgs.example.com does not speak TLS on that port: correct the port, or "
            "write http:// in place of https://",
            has=(why.plain_on_443,),
        ),
        S(
            "plain http to a server of https",
            "the server gave no answer: pkgs.example.com closed the connection without an answer: it may want "
            "https on that port, or something on the way (a firewall, a proxy) cut the connection",
            has=(why.tls_on_80,),
            asks=(f"{PLAIN}/team/simple/",),
        ),
        S(
            "nothing listens there",
            "the server gave no answer: nothing listens at pkgs.example.com (connection refused): check the "
            "address and the port",
            has=(why.nothing_listens,),
        ),
        S(
            "there is no such host",
            "the server gave no answer: the name service knows no host pkgs.example.com, or cannot be reached: "
            "check the address for a slip, and whether it takes a VPN to see that host",
            has=(lambda world: world.names.forget("pkgs.example.com"),),
        ),
        S(
            "the host's name is invalid",
            "no machine can have the address "
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com: check the host's name "
            "and the port",
            asks=(f"https://{'a' * 64}.example.com/",),
        ),
        S(
            "the server takes too long",
            "the server gave no answer: pkgs.example.com took the request and gave no answer in 2 seconds: try "
            "again later",
            has=(why.never_answers,),
        ),
        S(
            "the connection is closed",
            "the server gave no answer: pkgs.example.com closed the connection without an answer: it may want a "
            "certificate of the client, or something on the way (a firewall, a proxy) cut the connection",
            lambda _: Reply(hang_up=True),
        ),
    ),
    "A proxy is in the way": (
        S(
            "it wants a password, for http",
            "it is the proxy that asks for a password (407), and not the server: put one into the address of the "
            "proxy http://proxy.example.com:3128 (http_proxy), as http://USER:PASSWORD@HOST:PORT",
            others={PLAIN: why.page},
            has=(why.proxy(why.status(407)),),
            asks=(f"{PLAIN}/team/simple/",),
        ),
        S(
            "it wants a password, for https",
            "the server gave no answer: it is the proxy that asks for a password (407), and not the server: put "
            "one into the address of the proxy http://proxy.example.com:3128 (HTTPS_PROXY), as "
            "http://USER:PASSWORD@HOST:PORT",
            why.page,
            has=(why.proxy(why.status(407)),),
        ),
        S(
            "407, and no proxy is configured",
            "it is the proxy that asks for a password (407), but no proxy is configured here: something between "
            "this machine and the server answers so, or the server does: ask those who run the network and the "
            "server",
            why.status(407),
        ),
        S(
            "it does not connect to that host",
            "the server gave no answer: the proxy http://proxy.example.com:3128 (HTTPS_PROXY) refuses to connect "
            "to pkgs.example.com (403): ask those who run the proxy; a host that is reached directly belongs in "
            "NO_PROXY",
            why.page,
            has=(why.proxy(why.status(403)),),
        ),
        S(
            "it is not there",
            "the server gave no answer: the proxy http://proxy.example.com:3128 (HTTPS_PROXY) cannot be reached: "
            "check its address; a host that is reached directly belongs in NO_PROXY",
            why.page,
            has=(why.no_proxy_there,),
        ),
        S(
            "its address is invalid",
            "the proxy's address is not a URL: correct HTTPS_PROXY",
            why.page,
            has=(why.variables(HTTPS_PROXY="http://proxy.example.com:port"),),
        ),
        S(
            "it speaks SOCKS",
            "the proxy socks5://proxy.example.com:1080 (HTTPS_PROXY) speaks SOCKS, for which a package is "
            "missing: `pip install requests[socks]`",
            why.page,
            has=(why.variables(HTTPS_PROXY="socks5://proxy.example.com:1080"),),
        ),
        S(
            "it speaks plain http",
            "the proxy https://proxy.example.com:3128 (HTTPS_PROXY) speaks plain http: write its address with http://",
            why.page,
            has=(why.proxy(why.status(200), PROXY.replace("http", "https")),),
        ),
        S(
            "it may be what forbids plain http",
            "the server answers 403 to those who send no credential, or to every request from this machine's address; "
            "or it is the proxy http://proxy.example.com:3128 that answers so; this is plain http to "
            "another machine, where only netrc and what is configured for this very URL is sent: use https",
            has=(why.proxy(why.status(403)),),
            asks=(f"{PLAIN}/team/simple/",),
        ),
        S(
            "it may be what has a problem with plain http",
            "the server has a problem of its own (503): try again later; or it is the proxy "
            "http://proxy.example.com:3128 that answers so",
            has=(why.proxy(why.status(503)),),
            asks=(f"{PLAIN}/team/simple/",),
        ),
        S(
            "a page of the network comes in place of plain http",
            "http://portal.example.com/login is a page to sign in on, and not what was asked for: the server "
            "never asks (with a 401) for a credential: write an entry for the machine pkgs.example.com into "
            "netrc, and name http://pkgs.example.com/team/simple/ as an [[index]] in uv.toml, with authenticate ="
            ' "always"; or it is the page of the network that this machine is in: sign in there in a browser',
            others={PLAIN: why.to("http://portal.example.com/login"), "http://portal.example.com": why.form},
            asks=(f"{PLAIN}/team/simple/",),
        ),
    ),
}
