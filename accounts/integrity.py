"""Integrity checks of accounts that no database constraint can express; `check_integrity` runs them."""

import zoneinfo
from collections.abc import Iterator

from django.db.models import Count, F

from accounts.models import Learner, LearnerLink, Organization, SharingGrant
from accounts.rules.linking import canonical_ids


def problems() -> Iterator[str]:
    """One sentence for each problem."""
    yield from _wrong_same_as()
    yield from _unknown_zones()
    yield from _miscounted_grants()


def _wrong_same_as() -> Iterator[str]:
    """`same_as` must agree with the links in force."""
    links = list(LearnerLink.objects.in_force().values_list("learner_id", "other_id"))
    # Recomputed with the same rule as in the action, from all links at once.
    linked = {record for link in links for record in link}
    expected = {record: person for record, person in canonical_ids(linked, links).items() if person != record}
    stored = dict(Learner.objects.exclude(same_as=None).values_list("pk", "same_as_id"))
    for record in sorted(expected.keys() | stored.keys()):
        if expected.get(record) != stored.get(record):
            yield f"Learner {record} points at {stored.get(record)}, its links say {expected.get(record)}."


def _unknown_zones() -> Iterator[str]:
    """The machine's time zone database must know all zones in use."""
    known = zoneinfo.available_timezones()
    for pk, zone in Organization.objects.order_by("pk").values_list("pk", "time_zone"):
        if zone not in known:
            yield f"Organization {pk} is in the time zone {zone}, which this machine does not know."


def _miscounted_grants() -> Iterator[str]:
    """A grant must not have more uses than disclosures."""
    overused = SharingGrant.objects.annotate(disclosure_count=Count("disclosures")).filter(
        use_count__gt=F("disclosure_count")
    )
    for pk in overused.order_by("pk").values_list("pk", flat=True):
        yield f"Sharing grant {pk} was used more often than disclosures were written."
