"""`make bench`: the main pages under granian, as requests, times, queries, bytes and ratios.

Ratios within one run are what counts; times alone tell about the machine. Writes
docs/benchmarks.md, or only prints with --print.
"""

import argparse
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlencode

import urllib3

from tests.bench.importing import ROOT, SAMLOP, copy_ratio, goals_of_import

WARM_UP = 20
ALONE = 200
CLIENTS = 8
SECONDS = 4.0

# A name in three spellings, a code, an old code, Sámi, a typo: what people type.
SEARCHES = ("tromso", "Kautokeino", "guovdageaidnu", "1507", "Trondhiem", "ål", "digi agder")

TARGET_TABLE = 4.0
TARGET_SEARCH_MS = 20.0
TARGET_SECOND_START = 3.0
FLOOR_BYTES = 0.10


# The example's people by what stands on their buttons; the first on the page is a coordinator.
COORDINATOR = ""
PORTFOLIO_OWNER = "Porteføljeeier"
ROLLOUT_LEADER = "Innføringsleder"
ROLLOUT_TABLE = "a rollout's table of 357"
ROLLOUT_FLOOR = "floor of that table, its own cells and links"


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    paths: tuple[str, ...]
    person: str = COORDINATOR


PAGES = (
    Page("floor: 357 rows, one query, joined strings", ("/floor/",)),
    Page("municipalities, table of 357", ("/kommuner/",)),
    Page("municipalities, tile map", ("/kommuner/?visning=kart",)),
    Page("a municipality", ("/kommuner/4219/",)),
    Page("regions", ("/regioner/",)),
    Page("a region", ("/regioner/digi-agder/",)),
    Page("the portfolio, board", ("/losninger/",)),
    Page("the portfolio, map of vendors", ("/losninger/?visning=kart",)),
    Page("a solution", ("/losninger/kjernejournal/",)),
    Page(
        "an assessment, 13 criteria",
        ("/losninger/pasientens-legemiddelliste/vurdering/sykehjem/",),
        PORTFOLIO_OWNER,
    ),
    Page("the criteria", ("/kriterier/1/",)),
    Page("a solution's decisions", ("/losninger/kjernejournal/beslutninger/",)),
    Page("cases and decisions", ("/saker/",)),
    Page("a solution's vendors", ("/losninger/kjernejournal/leverandorer/",)),
    Page(
        "a rollout type, with groups",
        ("/losninger/velferdsteknologisk-knutepunkt/innforingstype/?omrade=hjemmetjeneste",),
    ),
    Page(
        "those left out",
        ("/losninger/pasientens-legemiddelliste/innforingstype/star-utenfor/",),
    ),
    Page(
        "a solution's cost, for one municipality",
        ("/losninger/velferdsteknologisk-knutepunkt/kostnad/?kommune=4219&antall=200",),
    ),
    Page("a municipality's year", ("/kommuner/4219/e-helse-neste-ar/",)),
    Page("the material, all of it", ("/materiell/",)),
    Page(
        "the material, searched",
        tuple(f"/materiell/?q={quote(text)}" for text in ("legemidler", "fastlegen", "kurs")),
    ),
    Page("how far the country has come", ("/utbredelse/",)),
    Page("how far with a solution", ("/losninger/kjernejournal/utbredelse/",)),
    Page("how far a municipality has come", ("/kommuner/4219/utbredelse/",)),
    Page("two days compared", ("/utbredelse/sammenlign/",)),
    Page("what is measured", ("/utbredelse/indikatorer/",)),
    Page("a solution's benefits", ("/losninger/kjernejournal/gevinster/",)),
    Page("a municipality's benefits", ("/kommuner/4219/gevinster/",)),
    Page("its benefits of a solution", ("/kommuner/4219/gevinster/kjernejournal/",)),
    Page(ROLLOUT_FLOOR, ("/floor/kjernejournal-de-siste/",), ROLLOUT_LEADER),
    Page(
        ROLLOUT_TABLE,
        ("/innforingslop/kjernejournal-de-siste/kommuner/",),
        ROLLOUT_LEADER,
    ),
    Page("my page", ("/",)),
    Page("search", tuple(f"/sok/?q={quote(text)}" for text in SEARCHES)),
)


@dataclass(frozen=True, slots=True)
class Figures:
    name: str
    p50: float
    p95: float
    queries: int
    size: int
    rate: float


class Client:
    """One keep-alive connection of a signed-in person."""

    def __init__(self, port: int, cookie: str) -> None:
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=1)
        self._headers = {"Cookie": cookie, "Accept-Language": "nb"}

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        answer = self._pool.request("GET", path, headers=self._headers, redirect=False)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        return answer


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(data: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """The product as people start it; seconds until it answers."""
    began = time.monotonic()
    # On people's machines Python keeps what it has compiled.
    unlike = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
    running = subprocess.Popen(
        [SAMLOP, "start", "--port", str(port), "--data-dir", str(data)],
        stdout=subprocess.DEVNULL,
        env={key: value for key, value in os.environ.items() if key not in unlike},
    )
    while time.monotonic() - began < 120:
        if running.poll() is not None:
            raise SystemExit("samlop start ended at once; run it by hand to see why.")
        try:
            urllib3.request("GET", f"http://127.0.0.1:{port}/healthz/live", retries=False)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.01)
        else:
            return running, time.monotonic() - began
    raise SystemExit("samlop start did not answer within two minutes.")


def stop(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    running.wait(60)


@contextmanager
def measured_server(data: Path, port: int) -> Iterator[None]:
    """One granian worker with the floor beside the product, so that every page shares a process."""
    served = subprocess.Popen(
        [SAMLOP, "shell", "-c", SERVE.format(port=port)],
        env={
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "SAMLOP_DATA_DIR": str(data),
            "SAMLOP_EXAMPLE": "1",
        },
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, served)
        yield
    finally:
        served.terminate()
        served.wait(60)


# `samlop shell` gives the environment and the database; granian then serves the bench's own
# application from a child that dies with it.
SERVE = """
import subprocess, sys, signal
from pathlib import Path
child = subprocess.Popen([str(Path(sys.executable).parent / "granian"), "--interface", "wsgi",
    "--host", "127.0.0.1", "--port", "{port}", "--workers", "1", "--blocking-threads", "4",
    "--no-log", "tests.bench.wsgi:application"])
signal.signal(signal.SIGTERM, lambda *_: child.terminate())
child.wait()
"""


def wait_for(port: int, served: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        if served.poll() is not None:
            raise SystemExit("The measured server ended at once.")
        try:
            urllib3.request("GET", f"http://127.0.0.1:{port}/healthz/live", retries=False)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit("The measured server did not answer.")


def sign_in(port: int, name: str) -> str:
    """As the first of the example's people with this on her button; returns the cookies."""
    base = f"http://127.0.0.1:{port}/logg-inn-som/"
    page = urllib3.request("GET", base)
    csrf = re.search(r"csrftoken=([^;]+)", page.headers["Set-Cookie"])
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.data)
    forms = page.data.decode().split("<form")
    held = next((form for form in forms if 'name="person"' in form and name in form), "")
    person = re.search(r'name="person" value="(\d+)"', held)
    if not (csrf and token and person):
        raise SystemExit("The page «Logg inn som …» has no persons.")
    answer = urllib3.request(
        "POST",
        base,
        body=urlencode({"csrfmiddlewaretoken": token[1].decode(), "person": person[1]}),
        headers={
            "Cookie": f"csrftoken={csrf[1]}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        redirect=False,
    )
    session = re.search(r"sessionid=([^;]+)", answer.headers.get("Set-Cookie", ""))
    if not session:
        raise SystemExit("Signing in gave no session.")
    return f"csrftoken={csrf[1]}; sessionid={session[1]}"


def measure(page: Page, port: int, cookie: str) -> Figures:
    client = Client(port, cookie)
    for number in range(WARM_UP):
        client.get(page.paths[number % len(page.paths)])
    times: list[float] = []
    queries = size = 0
    for number in range(ALONE):
        began = time.perf_counter()
        answer = client.get(page.paths[number % len(page.paths)])
        times.append((time.perf_counter() - began) * 1000)
        queries = max(queries, int(answer.headers["X-Queries"]))
        size = max(size, len(answer.data))
    times.sort()
    return Figures(
        name=page.name,
        p50=statistics.median(times),
        p95=times[int(len(times) * 0.95)],
        queries=queries,
        size=size,
        rate=throughput(page, port, cookie),
    )


def throughput(page: Page, port: int, cookie: str) -> float:
    """Answers a second to eight clients at once, on the cores that they share with the server."""
    until = time.monotonic() + SECONDS

    def ask() -> int:
        client, asked = Client(port, cookie), 0
        while time.monotonic() < until:
            client.get(page.paths[asked % len(page.paths)])
            asked += 1
        return asked

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(lambda _: ask(), range(CLIENTS))) / SECONDS


def report(
    found: list[Figures], second_start: float, load: float, more: list[tuple[str, str, bool]]
) -> tuple[str, bool]:
    by_name = {figures.name: figures for figures in found}
    floor, table, search = found[0], found[1], by_name["search"]
    ratio = table.p50 / floor.p50
    rollout, its_floor = by_name[ROLLOUT_TABLE], by_name[ROLLOUT_FLOOR]
    of_rollout = rollout.p50 / its_floor.p50
    apart = max(
        abs(page.size - least.size) / page.size
        for page, least in ((table, floor), (rollout, its_floor))
    )
    goals = (
        (f"table of 357 ≤ {TARGET_TABLE:.0f} × floor", f"{ratio:.1f} ×", ratio <= TARGET_TABLE),
        (
            f"{ROLLOUT_TABLE} ≤ {TARGET_TABLE:.0f} × its floor",
            f"{of_rollout:.1f} ×",
            of_rollout <= TARGET_TABLE,
        ),
        (f"search p95 ≤ {TARGET_SEARCH_MS:.0f} ms", f"{search.p95:.1f} ms", search.p95 <= 20),
        (
            f"second start-up ≤ {TARGET_SECOND_START:.0f} s",
            f"{second_start:.1f} s",
            second_start <= TARGET_SECOND_START,
        ),
        ("floors and tables differ by < 10 % in bytes", f"{apart:.1%}", apart < FLOOR_BYTES),
        *more,
    )
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`, never by hand. Signed in, one client at a time over HTTP after "
        f"{WARM_UP} warm-up requests, {ALONE} requests a page; then {CLIENTS} clients at once for "
        f"{SECONDS:.0f} s. One granian worker with four threads. Ratios are to the floor of the "
        "same run: one hand-written query and joined strings, inside the same process and "
        "middleware. Times depend on the machine, ratios much less.",
        "",
        f"{date.today().isoformat()} · Python {platform.python_version()} · "  # noqa: DTZ011
        f"{os.cpu_count()} cores · load average {load:.1f} before the run",
        "",
        "| page | p50 ms | p95 ms | × floor | queries | bytes | × floor | requests/s, 8 clients |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {one.name} | {one.p50:.1f} | {one.p95:.1f} | {one.p50 / floor.p50:.1f} | "
        f"{one.queries} | {one.size} | {one.size / floor.size:.2f} | {one.rate:.0f} |"
        for one in found
    ]
    lines += ["", "| goal | measured | met |", "|---|--:|---|"]
    lines += [f"| {goal} | {said} | {'yes' if met else '**no**'} |" for goal, said, met in goals]
    return "\n".join(lines) + "\n", all(met for _, _, met in goals)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", dest="only_print")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="samlop-bench-") as folder:
        data = Path(folder)
        data.chmod(0o755)
        first, _ = start(data, free_port())
        stop(first)
        second, second_start = start(data, free_port())
        stop(second)
        port = free_port()
        with measured_server(data, port):
            cookies = {name: sign_in(port, name) for name in {page.person for page in PAGES}}
            found = [measure(page, port, cookies[page.person]) for page in PAGES]
        imported = goals_of_import(copy_ratio(data))
    text, met = report(found, second_start, load, imported)
    print(text)
    if not options.only_print:
        (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
