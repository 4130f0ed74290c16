"""The bundled assets of PDFs, the version of their design, and the files that a PDF carries."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "templates" / "credentials" / "paper"
# Part of the key of every rendered file: raise it when templates, styles, fonts or metadata change the bytes of a PDF.
DESIGN = "6"


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file inside a PDF; `at` is the time that the PDF states for it."""

    at: datetime
    name: str
    description: str
    content: bytes
