"""The desk page of credentials: what was issued to whom, its state, issuing again and revoking."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.pages.reauthentication import require_recent_sign_in
from core import clock
from core.desk import DeskAdmin, ReasonForm, desk_action
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.revoking import SELECTABLE_CLASSES, ask_to_revoke, revoke
from credentials.issuing.admin.links import link_to
from credentials.issuing.queries.credentials import credentials_matching, without_large_columns
from credentials.labels import REFUSALS
from credentials.models import Credential, DocumentState, IssueReason, RevocationClass
from credentials.permissions import issues_credentials, reads_credentials
from credentials.rules.codes import in_groups

REISSUE_REASONS = (IssueReason.NAME, IssueReason.CORRECTION)


class ReissueForm(ReasonForm):
    """The reason for which a new credential of the same award is issued."""

    kind = forms.ChoiceField(
        label=_("Because of"),
        choices=[(reason.value, reason.label) for reason in REISSUE_REASONS],
        help_text=_("A new name is the legal one of today; a correction keeps the name that stands on the document."),
    )
    field_order = ("kind", "why")


class RevokeForm(ReasonForm):
    """The public class of the revocation; the reason in words is for the office alone."""

    kind = forms.ChoiceField(
        label=_("What everybody may know"), choices=[(why.value, why.label) for why in SELECTABLE_CLASSES]
    )
    field_order = ("kind", "why")


def in_force(credential: Credential) -> bool:
    """Whether it is signed and neither replaced nor revoked."""
    return credential.state == DocumentState.SIGNED


def can_be_reissued(credential: Credential) -> bool:
    """Whether it is in force, or was revoked while its award is still granted."""
    return credential.award.stands and credential.state in {DocumentState.SIGNED, DocumentState.REVOKED}


@admin.register(Credential)
class CredentialAdmin(DeskAdmin):
    """Credentials are read here; the verbs issue them again or revoke them."""

    may_view = staticmethod(reads_credentials)
    question = _("Which credentials were issued, and what is the state of each?")
    list_display = ("learner", "award", "state", "reason", "issued_at")
    list_filter = ("state", "reason")
    list_select_related = ("learner", "award__achievement")
    search_fields = ("public_id",)
    search_help_text = _("A name, a learner number, an identifier, or a printed code")
    fields = (
        "learner",
        "award",
        "name",
        "state",
        "reason",
        "replaces",
        "printed_code",
        "issued_at",
        "signed_at",
        "notified_at",
        "superseded_at",
        "revoked_at",
        "revocation_class",
        "revoked_by",
        "private_reason",
        "issuer",
        "key",
        "status_bit",
        "digest",
        "public_id",
    )
    readonly_fields = ("replaces", "printed_code", "private_reason", "status_bit")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The base's rows without the stored documents."""
        return without_large_columns(super().rows_for(user, rows))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by printed code, otherwise by learner."""
        return credentials_matching(queryset, search_term), False

    @admin.display(description=_("printed code"))
    def printed_code(self, credential: Credential) -> str:
        """The code in groups, as documents print it."""
        return in_groups(credential.code)

    @admin.display(description=_("replaces"))
    def replaces(self, credential: Credential) -> str:
        """A link to the credential that this one replaced."""
        return link_to(credential.supersedes, self.opts, in_groups)

    @admin.display(description=_("bit in the status list"))
    def status_bit(self, credential: Credential) -> str:
        """The bit and the day on which its status list was made."""
        return f"{credential.status_index} · {localize(credential.status_list.made_at.date())}"

    @admin.display(description=_("private reason"))
    def private_reason(self, credential: Credential) -> str:
        """The private reason of a revocation, or that it was erased."""
        body = getattr(credential, "revocation_body", None)
        if body is None:
            return ""
        return _now("erased") if body.content is None else str(body.content)

    @desk_action(
        _("Issue again"),
        may=issues_credentials,
        form=ReissueForm,
        offered=can_be_reissued,
        explains=_(
            "A new document of the same award, with the same date. Once it is signed, this one reads “replaced”."
        ),
    )
    def reissue(self, request: HttpRequest, row: Credential, form: ReissueForm) -> str:
        """Prepare a new credential of the same award."""
        require_recent_sign_in(request)
        reissue(row, reason=IssueReason(form.cleaned_data["kind"]), by=signed_in_user(request))
        return _now("The new credential is being signed.")

    @desk_action(
        _("Ask to revoke"),
        may=issues_credentials,
        form=RevokeForm,
        offered=in_force,
        explains=_("Somebody else who is a registrar approves; then it can be revoked. The award itself stays."),
    )
    def ask_revoke(self, request: HttpRequest, row: Credential, form: RevokeForm) -> str:
        """Ask another registrar to approve the revocation."""
        require_recent_sign_in(request)
        cleaned = form.cleaned_data
        ask_to_revoke(
            row, why=RevocationClass(cleaned["kind"]), reason=cleaned["why"], by=signed_in_user(request), at=clock.now()
        )
        return _now("Asked.")

    @desk_action(
        _("Revoke"),
        may=issues_credentials,
        form=RevokeForm,
        offered=in_force,
        explains=_("It is not valid any more from now on, for everybody and for good."),
        kind="danger",
    )
    def revoke(self, request: HttpRequest, row: Credential, form: RevokeForm) -> str:
        """Revoke the credential, once it is approved."""
        require_recent_sign_in(request)
        cleaned = form.cleaned_data
        revoke(row, why=RevocationClass(cleaned["kind"]), reason=cleaned["why"], by=signed_in_user(request))
        return _now("Revoked. The published list says so within a minute.")
