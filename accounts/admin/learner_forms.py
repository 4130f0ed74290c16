"""The forms of the admin pages of learners."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.forms import AccountEmailField, LearnerNumberField
from accounts.models import Learner, LearnerLink, NameKind, User
from accounts.permissions import may_change_learners
from accounts.queries.legal_names import has_name_without_end
from accounts.queries.people import another_learner_has_account, links_in_force_of
from core.desk import ReasonForm, SavingForm
from core.desk.widgets import DateInput


class NewLearnerForm(SavingForm):
    """A new record with its legal name."""

    legal_name = forms.CharField(label=_("legal name"), max_length=300, help_text=_("As it is written."))
    sort_as = forms.CharField(
        label=_("sorted as"), max_length=300, required=False, help_text=_("Family name first, say: Lovelace, Ada.")
    )
    learner_number = forms.CharField(
        label=_("learner number"), max_length=40, required=False, help_text=_("Empty: the next free one.")
    )


class NameForm(ReasonForm):
    """A new name of a learner; a legal or chosen name ends the one before it."""

    kind = forms.ChoiceField(label=_("kind"), choices=NameKind.choices)
    text = forms.CharField(label=_("name as written"), max_length=300)
    sort_as = forms.CharField(
        label=_("sorted as"), max_length=300, required=False, help_text=_("Family name first, say: Lovelace, Ada.")
    )
    starts_on = forms.DateField(label=_("from"), required=False, widget=DateInput)
    ends_on = forms.DateField(
        label=_("until"),
        required=False,
        widget=DateInput,
        help_text=_("The first day on which it is no longer in use."),
    )
    field_order = ("kind", "text", "sort_as", "starts_on", "ends_on", "why")

    def clean(self) -> dict[str, Any]:
        """Require a start date if the name follows another one: the other name ends on that day."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        undated = kind != NameKind.FORMER and not cleaned.get("starts_on")
        if undated and kind and isinstance(self.row, Learner) and has_name_without_end(self.row, NameKind(kind)):
            self.add_error("starts_on", _("Say from which day this name is in use: it follows another one."))
        return cleaned


class IdentifierForm(ReasonForm):
    """The identifier of this learner in another system."""

    scheme = forms.CharField(label=_("scheme"), max_length=100, help_text=_("Such as: national student number."))
    issuer = forms.CharField(label=_("issuer"), max_length=200, required=False)
    value = forms.CharField(label=_("identifier"), max_length=200)
    prints = forms.BooleanField(label=_("may stand on documents"), required=False)
    field_order = ("scheme", "issuer", "value", "prints", "why")


class OtherRecordForm(ReasonForm):
    """The learner number of the other record to link."""

    learner_number = LearnerNumberField(may_change_learners, label=_("number of the other record"))
    field_order = ("learner_number", "why")


class LinkChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A choice of links, labelled with the numbers of both records."""

    def label_from_instance(self, obj: Model) -> str:
        """The numbers of both records."""
        return f"{obj.learner} = {obj.other}" if isinstance(obj, LearnerLink) else str(obj)


class UnlinkForm(ReasonForm):
    """The link to undo, among the links in force of this learner."""

    link = LinkChoice(label=_("link"), queryset=LearnerLink.objects.none(), empty_label=None)
    field_order = ("link", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        if isinstance(self.row, Learner):
            field: Any = self.fields["link"]
            field.queryset = links_in_force_of(self.row)


class AccountForm(ReasonForm):
    """The e-mail of the learner's account."""

    # An account belongs to no branch: only a role of the whole institution finds one here.
    email = AccountEmailField(may_change_learners, required=False, help_text=_("Empty: no account. The record stays."))
    field_order = ("email", "why")

    def clean_email(self) -> User | None:
        """The account, unless it is another learner's; None disconnects the account."""
        user: User | None = self.cleaned_data["email"]
        if user is not None and isinstance(self.row, Learner) and another_learner_has_account(user, self.row):
            raise forms.ValidationError(_("This account is another learner's: link the two records instead."))
        return user
