"""The programs of partner employers that pull transcripts."""

from oauth2_provider.models import AbstractApplication


class PartnerClient(AbstractApplication):
    """An OAuth client of a partner; swappable for oauth-toolkit from the first migration."""
