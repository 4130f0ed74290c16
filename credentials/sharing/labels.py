"""What a learner agrees to, in words; the page shows them before, and the grant keeps their digest."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization, SharingPurpose
from credentials.models import Transcript
from credentials.rules.codes import printed_serial


def words_of_consent(  # noqa: PLR0913 - all that is agreed to, by name
    transcript: Transcript,
    *,
    organization: Organization | None,
    purpose: SharingPurpose,
    until: date,
    use_limit: int | None,
    and_successors: bool,
) -> list[str]:
    """The whole consent as sentences: who, what, for which purpose, until when, and the right to withdraw."""
    values = {
        "partner": organization.name if organization else "",
        "serial": printed_serial(transcript.serial),
        "made": date_format(transcript.issued_at, "DATE_FORMAT"),
        "day": date_format(until, "DATE_FORMAT"),
        "purpose": str(purpose.label),
        "times": use_limit,
    }
    who = (
        _(
            "%(partner)s may read my transcript %(serial)s of %(made)s until the end of %(day)s, for this purpose: "
            "%(purpose)s."
        )
        if organization
        else _(
            "Whoever holds the link may read my transcript %(serial)s of %(made)s until the end of %(day)s, for this "
            "purpose: %(purpose)s."
        )
    )
    sentences = [
        who % values,
        _(
            "It shows my name and learner number; the programs I study or studied, with dates and where I stand; each "
            "competency that counts, with the level asked for and reached, its basis and date; my credits; my awards "
            "with the codes that check them."
        ),
    ]
    if and_successors:
        sentences.append(_("A transcript that takes the place of this one is shared in the same way."))
    if use_limit is not None:
        sentences.append(
            ngettext("It can be opened %(times)s time.", "It can be opened %(times)s times.", use_limit) % values
        )
    sentences.append(
        _("Each time it is read, I see when. I can withdraw at any time; what was read before then stays with them.")
    )
    return sentences
