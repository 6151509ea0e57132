"""Random situations in which a client has to find credentials, and what a server saw of each request."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Optional

from support.configuration import index_table, write_files
from support.index import IndexServer
from support.platforms import STORE
from support.wheels import Distribution, build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from support.messages import Authorization

Login = tuple[Optional[str], Optional[str]]  # user name and password, either may be missing

PACKAGES = ("thing", "other")
RIGHT: dict[str, Login] = {"a": ("au", "ap"), "b": ("bu", "bp")}  # what opens each index
WRONG: list[Login] = [("au", "old"), ("bu", "old"), ("xu", "xp")]
ROOTS = {"one": {"a": "/a"}, "two": {"a": "/a", "b": "/b"}, "nested": {"a": "/a", "b": "/a/b"}}

ABORTED = "aborted"  # nothing was sent: a policy forbids it, or wants a credential that is not there


@dataclass
class IndexSetup:
    """What is configured of one index: its policy, the userinfo of its URL, and its variables."""

    root: str
    policy: str = "auto"
    userinfo: Login | None = None
    variables: Login | None = None


@dataclass
class Situation:
    """Where credentials are, and how the server refuses."""

    layout: str
    indexes: dict[str, IndexSetup]
    netrc: dict[str, Login]  # "machine" or "default" to its login
    store: list[tuple[str, Login]]  # path and login; "" is the whole host
    refusal: int  # to a bare request
    wrong: int  # to a wrong credential

    def owner(self, path: str) -> str:
        """Return which index a path belongs to: the most specific one."""
        covering = [name for name, one in self.indexes.items() if path.startswith(f"{one.root}/")]
        return max(covering, key=lambda name: len(self.indexes[name].root))

    def __str__(self) -> str:
        """Return the situation as a failing test shows it."""
        return "\n".join(f"{name}: {value}" for name, value in vars(self).items())


class Outcome(NamedTuple):
    """How a request for a URL ended: the last status (or `ABORTED`), and the last credential sent."""

    status: int | str | None
    sent: Authorization

    @property
    def ok(self) -> bool:
        """Whether the page or file was had."""
        return self.status == 200


def situation(seed: int) -> Situation:
    """Return the situation of a seed."""
    dice = random.Random(seed)  # noqa: S311 - no secret is made of it
    layout = dice.choice(["one", "one", "two", "two", "nested"])
    indexes = {name: _setup(dice, name, root) for name, root in ROOTS[layout].items()}
    if layout == "nested":  # there uv's policy is up to the order of a hash table
        indexes["b"].policy = indexes["a"].policy
    names = list(indexes)
    places = dice.choice([[], ["machine"], ["machine"], ["default"], ["machine", "default"]])
    entries = dice.choice([0, 0, 1, 1, 2])
    refusal = dice.choice([401, 401, 401, 403, 404])
    return Situation(
        layout,
        indexes,
        {place: _login(dice, dice.choice(names)) for place in places},
        [_entry(dice, indexes) for _ in range(entries)],
        refusal,
        dice.choice([refusal, refusal, 401, 403]),
    )


def _setup(dice: random.Random, name: str, root: str) -> IndexSetup:
    policy = dice.choice(["auto", "auto", "always", "never"])
    userinfo = dice.choice([None, None, None, "full", "user"])
    variables = dice.choice([None, None, None, "full", "user", "password"])
    return IndexSetup(root, policy, *(_part(dice, name, which) for which in (userinfo, variables)))


def _part(dice: random.Random, name: str, which: str | None) -> Login | None:
    user, password = _login(dice, name)
    return {None: None, "full": (user, password), "user": (user, None), "password": (None, password)}[which]


def _login(dice: random.Random, name: str) -> Login:
    return RIGHT[name] if dice.random() < 0.6 else dice.choice([*RIGHT.values(), *WRONG])


def _entry(dice: random.Random, indexes: dict[str, IndexSetup]) -> tuple[str, Login]:
    name = dice.choice(list(indexes))
    return dice.choice(["", indexes[name].root, indexes[name].root]), _login(dice, name)


@dataclass
class Stage:
    """A server on which situations are played, one after the other, each in a folder of its own."""

    server: IndexServer
    made: dict[str, Distribution] = field(default_factory=dict)

    def arrange(self, one: Situation, folder: Path, patch: pytest.MonkeyPatch) -> None:
        """Set up the server, files and variables of a situation, and go to its folder."""
        self.server.roots.clear()
        for number, (name, index) in enumerate(one.indexes.items()):
            self._open(one, name, index, number)
        files = {"uv.toml": self._configuration(one), "home/.netrc": _netrc(one)}
        files[f"home/{STORE}"] = self._store(one)
        write_files(folder, files)
        patch.setenv("HOME", str(folder / "home"))
        for name, index in one.indexes.items():
            user, password = index.variables or (None, None)
            for variable, value in (("USERNAME", user), ("PASSWORD", password)):
                if value is not None:
                    patch.setenv(f"UV_INDEX_{name.upper()}_{variable}", value)
        patch.chdir(folder)

    def _open(self, one: Situation, name: str, index: IndexSetup, number: int) -> None:
        """Give an index both packages, one of them newer than any other index has it: so uv gets a file of each."""
        wheels = [self._wheel(package, 2 if number == place else 1) for place, package in enumerate(PACKAGES)]
        user, password = RIGHT[name]
        self.server.add_root(
            f"{index.root}/simple",
            wheels,
            {str(user): str(password)},
            refusal=one.refusal,
            wrong=one.wrong,
            files=f"{index.root}/files",
        )

    def _wheel(self, package: str, version: int) -> Distribution:
        key = f"{package} {version}"
        if key not in self.made:
            self.made[key] = build_wheel(package, f"{version}.0")
        return self.made[key]

    def _configuration(self, one: Situation) -> str:
        # Without the codes uv would end at the first refusal, and ask no other index.
        tables = []
        for name, index in one.indexes.items():
            user, password = index.userinfo or (None, None)
            url = self.server.at(f"{index.root}/simple/", user=user, password=password)
            lines = [f'authenticate = "{index.policy}"', "ignore-error-codes = [401, 403]"]
            tables.append(index_table(url, *lines, *(["default = true"] if name == "a" else []), name=name))
        return "\n".join(tables)

    def _store(self, one: Situation) -> str:
        return "\n".join(
            f'[[credential]]\nservice = "{self.server.at(path or "/")}"\nusername = "{user}"\npassword = "{password}"\n'
            for path, (user, password) in one.store
        )


def _netrc(one: Situation) -> str:
    heads = {"machine": "machine 127.0.0.1", "default": "default"}
    return "".join(f"{heads[place]} login {user} password {word}\n" for place, (user, word) in one.netrc.items())
