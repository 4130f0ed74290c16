"""What the press and its callers share: where the bundled assets lie, which design it is, and files inside a PDF."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "templates" / "credentials" / "paper"
# Part of the key of every rendered file: raise it when templates, styles or fonts change what a PDF looks like.
DESIGN = "3"


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file that travels inside the PDF; `at` is the time that the PDF states for it."""

    at: datetime
    name: str
    description: str
    content: bytes
