"""A time zone of our own, in which the day ends when a test wants it to."""

import struct
from datetime import datetime
from pathlib import Path

DAY = 86_400
NAME = "Demo/Midnight"


def write_zone(folder: Path, midnight: datetime) -> None:
    """A file (RFC 8536) with one offset, below `folder`: the civil day there ends at `midnight`, given in UTC."""
    offset = -(midnight.hour * 3600 + midnight.minute * 60 + midnight.second)
    offset += DAY if offset < -DAY // 2 else 0
    letters = b"DEMO\0"
    header = struct.pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, 0, 1, len(letters))
    block = header + struct.pack(">i?B", offset, False, 0) + letters
    place = folder / NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(block + block + b"\n\n")
