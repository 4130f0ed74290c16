"""The facts of certificates, and the address where anybody checks a code."""

from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from core import clock
from credentials.issuing.queries.issuers import issuing_organization_of
from credentials.models import Credential
from credentials.papers.rules import CertificateFacts
from credentials.rules.codes import in_groups
from programs.audit.queries.figures import figures_of_award
from programs.awards.queries.facts import facts_of
from programs.awards.queries.figure_facts import counts_of, milestone_facts


def check_place(origin: str = "") -> str:
    """The address at which codes are typed, as documents print it: no scheme, no slash at the end."""
    place = urlsplit(check_url(origin=origin))
    return f"{place.netloc}{place.path.rstrip('/')}"


def check_url(code: str = "", *, origin: str = "") -> str:
    """The address that a QR code opens; with a code it shows the answer at once.

    It is below `origin`, that of the issuer of a signed document, otherwise below the one that this installation
    promises to keep. Paper outlives PUBLIC_URL, which is only where the pages are today.
    """
    path = reverse("verify:code", args=[code]) if code else reverse("verify:verify")
    return f"{origin or settings.CAIRN_ORIGIN}{path}"


def certificate_facts(credential: Credential) -> CertificateFacts:
    """The facts of the certificate of this credential, with the name that the credential states.

    Raises ValueError for a credential that was never signed, and after its retention.
    """
    row = (
        Credential.objects.published()
        .whole()
        .select_related("award__achievement__organization", "award__program_version__program")
        .get(pk=credential.pk)
    )
    if row.content is None or row.name is None:
        raise ValueError("its retention has ended")
    zone = issuing_organization_of(row.award.achievement).zone
    figures = figures_of_award(row.award)
    return CertificateFacts(
        award=replace(facts_of(row.award), name=row.name),
        issued_at=row.issued_at,
        issued_on=clock.civil_date(row.issued_at, zone),
        code=in_groups(row.code),
        check_url=check_url(row.code, origin=row.issuer.origin),
        check_place=check_place(row.issuer.origin),
        issuer=row.issuer.did,
        counts=counts_of(figures),
        milestones=milestone_facts(figures),
        record=bytes(row.content),
    )
