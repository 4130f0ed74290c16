"""Fields of forms that find a learner by number, or an account by e-mail, within the reach of who asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.permissions import may_read_learners, may_read_roles
from accounts.queries.people import learners_with_number, users_with_email
from core.desk.finding import FindingField
from core.desk.rights import Predicate


class LearnerNumberField(FindingField):
    """A learner number; the cleaned value is the record, among those that the person reads and `rule` covers."""

    default_error_messages = {  # noqa: RUF012 - Django reads it from the class
        "none": _("None of your learners has this number: look it up in the list of learners.")
    }

    def __init__(self, rule: Predicate, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(
            rule=rule,
            seen=may_read_learners,
            matching=learners_with_number,
            **{"label": _("Learner number"), "max_length": 40, **kwargs},
        )


class AccountEmailField(FindingField):
    """An e-mail; the cleaned value is the account that signs in with it, as for LearnerNumberField."""

    widget = forms.EmailInput
    default_error_messages = {  # noqa: RUF012 - as above
        "none": _("None of the accounts that your role covers has this e-mail.")
    }

    def __init__(self, rule: Predicate, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(
            rule=rule,
            seen=may_read_roles,
            matching=users_with_email,
            **{"label": _("e-mail of the account"), "max_length": 254, **kwargs},
        )
