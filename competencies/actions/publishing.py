"""Shows a framework to the public, and takes it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from competencies.models import Framework


@transaction.atomic
def publish_framework(framework: Framework, *, at: datetime) -> Framework:
    """Open the framework's pages and API to anyone. A framework that is public already keeps its date."""
    Framework.objects.filter(pk=framework.pk, published_at__isnull=True).update(
        published_at=at, content_version=F("content_version") + 1
    )
    framework.refresh_from_db()
    return framework


@transaction.atomic
def withdraw_framework(framework: Framework) -> Framework:
    """Close its pages and API; what rests on its competencies goes on, and what was signed still names them."""
    Framework.objects.filter(pk=framework.pk, published_at__isnull=False).update(
        published_at=None, content_version=F("content_version") + 1
    )
    framework.refresh_from_db()
    return framework
