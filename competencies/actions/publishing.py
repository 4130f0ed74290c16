"""Publishing and withdrawing a framework."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from competencies.models import Framework


@transaction.atomic
def publish_framework(framework: Framework, *, at: datetime) -> Framework:
    """Make the pages and the API of a framework public. A framework that is public already keeps its date."""
    # content_version is part of the ETag: caches must not answer 304 for what has been withdrawn or published.
    Framework.objects.filter(pk=framework.pk, published_at__isnull=True).update(
        published_at=at, content_version=F("content_version") + 1
    )
    framework.refresh_from_db()
    return framework


@transaction.atomic
def withdraw_framework(framework: Framework) -> Framework:
    """Close the pages and the API of a framework. Programs and credentials that refer to it stay valid."""
    Framework.objects.filter(pk=framework.pk, published_at__isnull=False).update(
        published_at=None, content_version=F("content_version") + 1
    )
    framework.refresh_from_db()
    return framework
