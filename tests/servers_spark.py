"""A cluster of Apache Spark for tests: a master, two workers and a Spark Connect server, on this machine alone.

They come from the PySpark package and are started once for a run of pytest, however many processes it has: each
process that uses a server is counted in a file, and the last one stops it. What they write goes to a temporary folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.engines.needs import lacking

WORKERS = 2
START = 120.0  # seconds in which a server must answer
LONGEST = 600.0  # seconds that the process which started servers waits for the others to be done with them
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Options of Java for a process that lives for seconds: it starts sooner, and is never optimised."""

IN_PROCESS = {
    "spark.driver.extraJavaOptions": QUICK,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
}
"""What a source of a test asks of Spark in this process."""

SETTINGS = {
    **IN_PROCESS,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.cores.max": str(WORKERS),
}
"""What a source of a test asks of the cluster: a core of each worker."""


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process of Spark that listens on this machine alone, and writes to the folder."""
    dropped = ("SPARK_HOME", "SPARK_REMOTE", "PYSPARK_SUBMIT_ARGS")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOG_DIR": str(folder),
        "SPARK_DAEMON_MEMORY": "640m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK,
        "SPARK_LAUNCHER_OPTS": QUICK,
    }


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Servers:
    """Processes of Spark that belong together. `started` gives their addresses once they all answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a program of the PySpark package; its log is in the folder."""
        import pyspark

        program = Path(pyspark.__file__).parent / "bin" / name
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [str(program), *arguments],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, env=environment(self.folder),
                start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait until something holds; fail with the end of the log when a process ends, or after some time."""
        end = time.monotonic() + START
        while not what():
            if time.monotonic() > end or any(process.poll() is not None for process in self.processes):
                raise AssertionError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def wait(self) -> None:
        """Wait until another process of the run, the last that uses them, has ended them; then end what is left."""
        end = time.monotonic() + LONGEST
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
        self.stop()

    def stop(self) -> None:
        """End all processes, and those that they started."""
        stop([process.pid for process in self.processes])
        for process in self.processes:
            process.wait()


def stop(groups: list[int]) -> None:
    """End groups of processes by the numbers of their leaders."""
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def answers(port: int) -> bool:
    """Whether somebody listens at a port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def start_cluster(servers: Servers) -> str:
    """The address of a master with two workers, of two cores each."""
    port, web = free_port(), free_port()
    deploy = "org.apache.spark.deploy"
    at = ("--host", "127.0.0.1")
    servers.run("spark-class", f"{deploy}.master.Master", *at, "--port", str(port), "--webui-port", str(web))
    servers.wait_for(lambda: answers(port))
    master = f"spark://127.0.0.1:{port}"
    for _ in range(WORKERS):
        servers.run(
            "spark-class", f"{deploy}.worker.Worker", *at, "--webui-port", "0", "--cores", "2", "--memory", "1g", master
        )
    servers.wait_for(lambda: alive(web) == WORKERS)
    return master


def alive(web: int) -> int:
    """How many workers the master says it has."""
    from urllib.request import urlopen

    with suppress(OSError, ValueError), urlopen(f"http://127.0.0.1:{web}/json/", timeout=2) as page:
        return int(json.load(page)["aliveworkers"])
    return 0


def start_connect(servers: Servers) -> str:
    """The address of a Spark Connect server that counts by itself, with two threads."""
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": QUICK,
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(servers.folder / "warehouse"),
    }
    given = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    service = "org.apache.spark.sql.connect.service.SparkConnectServer"
    servers.run("spark-submit", "--master", "local[2]", *given, "--class", service, "spark-internal")
    servers.wait_for(lambda: answers(port))
    return f"sc://127.0.0.1:{port}"


def need_spark() -> None:
    """Skip the test, with the reason, where Spark cannot run."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        lacking("Spark needs Java, and there is none")


@contextmanager
def shared(note: Path, start: Callable[[Servers], str]) -> Iterator[str]:
    """The address of servers that the processes of a run share by a file; the last one that uses them stops them."""
    servers = Servers(note.with_suffix(""))
    with _locked(note) as state:
        if not state:
            servers.folder.mkdir()
            try:
                state.update(address=start(servers), groups=[process.pid for process in servers.processes], users=0)
            except BaseException:
                servers.stop()
                raise
        state["users"] += 1
        address = str(state["address"])
    try:
        yield address
    finally:
        with _locked(note) as state:
            state["users"] -= 1
            if not state["users"]:
                stop(state["groups"])
                shutil.rmtree(servers.folder, ignore_errors=True)
                state.clear()
        servers.wait()


@contextmanager
def _locked(note: Path) -> Iterator[dict[str, Any]]:
    """What a file says, and nobody else reads or changes meanwhile; the file goes when it says nothing."""
    with note.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state: dict[str, Any] = json.loads(note.read_text()) if note.exists() else {}
        yield state
        if state:
            note.write_text(json.dumps(state))
        else:
            note.unlink(missing_ok=True)


def _note(factory: pytest.TempPathFactory, name: str) -> Path:
    """A file that all processes of a run find: with pytest-xdist each has a folder of its own in that of the run."""
    folder = factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / f"spark-{name}.json"


@pytest.fixture(scope="session", name="cluster")
def cluster_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster."""
    need_spark()
    with shared(_note(tmp_path_factory, "cluster"), start_cluster) as address:
        yield address


@pytest.fixture(scope="session", name="connect")
def connect_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Spark Connect server."""
    need_spark()
    with shared(_note(tmp_path_factory, "connect"), start_connect) as address:
        yield address
