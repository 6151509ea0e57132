"""A world at random: realms, where a user keeps what is for them, indexes, how servers behave, and calls to make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from realm_oracle.realms import Realm, bracketed, connected, dice, made_up_path, made_up_realms, spelled
from realm_oracle.tags import ANY, Login, Mint, login

if TYPE_CHECKING:
    from random import Random

HF = Realm("https", "huggingface.co", 443)
TEMPERS = ("open", "checks", "checks", "checks", "moody", "moody", "sends on")
FLOURISHES = ("", "", "", "%", ":@/", " x", "\u00e9", "#?")
ROOTS = ("/", "", "/simple", "/simple/", "/team/simple", "/team/simple/", "/team", "/a/+simple/", "/a/b")
THREADS = 3


class Place(NamedTuple):
    """An index somebody configured; `given`: in code, or as an option of pip's."""

    url: str
    realm: Realm
    path: str
    name: str
    policy: str
    given: bool


class Call(NamedTuple):
    """One call: what is given with it, and through which of the driver's sessions it goes.

    `gives` says how a credential is given: `header`, `token`, `tuple`, `function`, `digest`; `None`: it is not, or the
    URL has it.
    """

    number: int
    method: str
    url: str
    gives: str | None = None
    login: Login | None = None
    body: str | None = None
    follow: str = "yes"
    session: int = 0

    def __str__(self) -> str:
        """Return it in one line."""
        more = [
            f"{name}={value!r}" for name, value in self._asdict().items() if name not in ("number", "method", "url")
        ]
        shown = [one for one in more if not one.endswith(("=None", "='yes'", "session=0"))]
        return " ".join([f"call {self.number}: {self.method} {self.url!r}", *shown])


@dataclass
class World:
    """All there is before the first request."""

    seed: str
    realms: list[Realm]
    tempers: dict[Realm, str]
    places: list[Place] = field(default_factory=list)
    netrc: str = ""
    store: str = ""
    pypirc: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    keyring: bool = False
    prompt: bool = False
    threads: int = 1
    all_in_file: bool = False
    on_sockets: bool = False
    calls: list[Call] = field(default_factory=list)

    @property
    def uv_toml(self) -> str:
        """Return the configuration file: the indexes not given in code; for pip, whose options have no names, all."""
        tables = [
            f"[[index]]\nname = {place.name!r}\nurl = {place.url!r}\nauthenticate = {place.policy!r}\n"
            for place in self.places
            if self.all_in_file or not place.given
        ]
        return "\n".join(tables)

    def answer(self, service: str, username: str | None) -> tuple[str, str] | None:
        """Return what a keyring or a person has for a service: a URL, or a host with or without a port."""
        random = dice(self.seed, service, username)
        if random.random() < 0.4:
            return None
        try:
            parts = urlsplit(service if "://" in service else f"//{service}")
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return None
        realm = connected(parts.scheme or "https", host if host.isascii() else host.encode("idna").decode(), port)
        tag = Mint().tag(realm, "f", str(random.randrange(1000, 9999)))
        if not parts.scheme:
            tag = tag._replace(scheme=ANY, port=str(port or ANY))
        user, password = login(tag)
        return username or user, password


def make(seed: str, realms: list[Realm] | None = None, sessions: int = 1, ways: tuple[str, ...] = ()) -> World:
    """Return the world of a seed.

    Args:
        seed: the same makes the same world.
        realms: those there are; `None`: made up, too.
        sessions: how many sessions the driver has.
        ways: the ways to give a credential with a call, apart from the URL, that the driver has.

    """
    random = dice(seed)
    realms = random.sample(realms, len(realms)) if realms is not None else made_up_realms(random)
    world = World(seed, realms, {realm: random.choice(TEMPERS) for realm in realms})
    mint, logins = Mint(), {realm: list[Login]() for realm in realms}
    _configure(world, random, mint, logins)
    _keep(world, random, mint, logins)
    world.keyring, world.prompt = random.random() < 0.4, random.random() < 0.25
    world.threads = THREADS if random.random() < 0.15 else 1
    paths = [made_up_path(random) for _ in range(5)]
    paths += [place.path.rstrip("/") + made_up_path(random) for place in world.places for _ in range(3)]
    for number in range(random.choice([4, 10, 20, 40])):
        world.calls.append(_call(random, number, mint, world, paths, logins, sessions, ways))
    return world


def _configure(world: World, random: Random, mint: Mint, logins: dict[Realm, list[Login]]) -> None:
    """Make up indexes, with what belongs to them."""
    given = random.random() < 0.5
    for number in range(random.choice([0, 0, 1, 1, 2, 3])):
        realm, path, name = random.choice(world.realms), random.choice(ROOTS), f"n{number}"
        userinfo, own = "", mint.login(realm, "o", flourish=random.choice(FLOURISHES))
        roll = random.random()
        if roll < 0.25:
            userinfo = own.userinfo
        elif roll < 0.35:
            userinfo = quote(own.user)
        elif roll < 0.5:
            world.variables[f"UV_INDEX_N{number}_USERNAME"] = own.user
            world.variables[f"UV_INDEX_N{number}_PASSWORD"] = own.password
        elif roll < 0.55:
            world.variables[f"UV_INDEX_TOKEN_N{number}"] = own.password
        logins[realm].append(own)
        policy = random.choice(["auto", "auto", "auto", "always", "never"])
        url = spelled(random, realm, path, userinfo)
        world.places.append(Place(url, realm, path, name, policy, given))


def _keep(world: World, random: Random, mint: Mint, logins: dict[Realm, list[Login]]) -> None:
    """Put credentials where a user keeps them; a netrc entry is for a host, whatever the port and the scheme."""
    sections: list[str] = []
    for realm in world.realms:
        for path in random.sample(["", "", *ROOTS], random.choice([0, 1, 1, 2])):
            found = mint.login(realm, "f", flourish=random.choice(FLOURISHES))
            kind = random.choice(["store", "store", "bearer", "pypirc", "nothing"])
            service = f"{realm}{path}"
            if kind == "store":
                world.store += _entry(service=service, username=found.user, scheme="basic", password=found.password)
            elif kind == "bearer":
                token = f"pw~{mint.tag(realm, 'f')}"
                world.store += _entry(service=service, scheme="bearer", token=token)
            elif kind == "pypirc":
                sections.append(f"[s{len(sections)}]\nrepository = {service}\nusername = {found.user}\n")
                sections[-1] += f"password = {found.password}\n"
            logins[realm].append(found)
    names = "\n    ".join(f"s{number}" for number in range(len(sections)))
    world.pypirc = f"[distutils]\nindex-servers =\n    {names}\n\n" + "\n".join(sections) if sections else ""
    for host in dict.fromkeys(realm.host for realm in world.realms):
        if random.random() < 0.4:
            user, password = login(mint.tag(Realm(ANY, host, 0), "f")._replace(port=ANY))
            world.netrc += f"machine {host} login {user} password {password}\n"
    if random.random() < 0.25:
        user, password = login(mint.tag(Realm(ANY, ANY, 0), "d")._replace(port=ANY))
        world.netrc += f"default login {user} password {password}\n"
    if HF in world.realms and random.random() < 0.7:
        world.variables["HF_TOKEN"] = f"pw~{mint.tag(HF, 'f')}"


def _entry(**values: str) -> str:
    return "[[credential]]\n" + "".join(f"{key} = '{value}'\n" for key, value in values.items()) + "\n"


def _call(
    random: Random,
    number: int,
    mint: Mint,
    world: World,
    paths: list[str],
    logins: dict[Realm, list[Login]],
    sessions: int,
    ways: tuple[str, ...],
) -> Call:
    """Make up one call."""
    realm = random.choice(world.realms)
    path = random.choice(paths) if random.random() < 0.6 else made_up_path(random)
    given = mint.login(realm, "u", flourish=random.choice(FLOURISHES))
    if logins[realm] and random.random() < 0.5:
        given = random.choice(logins[realm])
    roll, userinfo, gives, caller = random.random(), "", None, None
    if roll < 0.12:
        userinfo = given.userinfo
    elif roll < 0.2:
        userinfo = quote(given.user)
    elif roll < 0.22:
        userinfo = quote(given.user) + ":"
    elif roll < 0.26:
        userinfo = bracketed(random.choice(world.realms).host) + ":"  # https://good:@evil/
    elif roll < 0.45 and ways:
        gives, caller = random.choice(ways), mint.login(realm, "c", str(number))
    return Call(
        number,
        random.choices(["GET", "HEAD", "POST"], [80, 8, 12])[0],
        spelled(random, realm, path, userinfo),
        gives,
        caller,
        random.choice([None, None, None, None, None, None, None, "bytes", "file", "pieces"]),
        random.choices(["yes", "no", "by hand"], [88, 6, 6])[0],
        random.randrange(sessions),
    )
