"""Files made to harm whoever opens them: answered or refused in words, soon, and never with an error of ours."""

import io
import json
import random
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import clock
from core.rates import Rate
from credentials.verification import pages
from credentials.verification.formats.presented_files import MAX_FILE_BYTES
from tests.conftest import LONG
from tests.credentials.strangers import (
    Issuer,
    Json,
    as_jwt,
    b64,
    by_key,
    chunk,
    credential,
    ed25519,
    in_png,
    in_svg,
    pdf_with,
    photo,
    presentation,
    proven,
)
from tests.recipes import institution

pytestmark = pytest.mark.django_db

ED = Issuer(ed25519(), *by_key(ed25519()))
ALL = 300
DRAWN = ALL if LONG else 20
MAX_SECONDS = 25.0  # of a machine that does much else; the opener ends after ten
PNG = b"\x89PNG\r\n\x1a\n"
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**29, "", "\u202e", "x" * 5_000, [], {}, [[[]]], {"id": {}}, {"@id": "_:b"}, ["@type"],
    "https://localhost/x", "did:web:localhost", "did:web:..", "did:key:z", "did:jwk:e30", "data:,", "file:///etc/passwd",
    [{"@context": "https://www.w3.org/ns/credentials/v2"}], {"@value": 1, "@id": "x"}, {"@list": [[]]}, "\x00",
)  # fmt: skip


def good() -> Json:
    return proven(credential(ED, at=clock.now()), ED, "eddsa-rdfc-2022", at=clock.now())


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every member of a tree, as its parent and its name."""
    found = []
    for name in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(value, name), *places(value[name])]
    return found


def odd_document(draw: random.Random) -> bytes:
    document = good()
    for _change in range(draw.randint(1, 3)):
        parent, name = draw.choice(places(document))
        if draw.random() < 0.2 and isinstance(parent, dict):
            parent[draw.choice(["@graph", "@included", "@reverse", "proof", "credentialStatus", "@type", "vp"])] = (
                draw.choice(ODD)
            )
        else:
            parent[name] = draw.choice(ODD)
        if not places(document):
            break
    return json.dumps(document).encode()


def odd_jwt(draw: random.Random) -> bytes:
    header = {draw.choice(["alg", "kid", "jwk", "crit", "b64", "typ"]): draw.choice(ODD)}
    payload = {**good(), draw.choice(["iss", "exp", "nbf", "jti", "vc", "vp", "sub"]): draw.choice(ODD)}
    return as_jwt(payload, ED, **header)


def damaged(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content[: draw.randint(len(content) // 3, len(content))])
    for _flip in range(draw.randint(1, 40)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return content[:8] + bytes(changed[8:])


def pdf_bomb(draw: random.Random) -> bytes:
    """A small PDF with an embedded file that unpacks to hundreds of megabytes, packed once or twice."""
    packed = zlib.compress(b'{"' + b"0" * draw.choice([80, 300]) * 1024 * 1024, 9)
    filters = "/FlateDecode"
    if draw.random() < 0.5:
        packed, filters = zlib.compress(packed, 9), "[/FlateDecode /FlateDecode]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a.json) 4 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        b"<< /Type /Filespec /F (a.json) /EF << /F 5 0 R >> >>",
        f"<< /Type /EmbeddedFile /Filter {filters} /Length {len(packed)} >>\nstream\n".encode()
        + packed
        + b"\nendstream",
    ]
    return whole_pdf(objects)


def pdf_ring(draw: random.Random) -> bytes:
    """Trees of names and pages that contain themselves, and references that lead to themselves."""
    names = draw.choice(
        [b"<< /Kids [4 0 R 4 0 R] >>", b"4 0 R", b"[4 0 R]", b"<< /Names [(x) 4 0 R (y)] /Kids 4 0 R >>"]
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 4 0 R >> >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1000000000 >>",
        b"<< >>",
        names,
    ]
    return whole_pdf(objects)


def whole_pdf(objects: list[bytes]) -> bytes:
    made, starts = io.BytesIO(b"%PDF-1.7\n"), []
    made.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        starts.append(made.tell())
        made.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % start for start in starts))
    made.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return made.getvalue()


def odd_png(draw: random.Random) -> bytes:
    side = draw.choice([1, 60_000, 2**31 - 1])
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, draw.choice([0, 2, 6, 9]), 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * draw.choice([10, 50_000_000]), 9))
    bomb = b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{" * 90_000_000, 9)
    odd = draw.choice(
        [
            chunk(b"iTXt", bomb),
            chunk(b"iTXt", b"openbadgecredential\0"),
            chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0not packed"),
            struct.pack(">I", 2**31 - 1) + b"iTXt" + b"openbadges\0",
            struct.pack(">I", 0) + b"iT",
            chunk(b"tEXt", b"x\0y") * 30_000,
            chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 50_000_000, 9)),
        ]
    )
    return PNG + head + odd + pixels + chunk(b"IEND", b"")


def odd_svg(draw: random.Random) -> bytes:
    record = json.dumps(good()).encode()
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE svg [<!ENTITY l0 "ha">{lines}]>'
    outside = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    element = '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0">{}</o:credential>'
    return draw.choice(
        [
            f"{laughs}<svg>{element.format('&l11;')}</svg>".encode(),
            f"{outside}<svg>{element.format('&x;')}</svg>".encode(),
            b"<svg>" + b"<g>" * 300_000,
            b"<svg>" + b"<g>" * 200_000 + b"</g>" * 200_000 + b"</svg>",
            f"<svg>{element.format('') * 20_000}</svg>".encode(),
            b'<?xml version="1.0" encoding="utf-7"?><svg/>',
            "<svg>\ud7ff</svg>".encode("utf-16"),
            in_svg(record)[: draw.randint(50, 400)],
            in_svg(record).replace(b"did:key", b"&#x0;"),
            b'<svg a="' + b"x" * 1_000_000 + b'"/>',
        ]
    )


def deep(draw: random.Random) -> bytes:
    count = draw.choice([31, 33, 5_000, 200_000])
    opening, closing = draw.choice([(b'{"a":', b"}"), (b"[", b"]"), (b'{"@graph":[', b"]}")])
    return b'{"type":["VerifiableCredential"],"x":' + opening * count + b"1" + closing * count + b"}"


def costly(draw: random.Random) -> bytes:
    """Documents that a JSON-LD processor or a canonicalizer would work on for minutes."""
    document = good()
    same = [{"type": ["Achievement"], "name": "x"} for _each in range(draw.choice([30, 2_000]))]
    change: dict[str, Any] = draw.choice(
        [
            {"@context": document["@context"] * 2_000},
            {"type": ["VerifiableCredential", *["OpenBadgeCredential"] * 3_000]},
            {"credentialSubject": {**document["credentialSubject"], "achievement": same}},
            {"proof": [document["proof"]] * 500},
            {"evidence": [{"id": f"urn:x:{n}", "type": ["Evidence"]} for n in range(2_000)]},
            {"credentialStatus": [{"type": "BitstringStatusListEntry"}] * 1_000},
            {"endorsement": [document] * 60},
        ]
    )
    return json.dumps({**document, **change}).encode()


def odd_presentation(draw: random.Random) -> bytes:
    inner: Any = draw.choice(ODD)
    for _level in range(draw.choice([1, 3, 12])):
        inner = as_jwt({"vp": {"verifiableCredential": [inner if isinstance(inner, str) else "x"]}}, ED).decode()
    return presentation(inner, draw.choice(ODD))


def odd_list(draw: random.Random) -> bytes:
    """A list of documents, of which each is odd in its own way, or of what is none."""
    members = [odd_document(draw) for _each in range(draw.choice([1, 3, 5, 9]))]
    members.insert(draw.randint(0, len(members)), json.dumps(draw.choice(ODD)).encode())
    return draw.choice([b"", b"\xef\xbb\xbf", b"\n "]) + b"[" + b",".join(members) + draw.choice([b"]", b"]", b""])


def odd_picture(draw: random.Random) -> bytes:
    if draw.random() < 0.4:
        return damaged(photo("https://localhost/verify/x"), draw)
    texts = ["WIFI:S:x;;", "https://127.0.0.1/x", "x" * 2_000, '{"id":1,"id":2}', "ey.ey.ey", "\u202e\u0000", "7"]
    return photo(draw.choice(texts), kind=draw.choice(["JPEG", "PNG", "GIF", "WEBP"]))


def bytes_behind_a_mark(draw: random.Random) -> bytes:
    marks = [b"%PDF-1.7\n", PNG, b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"<svg", b"ey", b"{", b"PK\3\4", b""]
    return draw.choice(marks) + draw.randbytes(draw.choice([0, 1, 100, 20_000]))


def too_large(draw: random.Random) -> bytes:
    return draw.choice([b"%PDF-1.7", b"{", PNG, b"x"]) + b" " * (MAX_FILE_BYTES + draw.choice([-20, 0, 1]))


def damaged_pdf(draw: random.Random) -> bytes:
    return damaged(pdf_with(json.dumps(good()).encode()), draw)


def odd_png_record(draw: random.Random) -> bytes:
    return in_png(draw.choice([b"", b"{", b"\xff", b"https://localhost/x", f"{b64(b'{}')}..".encode(), b"[" * 90_000]))


KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    odd_document, odd_jwt, damaged_pdf, pdf_bomb, pdf_ring, odd_png, odd_png_record, odd_svg, deep, costly,
    odd_presentation, odd_picture, bytes_behind_a_mark, too_large, odd_list,
)  # fmt: skip


def hostile() -> Iterator[tuple[str, bytes]]:
    """DRAWN inputs, the kinds in turn; a long run has all 300, and a short one the first of them."""
    for number in range(DRAWN):
        kind = KINDS[number % len(KINDS)]
        yield f"{number} {kind.__name__}", kind(random.Random(number))  # noqa: S311 - the same draw each time


def test_hostile_files_are_answered_in_words_and_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    institution.make(name="Lakeside College")
    monkeypatch.setattr(pages, "RATE_OF_DOCUMENTS", Rate("verify_document", 10_000))
    monkeypatch.setattr(pages, "RATE_OF_ALL_DOCUMENTS", Rate("verify_documents", 10_000))
    client, found = Client(raise_request_exception=True), {}

    for name, content in hostile():
        begun = time.monotonic()
        response = client.post("/verify/", {"file": SimpleUploadedFile("file", content)})
        taken = time.monotonic() - begun
        fine = response.status_code in {200, 422} and taken < MAX_SECONDS
        page = response.content.decode()
        green = "notice-success" in page
        if not fine or green:
            found[name] = (response.status_code, round(taken, 1), green)

    assert found == {}
