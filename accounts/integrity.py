"""What holds of accounts' rows beyond what a constraint can say; called by the command that checks the whole."""

import zoneinfo
from collections.abc import Iterator

from django.db.models import Count, F

from accounts.models import Learner, LearnerLink, Organization, SharingGrant
from accounts.rules.linking import persons


def problems() -> Iterator[str]:
    """A plain sentence for each thing that is wrong."""
    yield from _wrong_persons()
    yield from _unknown_zones()
    yield from _miscounted_grants()


def _wrong_persons() -> Iterator[str]:
    """`same_as` is what the links in force say."""
    links = list(LearnerLink.objects.in_force().values_list("learner_id", "other_id"))
    linked = {record for link in links for record in link}
    expected = {record: person for record, person in persons(linked, links).items() if person != record}
    stored = dict(Learner.objects.exclude(same_as=None).values_list("pk", "same_as_id"))
    for record in sorted(expected.keys() | stored.keys()):
        if expected.get(record) != stored.get(record):
            yield f"Learner {record} points at {stored.get(record)}, its links say {expected.get(record)}."


def _unknown_zones() -> Iterator[str]:
    """The zone database of the machine knows every zone in use."""
    known = zoneinfo.available_timezones()
    for key, zone in Organization.objects.order_by("pk").values_list("pk", "time_zone"):
        if zone not in known:
            yield f"Organization {key} is in the time zone {zone}, which this machine does not know."


def _miscounted_grants() -> Iterator[str]:
    """A grant was used once per answer: at most as often as disclosures name it, and never without one."""
    counted = SharingGrant.objects.annotate(rows=Count("disclosures")).filter(use_count__gt=F("rows"))
    for key in counted.order_by("pk").values_list("pk", flat=True):
        yield f"Sharing grant {key} was used more often than disclosures were written."
