"""Printing: a PDF is drawn when somebody first asks for it, kept for a while, and never drawn twice at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.models import Learner
from core.text.canonical import digest
from credentials.models import Credential, Printing
from credentials.papers.formats.certificate_pdf import certificate_pdf as drawn_certificate
from credentials.papers.formats.facts_json import object_as_json
from credentials.papers.formats.paper_design import DESIGN
from credentials.papers.queries import certificate_facts

KEPT_FOR = timedelta(days=30)


def certificate_pdf(credential: Credential, *, at: datetime) -> bytes:
    """The certificate of a signed credential.

    Raises LettersWithoutFontError, and ValueError where it was never signed or its retention has ended.
    """
    facts = certificate_facts(credential)
    named = digest({**object_as_json(facts, without=frozenset({"record"})), "record": credential.digest})
    return kept_pdf(credential.learner, named, lambda: drawn_certificate(facts), at=at)


@transaction.atomic
def forget_printings(*, at: datetime) -> int:
    """Remove PDFs that were drawn KEPT_FOR ago; how many there were."""
    return Printing.objects.filter(made_at__lt=at - KEPT_FOR).delete()[0]


@transaction.atomic
def kept_pdf(learner: Learner, named: str, draw: Callable[[], bytes], *, at: datetime) -> bytes:
    """The PDF of facts with the digest `named`: as it was kept, else drawn by `draw` and kept."""
    kept = Printing.objects.filter(learner=learner, digest=named, design=DESIGN)
    found = kept.first()
    if found is None:
        # Whoever asks for the same paper meanwhile waits here, then finds it.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"printing:{named}"])
        found = kept.first() or Printing.objects.create(
            learner=learner, digest=named, design=DESIGN, content=draw(), made_at=at
        )
    return bytes(found.content)
