"""PDFs: each is made at the first request, kept for a while, and never made twice at the same time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction

from accounts.models import Learner
from core.text.canonical import digest
from credentials.models import Credential, DeliveredFile, DeliveredKind, Printing
from credentials.papers.formats.certificate_pdf import certificate_pdf as drawn_certificate
from credentials.papers.formats.facts_json import object_as_json
from credentials.papers.formats.paper_design import DESIGN
from credentials.papers.queries import certificate_facts

# A PDF is a cache of rows that are kept longer: a month covers repeated downloads.
KEPT_FOR = timedelta(days=30)


def certificate_pdf(credential: Credential, *, at: datetime) -> bytes:
    """The certificate of a signed credential as PDF bytes.

    Raises LettersWithoutFontError, and ValueError for a credential that was never signed or after its retention.
    """
    facts = certificate_facts(credential)
    facts_digest = digest({**object_as_json(facts, without=frozenset({"record"})), "record": credential.digest})
    content = kept_pdf(credential.learner, facts_digest, lambda: drawn_certificate(facts), at=at)
    return record_delivery(content, kind=DeliveredKind.CERTIFICATE, at=at)


def record_delivery(content: bytes, *, kind: DeliveredKind, at: datetime) -> bytes:
    """Write down the digest of a PDF that is about to be delivered, once; return the PDF.

    Later the verify page can say of a file that it is exactly this one.
    """
    row = DeliveredFile(file_digest=sha256(content).hexdigest(), kind=kind, delivered_at=at)
    DeliveredFile.objects.bulk_create([row], ignore_conflicts=True)  # the same bytes were delivered before
    return content


@transaction.atomic
def forget_printings(*, at: datetime) -> int:
    """Delete the PDFs that were made KEPT_FOR ago; return how many."""
    return Printing.objects.filter(made_at__lt=at - KEPT_FOR).delete()[0]


@transaction.atomic
def kept_pdf(learner: Learner, facts_digest: str, render: Callable[[], bytes], *, at: datetime) -> bytes:
    """The kept PDF of the facts with this digest, otherwise the one that `render` makes, which is then kept.

    Key: learner, digest of the facts, DESIGN. Equal facts give equal bytes, so that a kept PDF never becomes invalid.
    """
    kept = Printing.objects.filter(learner=learner, digest=facts_digest, design=DESIGN)
    found = kept.first()
    if found is None:
        # Not a row lock, because there is no row yet: a second request for the same PDF waits here, then reads it.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"printing:{facts_digest}"])
        found = kept.first() or Printing.objects.create(
            learner=learner, digest=facts_digest, design=DESIGN, content=render(), made_at=at
        )
    return bytes(found.content)
