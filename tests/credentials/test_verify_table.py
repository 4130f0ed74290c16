"""What people hold, of every kind that is read: intact, altered, expired, revoked. One table of the verdicts."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from core import clock
from core.outbound import fetching
from credentials.models import Credential, DeliveredFile, RevocationClass
from credentials.models import Issuer as OurIssuer
from credentials.papers.actions import certificate_pdf
from credentials.papers.queries import check_url
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.verification.queries.verifications import verification_of_file
from credentials.verification.rules.verdicts import IssuerKnown, Verification
from tests.core.outbound.servers import Elsewhere, answered, serving
from tests.credentials.awarded import issuer, new_credential
from tests.credentials.sharing_places import new_transcript
from tests.credentials.strangers import (
    CLR,
    DI2,
    ED2020,
    EXAMPLES,
    HOST,
    OB3,
    REVOKED,
    SITE,
    STANDING,
    VC2,
    Issuer,
    Json,
    as_jwt,
    by_jwk,
    by_key,
    credential,
    ed25519,
    elliptic,
    in_png,
    in_svg,
    instant,
    jwk,
    multikey,
    older,
    pdf_with,
    photo,
    presentation,
    proven,
    revocations,
    status,
)

__all__ = ["issuer"]  # a fixture, borrowed

pytestmark = pytest.mark.django_db

DID_WEB = f"did:web:{HOST}:issuers:riverside"
HTTPS = f"{SITE}/issuers/876543"
Table = dict[str, str]


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    """The site of an issuer elsewhere: its keys under did:web and https, and its lists of revoked credentials."""
    with serving(tmp_path, HOST) as place:
        place.answer = answered(b"", status="404 Not Found")
        monkeypatch.setattr(fetching, "Network", place.network)
        yield place


def page(value: Any) -> bytes:
    return answered(value if isinstance(value, bytes) else json.dumps(value).encode())


def controller(name: str, keys: dict[str, Json]) -> Json:
    methods = [{"id": f"{name}#{key}", "controller": name, **method} for key, method in keys.items()]
    return {"id": name, "verificationMethod": methods, "assertionMethod": [method["id"] for method in methods]}


def judged(content: bytes) -> Verification:
    return verification_of_file(content, at=clock.now())


def verdicts(files: dict[str, bytes]) -> Table:
    return {name: judged(content).verdict.value for name, content in files.items()}


def four(make: Callable[..., Json], sign: Callable[[Json], Json], list_name: str, *, at: datetime) -> dict[str, bytes]:
    """One kind, intact, altered after signing, expired and revoked."""
    end = "validUntil" if VC2 in make(at=at)["@context"] else "expirationDate"
    documents = {
        "intact": sign(make(at=at, credentialStatus=status(STANDING, list_name))),
        "altered": {**sign(make(at=at)), "id": "urn:uuid:00000000-0000-4000-8000-00000000f999"},
        "expired": sign(make(at=at, **{end: instant(at - timedelta(days=1))})),
        "revoked": sign(make(at=at, credentialStatus=status(REVOKED, list_name))),
    }
    return {name: json.dumps(document).encode() for name, document in documents.items()}


FOUR = {"intact": "valid", "altered": "altered", "expired": "lapsed", "revoked": "revoked"}
ED = Issuer(ed25519(), *by_key(ed25519()))
P256 = Issuer(elliptic(ec.SECP256R1()), *by_key(elliptic(ec.SECP256R1())))
P384 = Issuer(elliptic(ec.SECP384R1()), *by_key(elliptic(ec.SECP384R1())))
AT_WEB = Issuer(ed25519(8), DID_WEB, f"{DID_WEB}#k-1")
AT_HTTPS = Issuer(ed25519(9), HTTPS, f"{HTTPS}#{multikey(ed25519(9))}")
EMBEDDED = {
    "eddsa-rdfc-2022, did:web": (AT_WEB, "eddsa-rdfc-2022", [VC2, OB3]),
    "eddsa-rdfc-2022, https": (AT_HTTPS, "eddsa-rdfc-2022", [VC2, OB3]),
    "Ed25519Signature2020": (ED, "Ed25519Signature2020", [VC2, OB3, ED2020]),
    "ecdsa-rdfc-2019": (P256, "ecdsa-rdfc-2019", [VC2, OB3]),
    "eddsa-jcs-2022": (ED, "eddsa-jcs-2022", [VC2, OB3, "https://unknown.example/context"]),
    "ecdsa-jcs-2019": (P384, "ecdsa-jcs-2019", [VC2, OB3]),
    "CLR 2.0": (AT_WEB, "eddsa-rdfc-2022", [VC2, CLR, OB3]),
}


def clr(issuer: Issuer, *, at: datetime, **changes: Any) -> Json:
    member = proven(credential(ED, at=at), ED, "eddsa-rdfc-2022", at=at)
    achievement = {**credential(ED, at=at)["credentialSubject"]["achievement"], "id": "urn:x:whole"}
    subject = {
        "id": "did:example:holder",
        "type": ["ClrSubject"],
        "verifiableCredential": [member],
        "achievement": [achievement],
    }
    types = ["VerifiableCredential", "ClrCredential"]
    return credential(issuer, at=at, **{"type": types, "credentialSubject": subject, **changes})


@pytest.mark.parametrize("kind", EMBEDDED)
def test_embedded_proofs(world: Elsewhere, kind: str) -> None:
    signer, suite, contexts = EMBEDDED[kind]
    at, make = clock.now(), clr if kind.startswith("CLR") else credential
    list_suite = suite if suite.endswith(("2022", "2019")) and "jcs" not in suite else "eddsa-rdfc-2022"
    list_suite = "ecdsa-jcs-2019" if signer is P384 else list_suite
    world.pages = {
        "/issuers/riverside/did.json": page(
            controller(DID_WEB, {"k-1": {"type": "Multikey", "publicKeyMultibase": multikey(AT_WEB.key)}})
        ),
        "/issuers/876543": page(
            controller(
                HTTPS, {multikey(AT_HTTPS.key): {"type": "Multikey", "publicKeyMultibase": multikey(AT_HTTPS.key)}}
            )
        ),
        "/status/list": page(revocations(signer, list_suite, at=at)),
    }

    def write(*, at: datetime, **changes: Any) -> Json:
        return make(signer, at=at, **{"@context": contexts, **changes})

    files = four(write, partial(proven, issuer=signer, suite=suite, at=at), "list", at=at)

    assert verdicts(files) == FOUR
    assert judged(files["intact"]).issuer.known is IssuerKnown.UNKNOWN


def test_credentials_of_the_older_data_model_and_of_any_type(world: Elsewhere) -> None:
    at = clock.now()
    world.pages = {"/status/list": page(revocations(ED, "eddsa-rdfc-2022", at=at))}
    sign = partial(proven, issuer=ED, suite="Ed25519Signature2020", at=at)

    def licence(*, at: datetime, **changes: Any) -> Json:
        types = {"@context": [VC2, ED2020, EXAMPLES], "type": ["VerifiableCredential", "ForkliftLicence"]}
        return credential(ED, at=at, **{**types, "credentialSubject": {"id": "did:example:holder"}, **changes})

    contexts = [*older(ED, at=at)["@context"][:2], VC2.replace("v2", "examples/v2")]

    def before(*, at: datetime, **changes: Any) -> Json:
        return older(ED, at=at, **{"@context": contexts, **changes})

    old = four(before, sign, "list", at=at)
    # The entry of a 2.0 list is no term of VC 1.1: the vocabulary of the examples takes it in.
    assert verdicts(old) == FOUR
    assert verdicts(four(licence, sign, "list", at=at)) == FOUR


def test_jwts(world: Elsewhere, rsa_key: rsa.RSAPrivateKey) -> None:
    at, over = clock.now(), clock.now() - timedelta(days=1)
    web = Issuer(P256.key, DID_WEB, f"{DID_WEB}#jwt")
    site = Issuer(rsa_key, HTTPS, f"{HTTPS}#rsa")
    held = Issuer(P256.key, *by_jwk(P256.key))
    world.pages = {
        "/issuers/riverside/did.json": page(
            controller(DID_WEB, {"jwt": {"type": "JsonWebKey", "publicKeyJwk": jwk(web.key)}})
        ),
        "/issuers/876543": page(controller(HTTPS, {"rsa": {"type": "JsonWebKey", "publicKeyJwk": jwk(rsa_key)}})),
        "/keys/rsa": page(jwk(rsa_key)),
        "/status/list": page(as_jwt(json.loads(revocations(ED, "eddsa-rdfc-2022", at=at)), ED)),
    }
    whole = as_jwt(credential(ED, at=at, credentialStatus=status(STANDING)), ED)
    inner = {"vc": {k: v for k, v in older(ED, at=at).items() if k not in {"id", "issuer"}}, "iss": ED.name}
    files = {
        "did:key": whole,
        "did:key altered": whole[:-4] + (b"AAAA" if whole[-4:] != b"AAAA" else b"BBBB"),
        "did:key expired": as_jwt({**credential(ED, at=at), "exp": int(over.timestamp())}, ED),
        "did:key revoked": as_jwt(credential(ED, at=at, credentialStatus=status(REVOKED)), ED),
        "VC 1.1": as_jwt({**inner, "nbf": int(over.timestamp())}, ED),
        "did:web by kid": as_jwt(credential(web, at=at), web, kid=web.method),
        "did:web by its jwk": as_jwt(credential(web, at=at), web, jwk=jwk(web.key)),
        "did:jwk": as_jwt(credential(held, at=at), held),
        "https by jwk, RSA": as_jwt(credential(site, at=at), site, jwk=jwk(rsa_key)),
        "https by address": as_jwt(credential(site, at=at), site, kid=f"{SITE}/keys/rsa"),
        "https by address elsewhere": as_jwt(credential(site, at=at), site, kid="https://evil.example/keys/rsa"),
        "a jwk of its own": as_jwt(
            credential(web, at=at), Issuer(ed25519(3), *by_key(ed25519(3))), jwk=jwk(ed25519(3))
        ),
        "alg none": b".".join([*as_jwt(credential(ED, at=at), ED, alg="none").split(b".")[:2], b""]),
        "alg of another kind": as_jwt(credential(ED, at=at), ED, alg="HS256"),
        "not yet": as_jwt({**credential(ED, at=at), "nbf": int((at + timedelta(days=1)).timestamp())}, ED),
    }

    assert verdicts(files) == {
        "did:key": "valid",
        "did:key altered": "altered",
        "did:key expired": "lapsed",
        "did:key revoked": "revoked",
        "VC 1.1": "valid",
        "did:web by kid": "valid",
        "did:web by its jwk": "valid",
        "did:jwk": "valid",
        "https by jwk, RSA": "valid",
        "https by address": "valid",
        "https by address elsewhere": "other_signer",
        "a jwk of its own": "other_signer",
        "alg none": "unsigned",
        "alg of another kind": "not_supported",
        "not yet": "not_yet",
    }


def test_several_proofs_faults_of_form_and_what_is_not_signed(world: Elsewhere) -> None:
    at = clock.now()
    plain = credential(ED, at=at)
    good = proven(plain, ED, "eddsa-rdfc-2022", at=at)
    unknown = {**good["proof"], "cryptosuite": "bbs-2023"}
    wrong = {**good["proof"], "proofValue": good["proof"]["proofValue"][:-3] + "abc"}
    subject = {name: value for name, value in plain["credentialSubject"].items() if name != "id"}
    until = {"validUntil": instant(at - timedelta(days=1))}
    soon, just = instant(at + timedelta(minutes=4)), instant(at - timedelta(minutes=4))
    documents: dict[str, Json] = {
        "one known, one unknown": {**good, "proof": [unknown, good["proof"]]},
        "both known": proven({**plain, "proof": good["proof"]}, ED, "eddsa-jcs-2022", at=at),
        "one of two fits": {**good, "proof": [wrong, good["proof"]]},
        "none of two fits": {**good, "proof": [wrong, wrong]},
        "none known": {**good, "proof": [unknown, unknown]},
        "one unknown": {**good, "proof": unknown},
        "one unknown, expired": {**good, **until, "proof": unknown},
        "no proof": plain,
        "no proof, expired": {**plain, **until},
        "a member that is not signed": {**good, "grade": "A"},
        "no subject's id": proven({**plain, "credentialSubject": subject}, ED, "eddsa-rdfc-2022", at=at),
        "a context that is not held": {**good, "@context": [*good["@context"], "https://unknown.example/1"]},
        "clocks that differ": proven({**plain, "validFrom": soon, "validUntil": just}, ED, "eddsa-rdfc-2022", at=at),
        "signed by another": proven(
            credential(AT_WEB, at=at), Issuer(ED.key, DID_WEB, ED.method), "eddsa-rdfc-2022", at=at
        ),
        "in the contexts of the older proofs": proven(
            {**plain, "@context": [VC2, OB3, DI2]}, ED, "eddsa-rdfc-2022", at=at
        ),
        "no credential": {"type": "Assertion"},
    }

    assert verdicts({name: json.dumps(document).encode() for name, document in documents.items()}) == {
        "one known, one unknown": "valid",
        "both known": "valid",
        "one of two fits": "valid",
        "none of two fits": "altered",
        "none known": "not_supported",
        "one unknown": "not_supported",
        "one unknown, expired": "lapsed",
        "no proof": "unsigned",
        "no proof, expired": "lapsed",
        "a member that is not signed": "unsigned",
        "no subject's id": "valid",
        "a context that is not held": "not_supported",
        "clocks that differ": "valid",
        "signed by another": "other_signer",
        "in the contexts of the older proofs": "valid",
        "no credential": "not_supported",
    }


def test_images_and_presentations_of_others(world: Elsewhere) -> None:
    at = clock.now()
    good = proven(credential(ED, at=at), ED, "eddsa-rdfc-2022", at=at)
    record, bad = json.dumps(good).encode(), json.dumps({**good, "name": "Master"}).encode()
    jwt = as_jwt(credential(ED, at=at), ED).decode()
    wrapped = {"type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{jwt}"}
    files = {
        "PNG": in_png(record),
        "PNG packed": in_png(record, packed=True),
        "PNG altered": in_png(bad),
        "PNG with a JWT": in_png(jwt.encode()),
        "SVG": in_svg(record),
        "SVG altered": in_svg(bad),
        "presentation": presentation(good),
        "presentation altered": presentation({**good, "name": "Master"}),
        "presentation of two": presentation(good, jwt),
        "presentation, one altered": presentation(good, {**good, "name": "Master"}),
        "presentation, enveloped": presentation(wrapped),
        "presentation as a JWT": as_jwt({"iss": "did:example:holder", "vp": {"verifiableCredential": [jwt]}}, ED),
        "presentation of too many": presentation(*[good] * 6),
        "PDF of another": pdf_with(record),
    }

    found = verdicts(files)

    assert {name for name, verdict in found.items() if verdict == "altered"} == {
        "PNG altered",
        "SVG altered",
        "presentation altered",
        "presentation, one altered",
    }
    assert {name for name, verdict in found.items() if verdict not in {"altered", "valid"}} == {
        "presentation of too many"
    }
    assert [member.verdict.value for member in judged(files["presentation, one altered"]).members] == [
        "valid",
        "altered",
    ]


def test_open_badges_2_are_told_as_what_their_issuers_site_shows(world: Elsewhere) -> None:
    at = clock.now()
    badge = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{SITE}/assertions/1",
        "recipient": {"type": "email", "hashed": True, "identity": "sha256$00"},
        "badge": f"{SITE}/badges/1",
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2020-01-01T00:00:00Z",
    }
    world.pages = {
        "/assertions/1": page(badge),
        "/assertions/2": page({"id": f"{SITE}/assertions/2", "revoked": True}),
        "/badges/1": page({"name": "Teamwork", "issuer": f"{SITE}/issuer"}),
        "/badges/2": page({"name": "Teamwork", "issuer": "https://university.example/issuer"}),
    }
    over = {**badge, "id": f"{SITE}/assertions/4", "expires": instant(at - timedelta(days=1))}
    world.pages["/assertions/4"] = page(over)
    stolen = {**badge, "id": f"{SITE}/assertions/3", "badge": f"{SITE}/badges/2"}
    world.pages["/assertions/3"] = page(stolen)
    files = {
        "intact": badge,
        "altered": {**badge, "issuedOn": "2019-01-01T00:00:00Z"},
        "expired": over,
        "revoked": {**badge, "id": f"{SITE}/assertions/2"},
        "gone": {**badge, "id": f"{SITE}/assertions/9"},
        "of another's class": stolen,
        "signed": {**badge, "verification": {"type": "SignedBadge"}},
    }

    assert verdicts({name: json.dumps(document).encode() for name, document in files.items()}) == {
        "intact": "valid",
        "altered": "other_signer",
        "expired": "lapsed",
        "revoked": "revoked",
        "gone": "cannot_tell",
        "of another's class": "other_signer",
        "signed": "not_supported",
    }
    assert judged(in_png(f"{SITE}/assertions/1".encode(), keyword=b"openbadges")).verdict.value == "valid"


def test_our_own_documents_in_every_form(issuer: OurIssuer, world: Elsewhere) -> None:
    held, ended = new_credential(issuer), new_credential(issuer, title="Rolls")
    at = clock.now()
    record, pdf = bytes(held.content or b""), certificate_pdf(held, at=at)
    ended_pdf = certificate_pdf(ended, at=at)
    Credential.objects.filter(pk=ended.pk).update(
        state="revoked", revoked_at=at, revocation_class=RevocationClass.RESCINDED
    )
    transcript = new_transcript()
    changed = json.dumps({**json.loads(record), "name": "Master"}).encode()
    facts = bytes(transcript.content or b"")
    files = {
        "JSON": record,
        "JSON altered": changed,
        "certificate": pdf,
        "certificate revoked": ended_pdf,
        "certificate, other pages": pdf_with(record),
        "certificate, record altered": pdf_with(changed),
        "transcript": transcript_pdf(transcript, at=at),
        "transcript, other pages": pdf_with(facts, name="record.json"),
        "photo of the code": photo(check_url(held.code)),
        "photo of a code of nobody": photo(check_url("7ZZZZZZZZZZZ0")),
        "screenshot of the code": photo(check_url(held.code), kind="PNG"),
        "PNG": in_png(record),
        "presentation": presentation(json.loads(record)),
    }

    answers = {name: judged(content) for name, content in files.items()}

    assert {name: answer.verdict.value for name, answer in answers.items()} == {
        "JSON": "valid",
        "JSON altered": "altered",
        "certificate": "valid",
        "certificate revoked": "revoked",
        "certificate, other pages": "valid",
        "certificate, record altered": "altered",
        "transcript": "valid",
        "transcript, other pages": "valid",
        "photo of the code": "valid",
        "photo of a code of nobody": "not_known",
        "screenshot of the code": "valid",
        "PNG": "valid",
        "presentation": "valid",
    }
    exact = {name for name, answer in answers.items() if answer.file and answer.file.delivered}
    assert exact == {"certificate", "certificate revoked", "transcript"}
    ours = {name for name, answer in answers.items() if answer.issuer.known is IssuerKnown.OURS}
    assert ours == set(files) - {"JSON altered", "certificate, record altered", "photo of a code of nobody"}
    assert sorted(DeliveredFile.objects.values_list("kind", flat=True)) == ["certificate", "certificate", "transcript"]
    assert world.asked == []
