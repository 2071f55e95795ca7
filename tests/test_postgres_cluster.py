"""The test server is as private and as short-lived as the tests rely on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from postgres_cluster import PREFIX, Cluster, NoPostgresError, reap

if TYPE_CHECKING:
    from collections.abc import Callable

    from postgres_cluster import Server

STARTER = """
import sys, time
from postgres_cluster import Cluster
cluster = Cluster.start()
print(cluster.create("x").split("host=")[1].replace("%2F", "/"), flush=True)
sys.stdin.read()
"""


def test_a_copy_has_what_its_template_had_and_the_template_does_not_see_the_copy(
    postgres_server: Server, postgres_database: Callable[..., str]
) -> None:
    with psycopg.connect(postgres_server.create("template")) as connection:
        connection.execute("create table offers (id int)")
    first, second = postgres_database("template"), postgres_database("template")
    with psycopg.connect(first) as connection:
        connection.execute("insert into offers values (1)")
    with psycopg.connect(second) as connection:
        assert connection.execute("select count(*) from offers").fetchone() == (0,)
    connection.close()
    postgres_server.drop("template")


@pytest.mark.skipif("IOMS_TEST_POSTGRES" in os.environ, reason="a named server is not ours to end")
def test_a_cluster_goes_with_the_process_that_is_killed() -> None:
    tests = Path(__file__).parent
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tests
    ) as starter:
        assert starter.stdout is not None
        folder = Path(starter.stdout.readline().strip())
        assert folder.name.startswith(PREFIX)
        with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}") as connection:
            starter.send_signal(signal.SIGKILL)
            starter.wait()
            # The server's end closes the connection, which is what a listener waits for.
            with pytest.raises(psycopg.OperationalError):
                list(connection.notifies(timeout=30))


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"{PREFIX}{gone.pid}-abc"
    kept = tmp_path / f"{PREFIX}{os.getpid()}-abc"
    left.mkdir()
    kept.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("postgres_cluster.LONGEST_FOLDER", 1000)
    reap()
    assert not left.exists()
    assert kept.exists()


def test_no_postgres_at_all_is_a_failure_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postgres_cluster.DEBIAN", Path("/nonexistent"))
    monkeypatch.setattr("postgres_cluster.WHEEL", "no_such_module")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NoPostgresError, match=r"^No PostgreSQL to test with: .* IOMS_TEST_POSTGRES\.$"):
        Cluster.start()
