"""The account that signs in."""

import uuid
from functools import cached_property
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.rules.tenure import Tenure
from config.base import clock


def offered_languages() -> list[tuple[str, Any]]:
    """The languages of the pages; a function, so that offering another needs no migration."""
    return list(settings.LANGUAGES)


class UserManager(BaseUserManager["User"]):
    """Makes users, by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401 - fields
        """A new account; without a password it can only sign in through a mailed link."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account with this e-mail, in any case."""
        return self.get(email__iexact=username)


@pghistory.track(fields=["email", "display_name", "language", "is_active"], model_name="UserEvent")
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # PartnerClient has an untyped base
    """A person who can sign in, by e-mail; further addresses are allauth's EmailAddress rows.

    There is no superuser and there are no Django permissions: rights are RoleAssignments, asked through
    `accounts.permissions`.
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
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message=_("There is already an account with this e-mail."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or f"account {self.pk}"

    def get_full_name(self) -> str:
        """What Django's pages call a person."""
        return self.display_name

    def get_short_name(self) -> str:
        """The same: names are not cut into parts."""
        return self.display_name

    @cached_property
    def tenures(self) -> tuple[Tenure, ...]:
        """Every role assignment of this person, read once per instance: request.user is a new one on each request."""
        rows = self.role_assignments.values_list("role", "organization_id", "starts_at", "ends_at")
        return tuple(Tenure(*row) for row in rows)

    @property
    def is_staff(self) -> bool:
        """Whether any role is in force now."""
        at = clock.now()
        return self.is_active and any(tenure.covers(at) for tenure in self.tenures)

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        """Django's permissions are not used; the desk asks its own predicates."""
        return False

    def has_perms(self, _perms: list[str], _obj: object = None) -> bool:
        """As has_perm."""
        return False

    def has_module_perms(self, _app_label: str) -> bool:
        """As has_perm."""
        return False

    def forget_rights(self) -> None:
        """Read the assignments again when next asked."""
        self.__dict__.pop("tenures", None)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        """Read the row, and the rights, again."""
        self.forget_rights()
        super().refresh_from_db(*args, **kwargs)
