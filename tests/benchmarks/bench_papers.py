"""Papers: a certificate and a transcript of three pages as we press them, beside one plain call of the library each."""

import statistics
import time
from collections.abc import Callable, Iterator

import psutil
import weasyprint
from django.template.loader import render_to_string

from credentials.papers.formats import certificate_pdf as certificates
from credentials.papers.formats import weasy
from credentials.papers.formats.paper_design import ASSETS
from credentials.papers.formats.qr import qr_svg
from credentials.transcripts.formats import transcript_pdf as transcripts
from tests.benchmarks.measure import Figure, milliseconds
from tests.credentials.printed import CHECK_URL, certificate, program, transcript

RUNS = {"usual": 7, "large": 21}
PAPERS = {"usual": (20, 100), "large": (100, 1_000)}
ROWS = 24  # competencies of a transcript of three pages
MEGABYTE = 1024 * 1024


def figures(size: str) -> Iterator[Figure]:
    """CPU of both papers, and how memory grows over many."""
    face, long = certificate(), transcript(programs=(program(ROWS),))
    works = {
        "certificate, tagged and archival": (
            lambda: certificates.certificate_pdf(face),
            _plainly("certificate", certificates._context(face)),
        ),
        f"transcript with {ROWS} competencies, the same": (
            lambda: transcripts.transcript_pdf(long, check_url=CHECK_URL),
            _plainly("transcript", transcripts.transcript_parts(long, CHECK_URL)),
        ),
    }
    for work, (ours, plain) in works.items():
        taken, beside = _cpu(ours, plain, times=RUNS[size])
        yield Figure(
            f"{work} (CPU)",
            milliseconds(taken),
            f"one plain write_pdf: {milliseconds(beside)} ({taken / beside:.2f} of it)",
            "≤ 0.5 of it",
        )
    few, many = PAPERS[size]
    before = _memory_after(lambda: certificates.certificate_pdf(face), few)
    after = _memory_after(lambda: certificates.certificate_pdf(face), many - few)
    yield Figure(f"memory after {few} and after {many} certificates", f"{before:.0f} and {after:.0f} MB", "", "flat")


def _plainly(name: str, said: dict[str, object]) -> Callable[[], object]:
    """The same page through the library as its handbook shows it: nothing is kept from one call to the next."""
    html = render_to_string(f"credentials/paper/{name}.html", said)
    css = (ASSETS / f"{name}.css").read_text(encoding="utf-8")
    shelf = weasy._AssetFetcher({"qr.svg": qr_svg(CHECK_URL, colour="#000")})

    def press() -> object:
        sheet = weasyprint.CSS(string=css, url_fetcher=shelf)
        page = weasyprint.HTML(string=html, base_url=weasy.SCHEME, url_fetcher=shelf)
        return page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/a-3a")

    return press


def _cpu(ours: Callable[[], object], plain: Callable[[], object], *, times: int) -> tuple[float, float]:
    """Median CPU seconds of both, run in turn after one that does not count."""
    taken: tuple[list[float], list[float]] = ([], [])
    for place, work in ((0, ours), (1, plain)) * (times + 1):
        before = time.process_time()
        work()
        taken[place].append(time.process_time() - before)
    return statistics.median(taken[0][1:]), statistics.median(taken[1][1:])


def _memory_after(work: Callable[[], object], times: int) -> float:
    for _ in range(times):
        work()
    return float(psutil.Process().memory_info().rss) / MEGABYTE
