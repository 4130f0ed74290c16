"""JSON-LD contexts that no dependency carries, defined here: the terms of VC 1.1 and of two older proof formats.

Each function says in our own form which IRI a published context gives to each of its terms (W3C Verifiable
Credentials Data Model 1.1, appendix B; Ed25519Signature2020; Data Integrity, first version). A signature covers IRIs
and values, not the text of a context, so that equal definitions verify the same signatures.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Terms = dict[str, Any]

CREDENTIALS = "https://www.w3.org/2018/credentials#"
SECURITY = "https://w3id.org/security#"
XSD = "http://www.w3.org/2001/XMLSchema#"
CREATED = "http://purl.org/dc/terms/created"
NODE: Terms = {"@protected": True, "id": "@id", "type": "@type"}
OLDER_PROOFS = (
    "EcdsaSecp256k1Signature2019",
    "EcdsaSecp256r1Signature2019",
    "Ed25519Signature2018",
    "RsaSignature2018",
)


def credentials_v1() -> Terms:
    """The terms of https://www.w3.org/2018/credentials/v1."""
    prefixes = {"cred": CREDENTIALS, "sec": SECURITY, "xsd": XSD}
    references = ("credentialStatus", "credentialSubject", "evidence", "holder", "issuer", "termsOfUse")
    instants = ("expirationDate", "issued", "issuanceDate", "validFrom", "validUntil")
    credential = {
        **NODE,
        **prefixes,
        **{name: _reference(CREDENTIALS + name) for name in references},
        **{name: _instant(CREDENTIALS + name) for name in instants},
        "credentialSchema": _of_kind("credentialSchema", "JsonSchemaValidator2018"),
        "refreshService": _of_kind("refreshService", "ManualRefreshService2018"),
        "proof": _graph(f"{SECURITY}proof"),
    }
    presentation = {
        **NODE,
        "cred": CREDENTIALS,
        "sec": SECURITY,
        "holder": _reference(f"{CREDENTIALS}holder"),
        "proof": _graph(f"{SECURITY}proof"),
        "verifiableCredential": _graph(f"{CREDENTIALS}verifiableCredential"),
    }
    purposes = ("assertionMethod", "authentication")
    older = {
        **_proof(purposes, value=f"{SECURITY}proofValue", prefixes={"sec": SECURITY, "xsd": XSD}),
        "jws": f"{SECURITY}jws",
    }
    terms = {
        **NODE,
        "VerifiableCredential": {"@id": f"{CREDENTIALS}VerifiableCredential", "@context": credential},
        "VerifiablePresentation": {"@id": f"{CREDENTIALS}VerifiablePresentation", "@context": presentation},
        **{name: {"@id": SECURITY + name, "@context": older} for name in OLDER_PROOFS},
        "proof": _graph(f"{SECURITY}proof"),
    }
    return _context(terms)


def ed25519_2020_v1() -> Terms:
    """The terms of https://w3id.org/security/suites/ed25519-2020/v1."""
    key = {
        **NODE,
        "controller": _reference(f"{SECURITY}controller"),
        "revoked": _instant(f"{SECURITY}revoked"),
        "publicKeyMultibase": _multibase("publicKeyMultibase"),
    }
    terms = {
        **NODE,
        "proof": _graph(f"{SECURITY}proof"),
        "Ed25519VerificationKey2020": {"@id": f"{SECURITY}Ed25519VerificationKey2020", "@context": key},
        "Ed25519Signature2020": {"@id": f"{SECURITY}Ed25519Signature2020", "@context": _proof(ALL_PURPOSES)},
    }
    return _context(terms)


def data_integrity_v1() -> Terms:
    """The terms of https://w3id.org/security/data-integrity/v1."""
    proof = {**_proof(ALL_PURPOSES), "cryptosuite": f"{SECURITY}cryptosuite"}
    terms = {
        **NODE,
        "proof": _graph(f"{SECURITY}proof"),
        "DataIntegrityProof": {"@id": f"{SECURITY}DataIntegrityProof", "@context": proof},
    }
    return _context(terms)


def examples_v2() -> Terms:
    """Every term that no other context defines, as the examples of the W3C use it."""
    return {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}


def undefined_terms_v2() -> Terms:
    """Every term that no other context defines, for issuers that publish no context of their own."""
    return {"@context": {"@vocab": "https://www.w3.org/ns/credentials/undefined-term#"}}


PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "assertionMethod": "assertionMethod",
        "authentication": "authenticationMethod",
        "capabilityInvocation": "capabilityInvocationMethod",
        "capabilityDelegation": "capabilityDelegationMethod",
        "keyAgreement": "keyAgreementMethod",
    }
)
ALL_PURPOSES = tuple(PURPOSES)
DEFINITIONS: Mapping[str, Callable[[], Terms]] = MappingProxyType(
    {
        "https://www.w3.org/2018/credentials/v1": credentials_v1,
        "https://w3id.org/security/suites/ed25519-2020/v1": ed25519_2020_v1,
        "https://w3id.org/security/data-integrity/v1": data_integrity_v1,
        "https://www.w3.org/ns/credentials/examples/v2": examples_v2,
        "https://www.w3.org/ns/credentials/undefined-terms/v2": undefined_terms_v2,
    }
)


def _context(terms: Terms) -> Terms:
    return {"@context": terms}


def _reference(iri: str) -> Terms:
    return {"@id": iri, "@type": "@id"}


def _instant(iri: str) -> Terms:
    return {"@id": iri, "@type": f"{XSD}dateTime"}


def _graph(iri: str) -> Terms:
    return {"@id": iri, "@type": "@id", "@container": "@graph"}


def _multibase(name: str) -> Terms:
    return {"@id": SECURITY + name, "@type": f"{SECURITY}multibase"}


def _of_kind(name: str, kind: str) -> Terms:
    """A reference in which one type has a short name."""
    scoped = {**NODE, "cred": CREDENTIALS, kind: CREDENTIALS + kind}
    return {**_reference(CREDENTIALS + name), "@context": scoped}


def _proof(purposes: tuple[str, ...], *, value: Any = None, prefixes: Mapping[str, str] | None = None) -> Terms:  # noqa: ANN401 - a term's definition
    """The members of a proof, which the contexts share."""
    allowed = {name: {**_reference(SECURITY + PURPOSES[name]), "@container": "@set"} for name in purposes}
    sec = {"sec": SECURITY} if prefixes else {}
    return {
        **NODE,
        **(prefixes or {}),
        **{name: SECURITY + name for name in ("challenge", "domain", "nonce")},
        "created": _instant(CREATED),
        "expires": _instant(f"{SECURITY}expiration"),
        "proofPurpose": {"@id": f"{SECURITY}proofPurpose", "@type": "@vocab", "@context": {**NODE, **sec, **allowed}},
        "proofValue": value or _multibase("proofValue"),
        "verificationMethod": _reference(f"{SECURITY}verificationMethod"),
    }
