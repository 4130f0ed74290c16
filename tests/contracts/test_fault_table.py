"""The table of faults names tests: each of them exists, so that a fault cannot lose its test unnoticed."""

import re

from tests.conftest import ROOT

TABLE = ROOT / "docs" / "decisions" / "0031-faults-and-tests.md"


def test_every_test_that_the_table_of_faults_names_exists() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "`" in line]
    named = [set(re.findall(r"`(test_\w+)`", row)) for row in rows]
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert len(rows) > 20
    assert [row for row, names in zip(rows, named, strict=True) if not names or names - defined] == []
