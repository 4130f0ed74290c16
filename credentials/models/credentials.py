"""The credential: the signed document about one award, an Open Badges credential."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.documents import Document, DocumentKind, DocumentsByState, DocumentState
from credentials.rules.codes import in_groups

if TYPE_CHECKING:
    from credentials.models.issuers import Issuer, IssuerKey
    from programs.models import Award


class CredentialQuerySet(DocumentsByState["Credential"]):
    """Credentials with what goes with them."""

    def signed(self) -> Self:
        """Those in force."""
        return self.filter(state=DocumentState.SIGNED)

    def whole(self) -> Self:
        """With issuer, key, code and status list, in the same query."""
        return self.select_related("issuer", "key__issuer", "code_row", "status_entry__status_list__issuer")


_Credentials = models.Manager.from_queryset(CredentialQuerySet)


class CredentialManager(_Credentials["Credential"]):
    """Documents of the kind *badge*."""

    def get_queryset(self) -> CredentialQuerySet:
        """The credentials among the documents."""
        return CredentialQuerySet(self.model, using=self._db).filter(kind=DocumentKind.BADGE)


class Credential(Document):
    """A document of the kind *badge*: it has an award, an issuer, a key, a code and a bit, and is always signed."""

    objects: ClassVar[CredentialManager] = CredentialManager()  # type: ignore[assignment]  # narrower than Document's

    class Meta:
        proxy = True
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints: ClassVar = []
        indexes: ClassVar = []

    @property
    def heading(self) -> str:
        """Its name at the desk."""
        return f"{self.award.achievement_version.title} · {in_groups(self.code)}"

    @property
    def document(self) -> dict[str, Any] | None:
        """The signed document; None before signing and after its retention."""
        return self.facts

    if TYPE_CHECKING:  # constraints of Document say that a badge has these
        award: Award
        issuer: Issuer
        key: IssuerKey
        salt: bytes
