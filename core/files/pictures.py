"""Pictures: their structure ends where the file ends, then they are drawn anew, without what cameras write beside.

What is kept is never the bytes that came: only pixels survive, turned upright, in sRGB, without EXIF, comments
and places.
"""

import io
import struct
import warnings
import zlib
from typing import BinaryIO

from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence

from core.files.content import Content
from core.files.refusals import FileRefusedError

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
MAX_PIXELS = 50_000_000  # what the larger phones take; three bytes of memory each
MAX_FRAMES = 300
QUALITY = 90

# Made for pictures that are damaged in some way or other: Pillow names no common class for them.
DAMAGED = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, struct.error, zlib.error,
)  # fmt: skip


# --- where the picture ends -------------------------------------------------------------------------------------


def check_png(content: Content) -> None:
    """Raises FileRefusedError unless chunks follow each other to IEND, and the file ends there."""
    place, kind = 8, b""
    while kind != b"IEND":
        length, kind = int.from_bytes(content.view[place : place + 4], "big"), content.view[place + 4 : place + 8]
        if len(kind) < 4 or not kind.isalpha():  # noqa: PLR2004 - four letters
            raise FileRefusedError("damaged")
        place += 12 + length
    _check_end(content, place)


def check_gif(content: Content) -> None:
    """Raises FileRefusedError unless blocks follow each other to the trailer, and the file ends there."""
    view = content.view
    place = 13 + _palette(_byte(content, 10))
    while (kind := _byte(content, place)) != 0x3B:  # noqa: PLR2004 - the trailer
        if kind == 0x21:  # noqa: PLR2004 - an extension
            place += 2
        elif kind == 0x2C:  # noqa: PLR2004 - an image
            place += 11 + _palette(_byte(content, place + 9))
        else:
            raise FileRefusedError("damaged")
        while length := _byte(content, place):
            place += length + 1
        place += 1
    _check_end(content, place + 1)
    if not view[6:10].strip(b"\x00"):
        raise FileRefusedError("damaged")


def check_webp(content: Content) -> None:
    """Raises FileRefusedError unless the RIFF container is as long as the file."""
    _check_end(content, 8 + int.from_bytes(content.view[4:8], "little"))


def check_jpeg(content: Content) -> None:
    """Raises FileRefusedError unless segments lead to the end of the image, and nothing but a camera's own follows.

    Phones append a second picture for bright screens, or a short film. Drawing anew leaves both behind.
    """
    place = 2
    while True:
        marker = content.view[place : place + 2]
        if len(marker) < 2 or marker[0] != 0xFF:  # noqa: PLR2004 - a marker has two bytes, the first all ones
            raise FileRefusedError("damaged")
        if marker[1] == 0xD9:  # noqa: PLR2004 - end of image
            break
        if marker[1] == 0xFF:  # noqa: PLR2004 - filling
            place += 1
            continue
        place += 2 + int.from_bytes(content.view[place + 2 : place + 4], "big")
        if marker[1] == 0xDA:  # noqa: PLR2004 - coded data follow, up to the next marker
            place = _after_coded(content, place)
    rest = content.view[place + 2 : place + 66].lstrip(b"\x00")
    if place + 2 + 64 < content.size and not rest:
        return
    if rest and not (
        rest.startswith((b"\xff\xd8\xff", b"\x00\x00")) or rest[3:8] == b"\x18ftyp" or b"ftyp" in rest[:12]
    ):
        raise FileRefusedError("more_than_one_kind")


def _after_coded(content: Content, place: int) -> int:
    while (place := content.view.find(b"\xff", place)) >= 0:
        following = _byte(content, place + 1)
        if following and following != 0xFF and not 0xD0 <= following <= 0xD7:  # noqa: PLR2004 - stuffing, restarts
            return place
        place += 1
    raise FileRefusedError("damaged")


def _palette(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _byte(content: Content, place: int) -> int:
    if place >= content.size:
        raise FileRefusedError("damaged")
    return content.view[place]


def _check_end(content: Content, end: int) -> None:
    if end > content.size:
        raise FileRefusedError("damaged")
    if content.view[end:].strip(b"\x00"):
        raise FileRefusedError("more_than_one_kind")


# --- drawn anew -------------------------------------------------------------------------------------------------


def draw_anew(source: BinaryIO, into: BinaryIO, *, media_type: str) -> None:
    """Decode the picture in `source` and write its pixels, in the same format, to `into`.

    Raises FileRefusedError for what cannot be decoded as that format, or has more pixels than MAX_PIXELS.
    """
    source.seek(0)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process when it is imported
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit is told by a warning; ours is checked first
            with Image.open(source, formats=[FORMATS[media_type]]) as picture:
                _check_pixels(picture)
                _write(picture, into, FORMATS[media_type])
    except (Image.DecompressionBombError, MemoryError):
        raise _too_many_pixels() from None
    except DAMAGED as error:
        raise FileRefusedError("damaged") from error


def _check_pixels(picture: Image.Image) -> None:
    width, height = picture.size
    frames = getattr(picture, "n_frames", 1)
    if width * height > MAX_PIXELS or frames > MAX_FRAMES or width * height * frames > 2 * MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> FileRefusedError:
    return FileRefusedError("too_many_pixels", most=MAX_PIXELS // 1_000_000)


def _write(picture: Image.Image, into: BinaryIO, kind: str) -> None:
    if getattr(picture, "n_frames", 1) > 1 and kind != "JPEG":
        frames = [_bare(frame) for frame in ImageSequence.Iterator(picture)]
        times = [int(frame.info.get("duration", 100)) for frame in ImageSequence.Iterator(picture)]
        frames[0].save(into, kind, save_all=True, append_images=frames[1:], duration=times, loop=0)
        return
    picture.load()
    upright = _in_srgb(ImageOps.exif_transpose(picture))
    options = {"PNG": {}, "GIF": {}, "JPEG": {"quality": QUALITY}, "WEBP": {"quality": QUALITY}}[kind]
    _bare(upright, into=kind).save(into, kind, **options)


def _bare(picture: Image.Image, *, into: str = "") -> Image.Image:
    """The pixels alone: a new picture carries no comments, profiles or times over."""
    mode = {"JPEG": "L" if picture.mode in {"1", "L", "I;16"} else "RGB", "GIF": "RGBA"}.get(into, "")
    if not mode:
        mode = picture.mode if picture.mode in {"1", "L", "LA", "RGB", "RGBA", "I;16"} else "RGBA"
    drawn = picture.convert(mode)
    bare = drawn.copy()
    bare.info = {}
    return bare


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Colours of wide screens come to those that every screen has, before their profile is dropped."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode != "RGB":
        return picture
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, embedded, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture
    return turned or picture
