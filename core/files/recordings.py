"""Sound and film as phones and dictation programs record them: MP3, and MP4 with its relatives M4A and MOV."""

from collections.abc import Iterator

from core.files.content import Content
from core.files.refusals import FileRefusedError

# --- MP4: ISO/IEC 14496-12, a file of boxes one after the other -------------------------------------------------

TOP_BOXES = frozenset(
    (
        b"ftyp",
        b"moov",
        b"mdat",
        b"free",
        b"skip",
        b"wide",
        b"moof",
        b"mfra",
        b"sidx",
        b"styp",
        b"uuid",
        b"udta",
        b"meta",
    )
)
HOLDERS = frozenset((b"moov", b"trak", b"mdia"))
PICTURES = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"))
MAX_BOXES = 100_000
LONG_HEADER = 16

Box = tuple[bytes, int, int]


def film_type(content: Content) -> str:
    """`video/mp4`, `video/quicktime` or `audio/mp4`, by the tracks inside; raises FileRefusedError else."""
    brand = content.view[8:12]
    if brand in PICTURES:
        raise FileRefusedError("heic")
    boxes = list(_boxes(content, 0, content.size))
    kinds = [kind for kind, _, _ in boxes]
    if kinds[0] != b"ftyp" or not TOP_BOXES.issuperset(kinds):
        raise FileRefusedError("more_than_one_kind" if b"moov" in kinds else "not_accepted")
    if kinds.count(b"moov") != 1 or not {b"mdat", b"moof"}.intersection(kinds):
        raise FileRefusedError("damaged")
    handlers = {handler for kind, start, end in boxes if kind == b"moov" for handler in _handlers(content, start, end)}
    if b"vide" in handlers:
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    if b"soun" in handlers:
        return "audio/mp4"
    raise FileRefusedError("not_accepted")


def _handlers(content: Content, start: int, end: int) -> Iterator[bytes]:
    for kind, inner, outer in _boxes(content, start, end):
        if kind in HOLDERS:
            yield from _handlers(content, inner, outer)
        elif kind == b"hdlr":
            yield content.view[inner + 8 : inner + 12]


def _boxes(content: Content, start: int, end: int) -> Iterator[Box]:
    """Kind, and where the content begins and ends, of boxes that fill `start` to `end` without a gap."""
    place = start
    for _ in range(MAX_BOXES):
        if place == end:
            return
        size, kind, header = (
            int.from_bytes(content.view[place : place + 4], "big"),
            content.view[place + 4 : place + 8],
            8,
        )
        if size == 1:
            size, header = int.from_bytes(content.view[place + 8 : place + LONG_HEADER], "big"), LONG_HEADER
        elif size == 0 and place > 0:
            size = end - place
        if size < header or place + size > end:
            raise FileRefusedError("damaged")
        yield kind, place + header, place + size
        place += size
    raise FileRefusedError("damaged")


# --- MP3: ISO/IEC 11172-3 layer III, a file of frames, with tags before and behind ------------------------------

BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
MPEG_1 = 3
LAYER_III = 1
LEAST_FRAMES = 3
ID3_HEADER = 10
ID3V1_LENGTH = 128


def check_mp3(content: Content) -> None:
    """Raises FileRefusedError unless frames follow each other from the tag before them to the end or the tag behind."""
    place, frames = _after_id3(content), 0
    while length := _frame_length(content.view[place : place + 4]):
        place, frames = place + length, frames + 1
    if frames < LEAST_FRAMES:
        raise FileRefusedError("damaged" if place < content.size else "not_accepted")
    rest = content.view[min(place, content.size) :]
    if rest.startswith(b"APETAGEX"):
        rest = rest[-ID3V1_LENGTH:] if rest[-ID3V1_LENGTH:].startswith(b"TAG") else b""
    if rest.strip(b"\x00") and not (rest.startswith(b"TAG") and len(rest) == ID3V1_LENGTH):
        raise FileRefusedError("more_than_one_kind")


def _after_id3(content: Content) -> int:
    """Where the frames begin: behind an ID3v2 tag, whose size is written in bytes of seven bits, and zeros."""
    if content.head(3) != b"ID3":
        return 0
    size = content.view[6:ID3_HEADER]
    if len(size) < 4 or any(part > 0x7F for part in size):  # noqa: PLR2004 - four bytes of seven bits
        raise FileRefusedError("damaged")
    place = ID3_HEADER + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    while place < content.size and content.view[place] == 0:
        place += 1
    return place


def _frame_length(header: bytes) -> int:
    """Bytes of the frame that begins with these four; 0 when they begin none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - eleven set bits
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version not in RATES or layer != LAYER_III or bitrate in {0, 15} or rate == 3:  # noqa: PLR2004 - reserved
        return 0
    per_second = BITRATES[1 if version == MPEG_1 else 2][bitrate] * 1000
    return (144 if version == MPEG_1 else 72) * per_second // RATES[version][rate] + (header[2] >> 1 & 1)
