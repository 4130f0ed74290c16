"""`make bench`: every bench_*.py beside this file, on a database of its own; `--write` fills docs/figures.md.

make bench                    the usual sizes, a few minutes
make bench SIZE=large         the sizes of DESIGN.md section 6
python -m tests.benchmarks audit jobs      only these
"""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

HERE = Path(__file__).parent
FIGURES = HERE.parents[1] / "docs" / "figures.md"
BEGIN, END = "<!-- make bench -->", "<!-- end of make bench -->"


def main(arguments: list[str]) -> None:
    """Run the named benchmarks, or all; print, and write when asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    table = list(_rows([name for name in arguments if not name.startswith("-")]))
    if "--write" in arguments:
        _write(table)


def _rows(names: list[str]) -> Iterator[str]:
    size = os.environ.get("SIZE", "usual")
    yield _say("| work | figure | beside it | target |")
    yield _say("| --- | --- | --- | --- |")
    for path in sorted(HERE.glob("bench_*.py")):
        if names and path.stem.removeprefix("bench_") not in names:
            continue
        with _database():
            for figure in importlib.import_module(f"tests.benchmarks.{path.stem}").figures(size):
                yield _say(f"| {figure.work} | {figure.value} | {figure.beside} | {figure.target} |")


@contextmanager
def _database() -> Iterator[None]:
    """A new one for each benchmark: what one leaves would stand in the next one's way, or make it slow."""
    from django.db import connection
    from django.test.utils import get_runner

    from tests.templates import template

    runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
    connection.settings_dict["TEST"]["TEMPLATE"] = template()
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)


def _say(line: str) -> str:
    print(line, flush=True)  # noqa: T201 - a report for the terminal
    return line


def _write(table: list[str]) -> None:
    text = FIGURES.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    FIGURES.write_text(before + "\n".join([BEGIN, *table, END]) + after, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
