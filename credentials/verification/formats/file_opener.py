"""A program of its own that opens a stranger's PDF or picture: files inside a PDF, the text of QR codes in a picture.

It is run by path (`presented_files`), in isolated mode, with the file as standard input. It imports nothing of Cairn,
gets no environment, and limits its own memory and CPU time: what a hostile file breaks is this process. It answers one
JSON object: `{"found": [base64, …]}` or `{"refused": reason}`.
"""

import base64
import io
import json
import sys
import warnings

MAX_SECONDS = 8
MAX_MEMORY = 1024 * 1024 * 1024
MAX_FILES = 10
MAX_FILE_BYTES = 1024 * 1024
MAX_CODES = 6  # one more than are answered, so that a picture with more is refused
MAX_PIXELS = 50_000_000
PICTURES = ["PNG", "JPEG", "WEBP", "GIF"]


def main() -> None:
    """Read one file from standard input; the first argument says whether it is a `pdf` or a `picture`."""
    _limit()
    warnings.simplefilter("ignore")
    content = sys.stdin.buffer.read()
    answer = _files_in(content) if sys.argv[1] == "pdf" else _codes_in(content)
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the caller's time limit remains
        return
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere address space is no measure of memory
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _files_in(content: bytes) -> dict[str, object]:
    """The embedded files that may be records: JSON or a JWT, in the order of the PDF."""
    import logging

    from pypdf import PdfReader

    logging.disable()
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        return {"refused": "encrypted"}
    found = []
    for place, file in enumerate(reader.attachment_list):
        if place >= MAX_FILES:
            break
        inside = file.content
        if len(inside) <= MAX_FILE_BYTES and inside.lstrip(b"\xef\xbb\xbf \t\r\n")[:2] in {
            b'{"',
            b"{\n",
            b"{ ",
            b"{\r",
            b"ey",
        }:
            found.append(base64.b64encode(inside).decode())
    return {"found": found}


def _codes_in(content: bytes) -> dict[str, object]:
    """The texts of the QR codes in a picture."""
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=PICTURES) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            return {"refused": "too_many_pixels"}
        picture.draft("L", (3000, 3000))  # JPEG alone: decoded smaller, in a fraction of the time
        grey = picture.convert("L")
    codes = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return {"found": [base64.b64encode(code.text.encode("utf-8", "replace")).decode() for code in codes[:MAX_CODES]]}


if __name__ == "__main__":
    main()
