"""Rows that have outlived their time."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from oauth2_provider.models import AccessToken

from accounts.models import MailToken


@transaction.atomic
def clear_expired(*, at: datetime) -> int:
    """Remove sessions, their entries in session lists, mailed links, tokens and counts that expired; how many."""
    sessions, _each = Session.objects.filter(expire_date__lt=at).delete()
    lasting = Session.objects.filter(session_key=OuterRef("session_key"))
    entries, _each = UserSession.objects.filter(~Exists(lasting)).delete()
    tokens, _each = MailToken.objects.filter(expires_at__lt=at).delete()
    passes, _each = AccessToken.objects.filter(expires__lt=at).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM base_cache WHERE expires < %s", [at])
        counts = int(cursor.rowcount)
        cursor.execute("DELETE FROM base_rate WHERE window_at < %s", [at - timedelta(days=1)])
        counts += int(cursor.rowcount)
    return int(sessions + entries + tokens + passes + counts)
