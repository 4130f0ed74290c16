"""The desk page of transcripts: preview, make, print, and replace a wrong one by a corrected one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.errors import OwnRecordError
from accounts.forms import LearnerNumberField
from core import clock
from core.desk import DeskAdmin, VerbForm, desk_action
from credentials import errors
from credentials.issuing.admin.links import link_to
from credentials.models import DocumentState, Transcript
from credentials.papers.pages import no_font_words, pdf_file
from credentials.papers.queries import check_url
from credentials.permissions import makes_transcripts, reads_credentials
from credentials.rules.codes import printed_serial
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript, supersede_transcript
from credentials.transcripts.formats.transcript_pdf import transcript_pdf as drawn
from credentials.transcripts.queries.stored_transcripts import transcripts_matching, with_successors
from credentials.transcripts.queries.transcript_facts import transcript_facts
from credentials.transcripts.rules import TranscriptKind

REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    OwnRecordError: _("This is about your own record: somebody else has to decide it."),
    errors.NoLegalNameError: _("The record holds no legal name in force: record one first."),
    errors.SupersededError: _("A later transcript took the place of this one already: correct that one."),
    errors.RetentionEndedError: _("What it said is kept no longer."),
    errors.LettersWithoutFontError: no_font_words,
}


class TranscriptForm(VerbForm):
    """The learner and the language of the headings."""

    learner_number = LearnerNumberField(makes_transcripts)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()


def is_last(row: Transcript) -> bool:
    """Whether no later transcript replaced it."""
    return row.state == DocumentState.STORED


@admin.register(Transcript)
class TranscriptAdmin(DeskAdmin):
    """Transcripts are read and printed here; a verb makes a new one, which may replace an older one."""

    may_view = staticmethod(reads_credentials)
    question = _("Which transcripts were made, of whom, and which of them are valid?")
    list_display = ("serial_printed", "learner", "kind", "made_at", "issued_by", "standing")
    list_filter = ("official",)
    list_select_related = ("learner", "issued_by", "code_row")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number or an identifier")
    fields = readonly_fields = (
        "serial_printed", "learner", "kind", "made_at", "issued_by", "replaces", "standing", "digest", "public_id",
    )  # fmt: skip
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The base's rows with what replaced each, without the stored facts."""
        return with_successors(super().rows_for(user, rows)).defer("content")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by serial, otherwise by learner."""
        return transcripts_matching(queryset, search_term), False

    @admin.display(description=_("serial"))
    def serial_printed(self, row: Transcript) -> str:
        """The serial as documents print it."""
        return printed_serial(row.serial)

    @admin.display(description=_("kind"), ordering="official")
    def kind(self, row: Transcript) -> str:
        """Whether the office made it, or the learner."""
        return str(row.transcript_kind.label)

    @admin.display(description=_("made"), ordering="issued_at")
    def made_at(self, row: Transcript) -> datetime:
        """When it was made."""
        return row.issued_at

    @admin.display(description=_("takes the place of"))
    def replaces(self, row: Transcript) -> str:
        """A link to the transcript that this one corrects."""
        return link_to(row.supersedes, self.opts, printed_serial)

    @admin.display(description=_("state"))
    def standing(self, row: Transcript) -> str:
        """Whether the transcript is in force, otherwise what replaced it."""
        after: str | None = vars(row)["successor_serial"]
        return _now("replaced by %(serial)s") % {"serial": printed_serial(after)} if after else _now("valid")

    @desk_action(
        _("Preview"),
        may=makes_transcripts,
        form=TranscriptForm,
        about_row=False,
        explains=_("The transcript as it would be made now. Nothing is kept, and its serial says so."),
    )
    def preview(self, _request: HttpRequest, _row: None, form: TranscriptForm) -> HttpResponse:
        """The PDF of a transcript that is not stored."""
        facts = transcript_facts(
            form.cleaned_data["learner_number"],
            public_id=uuid4(),
            serial=_now("PREVIEW, NOT VALID"),
            kind=TranscriptKind.OFFICIAL,
            supersedes="",
            language=form.cleaned_data["language"],
            at=clock.now(),
        )
        return pdf_file(drawn(facts, check_url=check_url()), "preview.pdf")

    @desk_action(
        _("Make an official transcript"),
        may=makes_transcripts,
        form=TranscriptForm,
        about_row=False,
        explains=_(
            "It states awarded programs as they were awarded and all else as on record at this moment, in the legal"
            " name of today, and never changes."
        ),
    )
    def make(self, request: HttpRequest, _row: None, form: TranscriptForm) -> str:
        """Make an official transcript."""
        made = make_transcript(
            form.cleaned_data["learner_number"],
            kind=TranscriptKind.OFFICIAL,
            by=signed_in_user(request),
            at=clock.now(),
            language=form.cleaned_data["language"],
        )
        return _now("Made: %(serial)s.") % {"serial": printed_serial(made.serial)}

    @desk_action(
        _("Print"),
        may=reads_credentials,
        form=VerbForm,
        explains=_("The transcript as a PDF, with its facts as JSON inside."),
    )
    def print(self, _request: HttpRequest, row: Transcript, _form: VerbForm) -> HttpResponse:
        """The PDF of the stored transcript."""
        return pdf_file(transcript_pdf(row, at=clock.now()), f"transcript-{printed_serial(row.serial)}.pdf")

    @desk_action(
        _("Correct"),
        may=makes_transcripts,
        form=VerbForm,
        offered=is_last,
        explains=_(
            "A transcript never changes: first correct the record, then this makes a new one that takes its place. "
            "Whoever was given this one and its successors is given the new one."
        ),
    )
    def correct(self, request: HttpRequest, row: Transcript, _form: VerbForm) -> str:
        """Make a transcript that replaces this one."""
        made = supersede_transcript(row, by=signed_in_user(request), at=clock.now())
        return _now("It was replaced by %(serial)s.") % {"serial": printed_serial(made.serial)}
