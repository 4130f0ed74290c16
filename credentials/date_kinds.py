"""The kind of each date field of credentials: what is plausible for it (core/text/dates.py)."""

from collections.abc import Mapping

from core.date_register import recorded
from core.text.dates import DateKind

DATE_KINDS: Mapping[str, DateKind] = {
    **recorded("Issuer", "made_at"),
    **recorded("IssuerKey", "made_at", "activated_at", "ended_at"),
    **recorded(
        "Document",
        "prepared_at",
        "issued_at",
        "signed_at",
        "superseded_at",
        "revoked_at",
        "notified_at",
        "erased_at",
    ),
    "NameComparison.day": DateKind.RECORDED,
    **recorded("NameComparison", "compared_at"),
    **recorded("DeliveredFile", "delivered_at"),
    **recorded("AchievementDefinition", "published_at"),
    **recorded("PublishedImage", "published_at"),
    **recorded("RevocationBody", "erased_at"),
    **recorded("Printing", "made_at"),
    **recorded("GrantItem", "covered_at"),
    **recorded("StatusList", "made_at", "signed_at", "valid_until"),
}
