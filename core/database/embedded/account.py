"""As whom PostgreSQL runs: as ourselves, or, because it refuses to run as root, as an account that exists already."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.database.embedded.errors import EmbeddedServerError

ROOT = Path(__file__).resolve().parents[3]

# A folder of root's is often closed to everyone (0700). Rather than open it, the server gets the one capability to
# read through it, or where a container withholds that one, its bigger sister. Without no_setuid_fixup access(2) would
# ignore the capability and initdb not find its binary.
_CAPABILITIES = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Account:
    """Who owns the server's files."""

    uid: int
    gid: int

    def adopt(self, path: Path) -> None:
        """Hand over a file or folder we have just made; never called on one that was there before."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)

    def prefix(self, folder: Path, *, binary: Path) -> tuple[str, ...]:
        """Return the words in front of a command line that make it run as this account and die with its parent."""
        setpriv = shutil.which("setpriv")
        if self.uid == os.geteuid():
            return (setpriv, "--pdeathsig=INT", "--") if setpriv else ()
        if setpriv is None:
            raise EmbeddedServerError("PostgreSQL does not run as root and `setpriv` is missing: install util-linux.")
        plain = (setpriv, "--pdeathsig=INT", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")
        for prefix in ((*plain, "--"), *((*plain, *_keeping(capability), "--") for capability in _CAPABILITIES)):
            if _reaches(prefix, folder, binary):
                return prefix
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and the account {pwd.getpwuid(self.uid).pw_name} cannot read {folder} "
            f"or {binary}. "
            "Move the checkout to a folder that others may enter, for instance below /srv, or start as an ordinary "
            "user.",
        )


def account_for(folder: Path) -> Account:
    """Return who runs the server of `folder`: ourselves, or for root the owner of data or checkout, or nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for place in (folder / "data", folder, ROOT):
        # PostgreSQL does not run as a number without a name, which a mounted folder's owner may be.
        if place.exists() and (owner := place.stat()).st_uid != 0 and _has_name(owner.st_uid):
            return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _keeping(capability: str) -> tuple[str, ...]:
    only = f"-all,+{capability}"
    return ("--securebits=+no_setuid_fixup", f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}")


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _reaches(prefix: Sequence[str], folder: Path, binary: Path) -> bool:
    """Whether the account can enter the folder and run the server; where capabilities are not granted setpriv fails."""
    probe = [*prefix, "/bin/sh", "-c", 'cd "$1" && "$2" --version', "sh", str(folder), str(binary)]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own arguments
