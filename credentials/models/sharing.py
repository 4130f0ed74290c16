"""What a sharing grant covers: transcripts, one row for each, and their successors if the learner agreed."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet, Organization, SharingGrant
from accounts.models.sharing_grants import live_grants
from core.database.ledger import AppendOnly
from credentials.models.transcripts import Transcript


class GrantItemQuerySet(LearnerOwnedQuerySet["GrantItem"]):
    """Items by what they open."""

    def live(self, at: datetime) -> Self:
        """Those with a grant that is live at the instant `at`."""
        return self.filter(live_grants(at, path="grant__"))

    def shared_with(self, organization: Organization, *, at: datetime) -> Self:
        """What this partner may read at the instant `at`."""
        return self.live(at).filter(organization=organization, grant__organization=organization)

    def newest(self) -> Self:
        """Those that no later transcript follows under the same grant."""
        return self.filter(followers=None)


class GrantItem(AppendOnly):
    """One transcript that a grant opens. It never changes, because the learner agreed to exactly this.

    With `and_successors` a transcript that corrects this one is covered too: the action that makes it adds an item that
    `follows` this one. `organization` repeats that of the grant, so that one index serves a partner's list.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="grant_items")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey(SharingGrant, models.PROTECT, related_name="items")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="grant_items")
    transcript = models.ForeignKey(Transcript, models.PROTECT, related_name="grant_items")
    and_successors = models.BooleanField(_("and what corrects it"), default=False)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    covered_at = models.DateTimeField(_("covered since"))

    objects = GrantItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared transcript")
        verbose_name_plural = _("shared transcripts")
        indexes: ClassVar = [
            # The items of a learner, for item_naming and for export.
            models.Index(fields=["learner", "transcript"], name="grant_item_of_learner"),
            # A partner's list by keyset: without links, which have no organization.
            models.Index(
                fields=["organization", "covered_at", "public_id"],
                condition=Q(organization__isnull=False),
                name="grant_item_of_partner",
            ),
        ]
        constraints: ClassVar = [
            # One item for each transcript, so that a list of a partner has no duplicates.
            models.UniqueConstraint(fields=["grant", "transcript"], name="grant_item_covers_once"),
            models.CheckConstraint(
                condition=Q(follows=None) | Q(and_successors=True), name="grant_item_follows_where_agreed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} · {localize(self.covered_at.date())}"
