"""`samlop start`: everything from an empty folder to pages, kept running until Ctrl-C."""

import argparse
import contextlib
import errno
import fcntl
import functools
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from samlop.cli import environment, prepared, server, supervise, trouble
from samlop.cli.postgres import LocalPostgres
from samlop.cli.supervise import Child, Stopped, StopRequest, Supervisor
from samlop.cli.trouble import Trouble

WEB_PROCESSES = 2
THREADS_PER_WEB_PROCESS = 4
WORKER_CONCURRENCY = 2
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not listened on


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    stop = StopRequest()
    stop.listen()
    try:
        _start(options, stop)
    except Stopped:
        say("Stopped.")
    except Trouble as error:
        sys.stdout.flush()
        sys.stderr.write(f"samlop: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="samlop start",
        description="Start Samløp: database, migrations, reference data, web server and worker.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", default=8000, type=_port, help="port (%(default)s)")
    parser.add_argument(
        "--data-dir", help="where data are kept (SAMLOP_DATA_DIR, else .data in the checkout)"
    )
    parser.add_argument(
        "--no-example", action="store_true", help="without the example and its «Logg inn som …»"
    )
    return parser


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port between 1 and 65535")


def _start(options: argparse.Namespace, stop: StopRequest) -> None:
    began = time.monotonic()
    data_dir = environment.data_folder(options.data_dir)
    with _only_one(data_dir):
        supervise.stop_orphans(data_dir)
        address = _free_address(options.host, options.port)
        say(f"Data folder: {data_dir}")
        url = environment.named_database()
        postgres = LocalPostgres(data_dir) if url is None else None
        try:
            if postgres is not None:
                postgres.acquire()
                url = postgres.url()
                say(f"Database: our own PostgreSQL, {_whence(postgres)}")
            elif url is not None:
                say(f"Database: {server.check(url)}")
            env = environment.filled_in(
                data_dir,
                database_url=url or "",
                hosts=environment.names_of(options.host),
                example=not options.no_example,
            )
            if options.no_example:
                env["SAMLOP_EXAMPLE"] = "0"
            if env["SAMLOP_HTTPS"] == "0":
                # Behind a proxy the address people use is not the one we listen on.
                env.setdefault("SAMLOP_ADDRESS", _home(address, options.port))
            env[supervise.MARK] = str(data_dir)
            if postgres is None:
                # Others may have changed what is in it.
                _prepare(env, stop)
            elif prepared.is_done(postgres.url(), what := prepared.for_what(env), env):
                say("Nothing is new since the last start.")
            else:
                _prepare(env, stop)
                prepared.remember(postgres.url(), what)
            _serve(env, postgres, stop, address=address, port=options.port, began=began)
        finally:
            if postgres is not None:
                postgres.release()


def _home(address: str, port: int) -> str:
    reached_at = WILDCARDS.get(address, address)
    return f"http://{f'[{reached_at}]' if ':' in reached_at else reached_at}:{port}/"


def _whence(postgres: LocalPostgres) -> str:
    return "started" if postgres.started_here else "found running"


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Two runs on the same data would each take the other's processes for orphans."""
    try:
        descriptor = os.open(data_dir / "start", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise trouble.about(error, data_dir) from error
    with os.fdopen(descriptor, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(
                f"Samløp already runs on the data in {data_dir}; stop it first, or choose other "
                "data with --data-dir."
            ) from error
        yield


def _free_address(host: str, port: int) -> str:
    """The number of the host to listen on, tried by listening."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise Trouble(f"The address {host} is unknown; choose another with --host.") from error
    # `localhost` is two addresses; people and programs try the older kind when in doubt.
    family, kind, protocol, _, place = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    with socket.socket(family, kind, protocol) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(place)
            attempt.listen(1)
        except OSError as error:
            raise Trouble(_why_not(error, host, port)) from error
    return str(place[0])


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program; choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this account; choose one above 1023 with --port."
    return f"{host}, port {port}, cannot be listened on: {error.strerror}."


def _prepare(env: Mapping[str, str], stop: StopRequest) -> None:
    child = supervise.spawn([sys.executable, "-m", "samlop.cli.prepare"], env)
    try:
        while child.poll() is None:
            stop.obey()
            time.sleep(0.01)
    finally:
        if child.returncode is None:
            child.terminate()
            supervise.end_group(child, deadline=time.monotonic() + supervise.GRACE_SECONDS)
    if child.returncode != 0:
        # It has said why.
        raise SystemExit(1)


def _serve(
    env: Mapping[str, str],
    postgres: LocalPostgres | None,
    stop: StopRequest,
    *,
    address: str,
    port: int,
    began: float,
) -> None:
    web = Child(
        "web server",
        [
            *(sys.executable, "-m", "granian", "samlop.config.wsgi:application"),
            *("--interface", "wsgi", "--no-ws", "--host", address, "--port", str(port)),
            *("--workers", str(WEB_PROCESSES)),
            *("--blocking-threads", str(THREADS_PER_WEB_PROCESS)),
            *("--respawn-failed-workers", "--respawn-interval", "0.5"),
            *("--workers-kill-timeout", "5", "--log-level", "warning"),
        ],
        env,
    )
    worker = Child(
        "worker",
        [
            *(sys.executable, "-m", "django", "procrastinate", "worker"),
            *("--concurrency", str(WORKER_CONCURRENCY)),
        ],
        env,
    )
    reached_at = WILDCARDS.get(address, address)
    home = _home(address, port)

    def announce() -> None:
        say(f"Web server: running after {time.monotonic() - began:.1f} s")
        say(f"\nSamløp is at {home} – stop it with Ctrl-C.")
        if env["SAMLOP_EXAMPLE"] == "1":
            say(f"Log in as anybody in the example: open {home}logg-inn-som/")

    Supervisor([web, worker], postgres, stop).run(
        is_ready=functools.partial(supervise.answers, reached_at, port, "/healthz/live"),
        on_ready=announce,
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
