"""Issuers as outsiders know them, and the keys with which they sign and signed."""

import uuid
from typing import ClassVar, Self
from urllib.parse import quote, urlsplit

import pghistory
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization

SLUG = r"^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$"
# Scheme and authority, nothing after them: did:web and every published address are made of it.
ORIGIN = r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$"
DIGEST = r"^c1:[0-9a-f]{64}$"
MULTIBASE = r"^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$"

slug_form = RegexValidator(SLUG, _("Small letters, digits and hyphens, such as evening-school."))


class ToldExceptions(models.TextChoices):
    """What transcripts tell of exceptions that a learner needed."""

    NOTHING = "nothing", _("nothing")
    ACTS = "acts", _("what was excepted, and by which act")
    REASONS = "reasons", _("also the reason, as a code")


@pghistory.track()
class Issuer(models.Model):
    """An organization of ours as the signer of credentials.

    `origin` is written once, with the first key. Then a trigger freezes it and the slug, because did:web and every
    address in signed documents are made of the two.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(
        _("name in addresses"),
        max_length=60,
        validators=[slug_form],
        help_text=_("Stands in every signed document for good."),
    )
    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="issuer", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=300)
    url = models.URLField(_("web page"), max_length=500, blank=True)
    email = models.EmailField(_("e-mail for questions"), blank=True)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    told_exceptions = models.CharField(
        _("exceptions on transcripts"),
        max_length=10,
        choices=ToldExceptions.choices,
        default=ToldExceptions.ACTS,
        help_text=_("Reasons of health and personal circumstances are never disclosed, whatever is chosen."),
    )
    origin = models.CharField(_("origin"), max_length=200, blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), editable=False)

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slug"],
                name="issuer_slug_is_one",
                violation_error_message=_("Another issuer has this name in addresses."),
            ),
            # The slug is part of a DID: no character of it may need escaping.
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="issuer_slug_fits_an_address"),
            models.CheckConstraint(condition=Q(origin="") | Q(origin__regex=ORIGIN), name="issuer_origin_is_one"),
            models.CheckConstraint(condition=~Q(name__regex=r"^\s*$"), name="issuer_has_a_name"),
            models.CheckConstraint(
                condition=Q(told_exceptions__in=ToldExceptions.values), name="issuer_told_exceptions_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def did(self) -> str:
        """The issuer's identifier, did:web; empty before the first key."""
        return f"did:web:{quote(urlsplit(self.origin).netloc, safe='.')}:issuers:{self.slug}" if self.origin else ""


class KeyState(models.TextChoices):
    """The states of a key: a retired key is still listed and verifies, a compromised one is no longer listed."""

    PENDING = "pending", _("made, not in use")
    ACTIVE = "active", _("signs")
    RETIRED = "retired", _("retired: verifies what it signed")
    COMPROMISED = "compromised", _("compromised: verifies nothing")


class IssuerKeyQuerySet(models.QuerySet["IssuerKey"]):
    """Keys by state."""

    def active(self) -> Self:
        """Those that sign."""
        return self.filter(state=KeyState.ACTIVE)

    def listed(self) -> Self:
        """Those that did.json lists: what they signed verifies."""
        return self.exclude(state=KeyState.COMPROMISED)


# The sealed half is excluded from the history, because a destroyed key would still be there.
@pghistory.track(exclude=["sealed"])
class IssuerKey(models.Model):
    """An Ed25519 key. Its private half is sealed under CAIRN_KEY_SECRET, and is destroyed when the key is retired."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="keys", verbose_name=_("issuer"))
    state = models.CharField(_("state"), max_length=12, choices=KeyState.choices, default=KeyState.PENDING)
    public_multibase = models.CharField(_("public key"), max_length=60)
    sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    activated_at = models.DateTimeField(_("in use since"), null=True)
    ended_at = models.DateTimeField(_("no longer signs since"), null=True)

    objects = IssuerKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=KeyState.values), name="issuer_key_state_is_known"),
            models.CheckConstraint(condition=Q(public_multibase__regex=MULTIBASE), name="issuer_key_is_ed25519"),
            models.UniqueConstraint(fields=["public_multibase"], name="issuer_key_is_one"),
            # Two registrars may rotate at once: an issuer never has two keys that sign.
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(state="active"), name="issuer_key_one_active_per_issuer"
            ),
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(state="pending"), name="issuer_key_one_pending_per_issuer"
            ),
            # A key that ended must not be left in the database: who steals a backup could sign with it.
            models.CheckConstraint(
                condition=Q(state__in=["pending", "active"], sealed__isnull=False)
                | Q(state__in=["retired", "compromised"], sealed=None),
                name="issuer_key_private_half_only_while_it_may_sign",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", activated_at=None, ended_at=None)
                | Q(state="active", activated_at__isnull=False, ended_at=None)
                | Q(state="retired", activated_at__isnull=False, ended_at__isnull=False)
                | Q(state="compromised", ended_at__isnull=False),
                name="issuer_key_times_fit_its_state",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(issuer)s, key of %(day)s") % {"issuer": self.issuer, "day": localize(self.made_at.date())}

    @property
    def fragment(self) -> str:
        """The name of the key within the issuer's did.json."""
        return f"k-{self.public_id}"

    @property
    def method(self) -> str:
        """The verification method that proofs name."""
        return f"{self.issuer.did}#{self.fragment}"
