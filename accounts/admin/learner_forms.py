"""What the desk asks about learners."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerLink, NameKind, User
from config.base.desk import ReasonForm, SavingForm
from config.base.desk.widgets import DateInput


class NewLearnerForm(SavingForm):
    """A record begins with the legal name."""

    legal_name = forms.CharField(label=_("legal name"), max_length=300, help_text=_("As it is written."))
    sort_as = forms.CharField(
        label=_("sorted as"), max_length=300, required=False, help_text=_("Family name first, say: Lovelace, Ada.")
    )
    learner_number = forms.CharField(
        label=_("learner number"), max_length=40, required=False, help_text=_("Empty: the next free one.")
    )


class NameForm(ReasonForm):
    """A name that follows the one of its kind, or one of the past."""

    kind = forms.ChoiceField(label=_("kind"), choices=NameKind.choices)
    text = forms.CharField(label=_("name as written"), max_length=300)
    sort_as = forms.CharField(
        label=_("sorted as"), max_length=300, required=False, help_text=_("Family name first, say: Lovelace, Ada.")
    )
    starts_on = forms.DateField(label=_("from"), required=False, widget=DateInput)
    ends_on = forms.DateField(
        label=_("until"), required=False, widget=DateInput, help_text=_("The first day on which it no longer holds.")
    )
    field_order = ("kind", "text", "sort_as", "starts_on", "ends_on", "why")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        undated = kind != NameKind.FORMER and not cleaned.get("starts_on")
        if undated and isinstance(self.row, Learner) and self.row.names.filter(kind=kind, ends_on=None).exists():
            self.add_error("starts_on", _("Say from which day this name holds: it follows another one."))
        return cleaned


class IdentifierForm(ReasonForm):
    """What another system calls this person."""

    scheme = forms.CharField(label=_("scheme"), max_length=100, help_text=_("Such as: national student number."))
    issuer = forms.CharField(label=_("issuer"), max_length=200, required=False)
    value = forms.CharField(label=_("identifier"), max_length=200)
    prints = forms.BooleanField(label=_("may stand on documents"), required=False)
    field_order = ("scheme", "issuer", "value", "prints", "why")


class OtherRecordForm(ReasonForm):
    """The number of the other record."""

    learner_number = forms.CharField(label=_("number of the other record"), max_length=40)
    field_order = ("learner_number", "why")

    def clean_learner_number(self) -> Learner:
        number = self.cleaned_data["learner_number"].strip()
        other = Learner.objects.filter(learner_number=number).first()
        if other is None:
            raise forms.ValidationError(_("No learner has this number."))
        return other


class LinkChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A link, by the numbers of its two records."""

    def label_from_instance(self, obj: Model) -> str:
        return f"{obj.learner} = {obj.other}" if isinstance(obj, LearnerLink) else str(obj)


class PartForm(ReasonForm):
    """Which of this person's links was a mistake."""

    link = LinkChoice(label=_("link"), queryset=LearnerLink.objects.none(), empty_label=None)
    field_order = ("link", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        if isinstance(self.row, Learner):
            field: Any = self.fields["link"]
            field.queryset = LearnerLink.objects.of(self.row).in_force().select_related("learner", "other")


class AccountForm(ReasonForm):
    """Which account is this learner's."""

    email = forms.EmailField(
        label=_("e-mail of the account"), required=False, help_text=_("Empty: no account. The record stays.")
    )
    field_order = ("email", "why")

    def clean_email(self) -> User | None:
        email = self.cleaned_data["email"]
        if not email:
            return None
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise forms.ValidationError(_("There is no account with this e-mail."))
        if self.row is not None and Learner.objects.filter(user=user).exclude(pk=self.row.pk).exists():
            raise forms.ValidationError(_("This account is another learner's: link the two records instead."))
        return user
