"""Accounts that sign in."""

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from accounts.rules.tenure import Tenure
from core import clock

# What an instance keeps of the rights of its account, until `forget_rights`; each request has a new instance.
RIGHTS = ("tenures", "organization_parents", "program_terms", "covered_rows")


def offered_languages() -> list[tuple[str, Any]]:
    """The languages of the pages. It is a function, so that another language needs no migration."""
    return list(settings.LANGUAGES)


class UserManager(BaseUserManager["User"]):
    """Creates and finds users by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401 - fields
        """Create an account; without a password its owner must first open a mailed link."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account with this e-mail, in any case of letters."""
        return self.get(email__iexact=username)


@pghistory.track(fields=["email", "display_name", "language", "is_active"], model_name="UserEvent")
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # PartnerClient has an untyped base
    """An account that signs in with its e-mail. Further addresses are rows of allauth's EmailAddress.

    There are no superusers and no Django permissions. Rights are RoleAssignments; `accounts.permissions` reads them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    display_name = models.CharField(_("display name"), max_length=200)
    language = models.CharField(_("preferred language"), max_length=10, blank=True, choices=offered_languages)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            # Mail servers ignore the case of addresses in practice, so that two accounts would share one mailbox.
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message=_("There is already an account with this e-mail."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or f"account {self.pk}"

    def get_full_name(self) -> str:
        """The name on Django's own pages."""
        return self.display_name

    def get_short_name(self) -> str:
        """The full name: there is no reliable way to shorten a name."""
        return self.display_name

    @cached_property
    def tenures(self) -> tuple[Tenure, ...]:
        """All role assignments of this user, read once per instance; each request has a new instance."""
        rows = self.role_assignments.values_list("role", "organization_id", "starts_at", "ends_at")
        return tuple(Tenure(*row) for row in rows)

    @cached_property
    def organization_parents(self) -> Mapping[int, int | None]:
        """The parent of each organization by its id. Read once per instance, and only for a role that is limited."""
        return dict(Organization.objects.values_list("pk", "parent"))

    @property
    def is_staff(self) -> bool:
        """Whether any role is in force now."""
        at = clock.now()
        return self.is_active and any(tenure.covers(at) for tenure in self.tenures)

    # Django's admin calls these three. DeskAdmin overrides the admin's checks, and everything else must get "no".
    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        """False: Django's permissions are not used, and the desk has its own predicates."""
        return False

    def has_perms(self, _perms: list[str], _obj: object = None) -> bool:
        """As has_perm."""
        return False

    def has_module_perms(self, _app_label: str) -> bool:
        """As has_perm."""
        return False

    def forget_rights(self) -> None:
        """Forget what was read of roles and their limits, after a change of rights in the same request."""
        for name in RIGHTS:
            self.__dict__.pop(name, None)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        """Reload the row and the role assignments."""
        self.forget_rights()
        super().refresh_from_db(*args, **kwargs)
