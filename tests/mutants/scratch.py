"""The copy of the tree in which guards are removed: never the checkout itself."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.mutants import Mutant

STAYS = {"var", ".venv"}  # the copy's own database server, so that the next run finds its template


def copied(root: Path, copy: Path) -> Path:
    """Make `copy` the same as the checkout at `root`: what git tracks or would track, as it lies there now."""
    copy.mkdir(parents=True, exist_ok=True)
    for path in copy.iterdir():
        if path.name not in STAYS:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    listed = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    # Contracts ask git which files there are: an index of its own answers, without a commit.
    _git(copy, "init", "--quiet")
    _git(copy, "add", "--all", "--", ":!.venv")
    if not (copy / ".venv").exists():
        (copy / ".venv").symlink_to((root / ".venv").resolve())
    return copy


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@contextmanager
def mutated(copy: Path, mutant: Mutant) -> Iterator[None]:
    """The module without what the mutant takes from it while the block runs; nothing when that is in the database."""
    if mutant.sql:
        yield
        return
    module = copy / mutant.path
    source = module.read_bytes()
    _put(module, source[: mutant.start] + mutant.text.encode() + source[mutant.end :])
    try:
        yield
    finally:
        _put(module, source)


def _put(module: Path, source: bytes) -> None:
    """Python takes compiled code for fresh when size and second are equal, which a turned comparison's may be."""
    module.write_bytes(source)
    for compiled in (module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"):
        compiled.unlink()
