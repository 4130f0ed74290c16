"""Examples in the description of the partner API: an invented learner."""

from drf_spectacular.utils import OpenApiExample

TRANSCRIPT_ID = "6f0f9d5e-2a0b-4d0e-9a53-0f7c2f0a1b11"
DIGEST = "c1:" + "5d" * 32
ORGANIZATION = {"id": "0b9f1c3a-5f0e-4c8e-8a37-6f5d6f1f2c01", "name": "Lakeside College"}

TRANSCRIPTS = OpenApiExample(
    "One transcript is shared",
    value={
        "results": [
            {
                "id": TRANSCRIPT_ID,
                "serial": "T7K3M9PQA2XWD4",
                "kind": "official",
                "made_at": "2026-03-02T09:00:00Z",
                "digest": DIGEST,
                "purpose": "employment",
                "shared_at": "2026-03-02T10:15:00Z",
                "shared_until": "2026-06-02T00:00:00Z",
                "and_successors": True,
                "url": f"http://localhost:8000/api/v1/transcripts/{TRANSCRIPT_ID}",
            }
        ],
        "next": None,
    },
    response_only=True,
    status_codes=["200"],
)
TRANSCRIPT = OpenApiExample(
    "Without programs and awards",
    value={
        "format": "cairn-transcript@2",
        "transcript": TRANSCRIPT_ID,
        "serial": "T7K3M-9PQA-2XWD-4",
        "kind": "official",
        "supersedes": "",
        "made_at": "2026-03-02T09:00:00Z",
        "made_on": "2026-03-02",
        "language": "en",
        "issuer": {
            "organization": ORGANIZATION["id"],
            "name": "Lakeside College",
            "address": "Quay Street 4",
            "did": "",
        },
        "holder": {"learner": "c0ffee00-0000-4000-8000-000000000001", "number": "100001", "name": "Ada Example"},
        "programs": [],
        "awards": [],
        "scales": [],
        "credits": [],
        "check_place": "localhost:8000/verify",
    },
    response_only=True,
)
BY_CODE = OpenApiExample("By code", value={"code": "7K3M-9PQA-2XWD-4"}, request_only=True)
VALID = OpenApiExample(
    "Valid",
    value={
        "verdict": "valid",
        "why": "",
        "since": None,
        "checks": [
            {"check": "credential", "passed": True, "reason": "well"},
            {"check": "status", "passed": True, "reason": "well"},
        ],
        "credential": {
            "title": "Bread",
            "issuer": "Lakeside College",
            "awarded_on": "2026-03-02",
            "valid_until": None,
        },
        "transcript": None,
        "issuer": {
            "known": "ours",
            "identifier": "did:web:localhost%3A8000:issuers:lakeside",
            "claims_our_name": False,
        },
        "file": None,
        "members": [],
        "retry": False,
    },
    response_only=True,
    status_codes=["200"],
)
PROGRAMS = OpenApiExample(
    "One program",
    value={
        "results": [
            {
                "id": "5b0c64c1-64f7-4b0f-9d0e-5a7c0b6f1d01",
                "program": "5b0c64c1-64f7-4b0f-9d0e-5a7c0b6f1d02",
                "code": "BR",
                "title": "Bread",
                "version": 1,
                "organization": ORGANIZATION,
                "credit_unit": "credits",
                "published_at": "2026-01-05T09:00:00Z",
                "closed_to_entry_on": None,
                "teach_out_until": None,
            }
        ],
        "next": None,
    },
    response_only=True,
    status_codes=["200"],
)
