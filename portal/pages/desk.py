"""The cards of the desk's start page: what waits, in words, with the page where it is dealt with."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import works_everywhere
from competencies.models import ImportState
from competencies.permissions import may_change_frameworks
from core import clock
from core.desk.start_page_cards import StartPageCard
from credentials.permissions import reads_issuers
from portal.queries import start_page
from programs.enrollment.queries import TWICE
from programs.models import AwardState
from programs.permissions import grants_awards, keeps_enrollments

# A refused file is shown for a while only: the person who uploaded it has seen why, and the list of imports keeps it.
REFUSED_SHOWN_FOR = timedelta(days=7)
# Jobs sign within seconds: an award that has waited longer needs a person.
SIGNED_WITHIN = timedelta(minutes=2)
# Status lists are signed again every day: one that is this close to its end was missed several times.
EXPIRES_WITHIN = timedelta(days=4)


def cards_for(user: User) -> list[StartPageCard]:
    """The cards that `user` sees: failures first, then what waits; empty when there is nothing to do."""
    at = clock.now()
    cards = [card for cards_of in SOURCES for card in cards_of(user, at)]
    return sorted(cards, key=lambda card: card.weight != "alarm")


def _failed_jobs(user: User, _at: datetime) -> Iterator[StartPageCard]:
    if not works_everywhere(user):
        return
    waiting = start_page.failed_jobs()
    if waiting.count:
        yield StartPageCard(
            title=_("Failed background tasks"),
            count=waiting.count,
            url=f"{reverse('admin:jobs_job_changelist')}?state__exact=dead",
            weight="alarm",
            oldest=waiting.oldest,
            advice=_("Cairn tried several times and stopped. Read why, solve it, and try again."),
        )


def _imports(user: User, at: datetime) -> Iterator[StartPageCard]:
    if not may_change_frameworks(user):
        return
    files = reverse("admin:competencies_caseimport_changelist")
    waiting = start_page.refused_imports(after=at - REFUSED_SHOWN_FOR)
    if waiting.count:
        yield StartPageCard(
            title=_("Files that were refused"),
            count=waiting.count,
            url=f"{files}?state__exact={ImportState.REFUSED}",
            weight="alarm",
            oldest=waiting.oldest,
            advice=_("Each says line by line what is wrong. Correct the file and give it again."),
        )
    waiting = start_page.imports_to_decide()
    if waiting.count:
        yield StartPageCard(
            title=_("Frameworks to import"),
            count=waiting.count,
            url=f"{files}?state__exact={ImportState.CHECKED}",
            oldest=waiting.oldest,
            advice=_("They were checked and nothing is wrong. See what would change, then say yes or no."),
        )


def _approvals(user: User, _at: datetime) -> Iterator[StartPageCard]:
    waiting = start_page.approvals_to_decide(user)
    if waiting.count:
        yield StartPageCard(
            title=_("Approvals to decide"),
            count=waiting.count,
            url=reverse("admin:accounts_approval_changelist"),
            oldest=waiting.oldest,
            advice=_("Somebody asked for an approval."),
        )


def _awards(user: User, _at: datetime) -> Iterator[StartPageCard]:
    if not grants_awards(user):
        return
    waiting = start_page.awards_to_review(user)
    if waiting.count:
        yield StartPageCard(
            title=_("Awards to review"),
            count=waiting.count,
            url=f"{reverse('admin:programs_awardconcern_changelist')}?settled_at__isempty=1",
            weight="alarm",
            oldest=waiting.oldest,
            advice=_("What they rest on has changed. Nothing was taken from anybody: say whether each one stays."),
        )
    waiting = start_page.awards_to_grant(user)
    if waiting.count:
        yield StartPageCard(
            title=_("Awards to grant"),
            count=waiting.count,
            url=f"{reverse('admin:programs_award_changelist')}?state__exact={AwardState.PROPOSED}",
            oldest=waiting.oldest,
            advice=_("The requirements are met. Read on what each one rests, then grant or decline it."),
        )
    waiting = start_page.proposals_no_longer_met(user)
    if waiting.count:
        yield StartPageCard(
            title=_("Proposed awards that are not met any more"),
            count=waiting.count,
            url=f"{reverse('admin:programs_award_changelist')}?state__exact={AwardState.PROPOSED}",
            oldest=waiting.oldest,
            advice=_("Something has changed since they were proposed. Look at the audit, then decline them or wait."),
        )


def _enrollments(user: User, _at: datetime) -> Iterator[StartPageCard]:
    if not keeps_enrollments(user):
        return
    waiting = start_page.double_enrollments(user)
    if waiting.count:
        yield StartPageCard(
            title=_("Enrolled twice in one program"),
            count=waiting.count,
            url=f"{reverse('admin:programs_enrollment_changelist')}?standing={TWICE}",
            oldest=waiting.oldest,
            advice=_("Two records of one person were linked, and both are enrolled. Withdraw one of the two."),
        )


def _signing(user: User, at: datetime) -> Iterator[StartPageCard]:
    """Awards without a credential, and status lists that expire soon."""
    if not reads_issuers(user):
        return
    waiting = start_page.unsigned_awards(user, decided_before=at - SIGNED_WITHIN)
    if waiting.count:
        yield StartPageCard(
            title=_("Awards without a signed credential"),
            count=waiting.count,
            url=reverse("admin:credentials_unsignedaward_changelist"),
            weight="alarm",
            oldest=waiting.oldest,
            advice=_("Each says what keeps it from being signed, and what to do."),
        )
    waiting = start_page.expiring_status_lists(until=at + EXPIRES_WITHIN)
    if waiting.count:
        yield StartPageCard(
            title=_("Status lists about to expire"),
            count=waiting.count,
            url=f"{reverse('admin:jobs_job_changelist')}?state__exact=dead",
            weight="alarm",
            oldest=waiting.oldest,
            advice=_("They are signed again every day. When they expire, nobody can check what was signed."),
        )


SOURCES: tuple[Callable[[User, datetime], Iterator[StartPageCard]], ...] = (
    _failed_jobs,
    _signing,
    _awards,
    _enrollments,
    _imports,
    _approvals,
)
