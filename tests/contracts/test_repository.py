"""What must never stand in the repository: package registries by name, paths of one machine, files of others."""

import re
import subprocess

from tests.conftest import ROOT

# Written apart, so that this file does not hold what it looks for.
REGISTRIES = ["py" + "pi.org", "python" + "hosted", "registry.np" + "mjs", "deb.deb" + "ian.org"]
PLACES = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
# A home folder as an example of what must not change is named where that is tested.
NAMES_A_PLACE = {"tests/faults/", "scripts/"}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_that_name(words: list[str], *, apart_from: tuple[str, ...] = ()) -> list[str]:
    pattern = re.compile("|".join(re.escape(word) for word in words))
    return [
        f"{name}:{number}"
        for name in tracked()
        if not name.startswith(apart_from)
        for number, line in enumerate((ROOT / name).read_bytes().decode("utf-8", "replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_package_registry_is_named() -> None:
    assert lines_that_name(REGISTRIES) == []


def test_no_path_of_one_machine_is_named() -> None:
    assert lines_that_name(PLACES, apart_from=tuple(NAMES_A_PLACE)) == []


def test_the_locks_carry_hashes_and_no_addresses() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9._-]+==.*", text, flags=re.MULTILINE)

        assert pins
        assert all(pin.rstrip().endswith("\\") for pin in pins)
        assert re.findall(r"https?://|@ ", text) == []
