"""A folder of what people hold: each kind that the verify page reads, intact, altered, expired and revoked.

`ours` and `theirs` return files by name, `typed` returns words by name. `theirs` also sets the pages of their issuers.
"""

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from PIL import Image, ImageFilter
from pypdf import PdfReader, PdfWriter

from core import clock
from credentials.models import Credential, Document, Printing, RevocationClass
from credentials.models import Issuer as OurIssuer
from credentials.papers import actions as papers
from credentials.papers.queries import check_url
from credentials.rules.codes import in_groups
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import supersede_transcript
from tests.core.outbound.servers import Elsewhere
from tests.credentials.awarded import new_credential
from tests.credentials.sharing_places import new_transcript
from tests.credentials.strangers import (
    DI2,
    ED2020,
    EXAMPLES,
    OB3,
    REVOKED,
    SITE,
    STANDING,
    VC2,
    Issuer,
    Json,
    as_jwt,
    credential,
    in_png,
    in_svg,
    instant,
    multikey,
    older,
    pdf_with,
    photo,
    presentation,
    proven,
    revocations,
    status,
)
from tests.credentials.test_verify_answers import WAYS
from tests.credentials.test_verify_table import (
    AT_HTTPS,
    AT_WEB,
    ED,
    EMBEDDED,
    P256,
    clr,
    controller,
    four,
    page,
)

Files = dict[str, bytes]
WAYS_IN_WORDS = (
    "small letters", "en dashes", "em dashes and blanks", "minus signs", "no-break spaces", "underscores",
    "invisible characters", "a line end", "wide letters", "letters that look like digits",
)  # fmt: skip


def ours(issuer: OurIssuer, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Documents that were issued here, in every form in which somebody may hold them.

    What expires does so in 300 days, because nothing is issued that has ended: ask about it later.
    """
    at = clock.now()
    held, ended, changed = (
        new_credential(issuer),
        new_credential(issuer, title="Rolls"),
        new_credential(issuer, title="Pie"),
    )
    end = at + timedelta(days=300)
    over = new_credential(issuer, title="Cake", valid_until=end.date(), holds_until=end)
    pdfs = {paper.pk: papers.certificate_pdf(paper, at=at) for paper in (held, ended, over, changed)}
    for paper, why in ((ended, RevocationClass.RESCINDED), (changed, RevocationClass.KEY_REPLACED)):
        Credential.objects.filter(pk=paper.pk).update(state="revoked", revoked_at=at, revocation_class=why)
    record, pdf = bytes(held.content or b""), pdfs[held.pk]
    altered = json.dumps({**json.loads(record), "name": "Master"}).encode()
    ended_record, over_record = bytes(ended.content or b""), bytes(over.content or b"")
    with monkeypatch.context() as anew:
        Printing.objects.all().delete()
        anew.setattr(papers, "drawn_certificate", lambda _facts: pdf_with(record, text="The next design"))
        pressed = papers.certificate_pdf(held, at=at)
    return {
        "certificate": pdf,
        "certificate, pressed in a later design": pressed,
        "certificate, expired": pdfs[over.pk],
        "certificate, revoked": pdfs[ended.pk],
        "certificate, key replaced": pdfs[changed.pk],
        "certificate, other pages around its record": pdf_with(record, text="Doctor of Bread"),
        "certificate, record altered": pdf_with(altered),
        "certificate, changed by an incremental update": updated(pdf),
        "certificate, with an invoice attached": attached(pdf, b'{"total": "12.00"}'),
        "certificate, with an altered record attached": attached(pdf, altered),
        "certificate, with another's record attached": attached(pdf, ended_record),
        "badge as JSON": record,
        "badge as JSON, altered": altered,
        "badge as JSON, expired": over_record,
        "badge as JSON, revoked": ended_record,
        "badge baked into PNG": in_png(record),
        "badge baked into PNG, altered": in_png(altered, packed=True),
        "badge baked into SVG": in_svg(record),
        "badge baked into SVG, revoked": in_svg(ended_record),
        "presentation": presentation(json.loads(record)),
        "presentation, one of two altered": presentation(json.loads(record), json.loads(altered)),
        "list of two, one revoked": json.dumps([json.loads(record), json.loads(ended_record)]).encode(),
        **transcripts(at),
        **photos(check_url(held.code), check_url(ended.code)),
    }


def transcripts(at: datetime) -> Files:
    """A transcript in force, altered, and replaced."""
    first, second = new_transcript(), new_transcript()
    facts, older_pdf = bytes(first.content or b""), transcript_pdf(second, at=at)
    supersede_transcript(second, by=None, at=at)
    return {
        "transcript": transcript_pdf(first, at=at),
        "transcript, replaced": older_pdf,
        "transcript, other pages around its record": pdf_with(facts, name="transcript.json"),
        "transcript, record altered": pdf_with(facts.replace(b"Lovelace", b"Loveless"), name="transcript.json"),
        "transcript as JSON": facts,
    }


def photos(url: str, ended: str) -> Files:
    """Photos of the QR code, as telephones and screens give them."""
    return {
        "photo of the QR code": photo(url),
        "photo of the QR code, on its side": taken(url, lambda picture: picture.rotate(90, expand=True)),
        "photo of the QR code, slanted": taken(
            url, lambda picture: picture.rotate(33, expand=True, fillcolor=(200, 200, 200))
        ),
        "photo of the QR code, blurred": taken(url, lambda picture: picture.filter(ImageFilter.GaussianBlur(2))),
        "photo of the QR code, small": taken(url, lambda picture: picture.resize((120, 120))),
        "photo of the QR code, dark": taken(url, lambda picture: picture.point(lambda value: value // 3)),
        "photo of the QR code, revoked": photo(ended),
        "photo of the QR code of nobody": photo(check_url("7ZZZZZZZZZZZ0")),
        "screenshot of the QR code": photo(url, kind="PNG"),
    }


def theirs(world: Elsewhere) -> Files:
    """Documents of issuers elsewhere."""
    at = clock.now()
    world.pages = {
        "/issuers/riverside/did.json": page(
            controller(AT_WEB.name, {"k-1": {"type": "Multikey", "publicKeyMultibase": multikey(AT_WEB.key)}})
        ),
        "/issuers/876543": page(
            controller(
                AT_HTTPS.name,
                {multikey(AT_HTTPS.key): {"type": "Multikey", "publicKeyMultibase": multikey(AT_HTTPS.key)}},
            )
        ),
    }
    files: Files = {}
    for kind in ("eddsa-rdfc-2022, did:web", "eddsa-rdfc-2022, https", "Ed25519Signature2020", "ecdsa-rdfc-2019",
                 "eddsa-jcs-2022", "CLR 2.0"):  # fmt: skip
        signer, suite, contexts = EMBEDDED[kind]
        make, name = clr if kind == "CLR 2.0" else credential, f"list-{len(files)}"
        list_suite = suite if suite in {"eddsa-rdfc-2022", "ecdsa-rdfc-2019"} else "eddsa-rdfc-2022"
        world.pages[f"/status/{name}"] = page(revocations(signer, list_suite, at=at, name=name))
        made = four(
            written(make, signer, {"@context": contexts}),
            partial(proven, issuer=signer, suite=suite, at=at),
            name,
            at=at,
        )
        files |= {f"{kind}, {state}": content for state, content in made.items()}
    world.pages["/status/of-ed"] = page(revocations(ED, "eddsa-rdfc-2022", at=at, name="of-ed"))
    sign = partial(proven, issuer=ED, suite="Ed25519Signature2020", at=at)
    contexts = [*older(ED, at=at)["@context"][:2], VC2.replace("v2", "examples/v2")]
    licence = {"@context": [VC2, ED2020, EXAMPLES], "type": ["VerifiableCredential", "ForkliftLicence"],
               "credentialSubject": {"id": "did:example:holder"}}  # fmt: skip
    for kind, write in (
        ("VC 1.1", written(older, ED, {"@context": contexts})),
        ("VC 2.0 of another type", written(credential, ED, licence)),
    ):
        files |= {f"{kind}, {state}": content for state, content in four(write, sign, "of-ed", at=at).items()}
    return {**files, **jwts(at), **odd_ones(world, at), **hosted(world, at)}


def written(make: Callable[..., Json], signer: Issuer, members: Json) -> Callable[..., Json]:
    """How documents of one kind are written: by `make`, for `signer`, with these members."""

    def write(*, at: datetime, **changes: Any) -> Json:
        return make(signer, at=at, **{**members, **changes})

    return write


def jwts(at: datetime) -> Files:
    """Credentials as JWTs."""
    whole = as_jwt(credential(ED, at=at, credentialStatus=status(STANDING, "of-ed")), ED)
    return {
        "JWT, intact": whole,
        "JWT, altered": whole[:-6] + (b"AAAAAA" if whole[-6:] != b"AAAAAA" else b"BBBBBB"),
        "JWT, expired": as_jwt({**credential(ED, at=at), "exp": int((at - timedelta(days=1)).timestamp())}, ED),
        "JWT, revoked": as_jwt(credential(ED, at=at, credentialStatus=status(REVOKED, "of-ed")), ED),
        "JWT, not signed": b".".join([*as_jwt(credential(ED, at=at), ED, alg="none").split(b".")[:2], b""]),
        "JWT in a PNG": in_png(whole),
        "JWT in a presentation": presentation(whole.decode()),
    }


def odd_ones(world: Elsewhere, at: datetime) -> Files:
    """Several proofs, further contexts, faults of form, and what is not supported."""
    plain = credential(ED, at=at)
    good = proven(plain, ED, "eddsa-rdfc-2022", at=at)
    unknown = {**good["proof"], "cryptosuite": "bbs-2023"}
    wrong = {**good["proof"], "proofValue": good["proof"]["proofValue"][:-3] + "abc"}
    subject = {name: value for name, value in plain["credentialSubject"].items() if name != "id"}
    over = {"validUntil": instant(at - timedelta(days=1))}
    ago, soon = ({minutes: instant(at + way * timedelta(minutes=minutes)) for minutes in (4, 6)} for way in (-1, 1))
    world.pages |= {
        "/status/just-over": page(
            revocations(ED, "eddsa-rdfc-2022", at=at, name="just-over", lasts=-timedelta(minutes=4))
        ),
        "/status/long-over": page(
            revocations(ED, "eddsa-rdfc-2022", at=at, name="long-over", lasts=-timedelta(minutes=6))
        ),
    }
    sign = partial(proven, issuer=ED, suite="eddsa-rdfc-2022", at=at)
    documents: dict[str, Json] = {
        "two proofs, one known": {**good, "proof": [unknown, good["proof"]]},
        "two proofs, none fits": {**good, "proof": [wrong, wrong]},
        "two proofs, none known": {**good, "proof": [unknown, unknown]},
        "unknown proof": {**good, "proof": unknown},
        "unknown proof, expired": {**good, **over, "proof": unknown},
        "no proof": plain,
        "no proof, expired": {**plain, **over},
        "a member that no context defines": {**good, "grade": "A"},
        "a further context that is held": sign({**plain, "@context": [VC2, OB3, DI2]}),
        "a further context that is not held": {**good, "@context": [*good["@context"], "https://unknown.example/1"]},
        "subject without id": sign({**plain, "credentialSubject": subject}),
        "expired four minutes ago, begins in four": sign({**plain, "validUntil": ago[4], "validFrom": soon[4]}),
        "expired six minutes ago": sign({**plain, "validUntil": ago[6]}),
        "begins in six minutes": sign({**plain, "validFrom": soon[6]}),
        "its proof expired four minutes ago": sign(plain, expires=ago[4]),
        "its proof expired six minutes ago": sign(plain, expires=ago[6]),
        "its list of revoked ones ended four minutes ago": sign(
            {**plain, "credentialStatus": status(STANDING, "just-over")}
        ),
        "its list of revoked ones ended six minutes ago": sign(
            {**plain, "credentialStatus": status(STANDING, "long-over")}
        ),
        "signed with the key of another": proven(credential(P256, at=at), ED, "eddsa-rdfc-2022", at=at),
    }
    files = {name: json.dumps(document).encode() for name, document in documents.items()}
    return {
        **files,
        "PDF of another": pdf_with(json.dumps(good).encode()),
        "list of another": json.dumps([good]).encode(),
    }


def hosted(world: Elsewhere, at: datetime) -> Files:
    """Open Badges 2.0, which their issuers' sites show."""
    badge = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{SITE}/assertions/1",
        "recipient": {"type": "email", "hashed": True, "identity": "sha256$00"},
        "badge": f"{SITE}/badges/1",
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2020-01-01T00:00:00Z",
    }
    over = {**badge, "id": f"{SITE}/assertions/4", "expires": instant(at - timedelta(days=1))}
    world.pages |= {
        "/badges/1": page({"name": "Teamwork", "issuer": f"{SITE}/issuer"}),
        "/assertions/1": page(badge),
        "/assertions/2": page({"id": f"{SITE}/assertions/2", "revoked": True}),
        "/assertions/4": page(over),
    }
    documents: dict[str, Any] = {
        "intact": badge,
        "altered": {**badge, "issuedOn": "2019-01-01T00:00:00Z"},
        "expired": over,
        "revoked": {**badge, "id": f"{SITE}/assertions/2"},
        "gone": {**badge, "id": f"{SITE}/assertions/9"},
    }
    return {f"Open Badge 2.0, {state}": json.dumps(document).encode() for state, document in documents.items()}


def typed(document: Document) -> dict[str, str]:
    """The code of a document in ten writings, and its address in four."""
    code = in_groups(document.code)
    place = check_url(document.code).partition("://")[2]
    return {
        **{f"code with {words}": way(code) for words, way in zip(WAYS_IN_WORDS, WAYS, strict=True)},
        "address without scheme": place,
        "address with www": f"http://www.{place}",
        "address in capitals": f"HTTPS://{place.upper()}",
        "address in brackets": f"<https://{place}>.",
    }


def taken(url: str, change: Callable[[Image.Image], Image.Image]) -> bytes:
    """A photo of a QR code after a change of the picture."""
    made = io.BytesIO()
    change(Image.open(io.BytesIO(photo(url, kind="PNG"))).convert("RGB")).save(made, "JPEG", quality=70)
    return made.getvalue()


def updated(pdf: bytes) -> bytes:
    """The PDF with a part written behind its end that changes its title: the first bytes stay as they were."""
    made = io.BytesIO()
    writer = PdfWriter(io.BytesIO(pdf), incremental=True)
    writer.add_metadata({"/Title": "Doctor of Bread"})
    writer.write(made)
    assert made.getvalue().startswith(pdf)
    return made.getvalue()


def attached(pdf: bytes, record: bytes) -> bytes:
    """The PDF with one more file inside."""
    made, writer = io.BytesIO(), PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.add_attachment("more.json", record)
    writer.write(made)
    return made.getvalue()


def encrypted(pdf: bytes) -> bytes:
    """The PDF under a password."""
    made, writer = io.BytesIO(), PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(made)
    return made.getvalue()
