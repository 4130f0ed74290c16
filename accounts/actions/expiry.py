"""Removal of rows that have expired: sessions, mailed links, tokens and rate counters."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from oauth2_provider.models import AccessToken

from accounts.models import MailToken


@transaction.atomic
def clear_expired(*, at: datetime) -> int:
    """Remove expired sessions with their session list entries, mailed links, tokens and counters; return how many."""
    sessions, _per_model = Session.objects.filter(expire_date__lt=at).delete()
    # A session can also end by signing out: its entry in the list goes when no session has its key.
    live_sessions = Session.objects.filter(session_key=OuterRef("session_key"))
    session_entries, _per_model = UserSession.objects.filter(~Exists(live_sessions)).delete()
    mail_tokens, _per_model = MailToken.objects.filter(expires_at__lt=at).delete()
    access_tokens, _per_model = AccessToken.objects.filter(expires__lt=at).delete()
    # The cache and the rate counters are unlogged tables without models.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM base_cache WHERE expires < %s", [at])
        rate_rows = int(cursor.rowcount)
        cursor.execute("DELETE FROM base_rate WHERE window_at < %s", [at - timedelta(days=1)])
        rate_rows += int(cursor.rowcount)
    return int(sessions + session_entries + mail_tokens + access_tokens + rate_rows)
