"""The blocklist for new passwords."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.rules.passwords import core_of, is_monotonous

LOCAL_WORDS = frozenset({"cairn", "university", "college", "academy"})


class BlocklistValidator(CommonPasswordValidator):
    """Refuses Django's 20,000 common passwords, also with digits and punctuation around them, or repeated."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that is easy to guess."""
        super().validate(password, user)  # type: ignore[arg-type]  # it reads no user
        core = core_of(password)
        if is_monotonous(password) or core in self.passwords or core in LOCAL_WORDS:
            raise ValidationError(
                _("This is among the first passwords that others would try. Four or five unrelated words are better."),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        """The hint in the form."""
        return _("Four or five unrelated words are easy to keep and hard to guess.")
