"""What needs attention: the desk's start page, one card for each thing that waits, fed by every app's queries."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Approval, User
from accounts.permissions import is_staff
from accounts.queries import approvals_waiting_for
from competencies.models import CaseImport, ImportState
from competencies.permissions import may_change_frameworks
from competencies.queries import imports_waiting
from core import clock
from core.desk.start_page_cards import Concern
from core.jobs.models import Job
from credentials.issuing.queries.credentials import awards_without_credential
from credentials.models import StatusList
from credentials.permissions import reads_issuers
from programs.models import Award, AwardConcern, AwardState
from programs.permissions import grants_awards, programs_for

# A file that was refused is news for a while; whoever gave it has seen why, and the list of imports keeps it.
NEWS = timedelta(days=7)
# Jobs sign within seconds; and a list that was not signed anew for days is one that nobody will.
SIGNED_WITHIN = timedelta(minutes=2)
RUNS_OUT = timedelta(days=4)


def concerns_for(user: User) -> list[Concern]:
    """What this person should look at, what has failed before what only waits; nothing when all is well."""
    at = clock.now()
    found = [concern for look in LOOKS for concern in look(user, at)]
    return sorted(found, key=lambda concern: concern.weight != "alarm")


def _failed_jobs(user: User, _at: datetime) -> Iterator[Concern]:
    count, oldest = _waiting(Job.objects.dead(), "finished_at")
    if is_staff(user) and count:
        yield Concern(
            title=_("Work that gave up"),
            count=count,
            url=f"{reverse('admin:jobs_job_changelist')}?state__exact=dead",
            weight="alarm",
            oldest=oldest,
            advice=_("Cairn tried several times and stopped. Read why, mend it, and try again."),
        )


def _imports(user: User, at: datetime) -> Iterator[Concern]:
    if not may_change_frameworks(user):
        return
    files = reverse("admin:competencies_caseimport_changelist")
    count, oldest = _waiting(CaseImport.objects.filter(state=ImportState.REFUSED, asked_at__gt=at - NEWS), "asked_at")
    if count:
        yield Concern(
            title=_("Files that were refused"),
            count=count,
            url=f"{files}?state__exact={ImportState.REFUSED}",
            weight="alarm",
            oldest=oldest,
            advice=_("Each says line by line what is wrong. Mend the file and give it again."),
        )
    count, oldest = _waiting(imports_waiting(), "asked_at")
    if count:
        yield Concern(
            title=_("Frameworks to take in"),
            count=count,
            url=f"{files}?state__exact={ImportState.CHECKED}",
            oldest=oldest,
            advice=_("They were checked and nothing is wrong. See what would change, then say yes or no."),
        )


def _approvals(user: User, at: datetime) -> Iterator[Concern]:
    count, oldest = _waiting(approvals_waiting_for(user, at=at), "asked_at")
    if count:
        yield Concern(
            title=_("Approvals to decide"),
            count=count,
            url=reverse("admin:accounts_approval_changelist"),
            oldest=oldest,
            advice=_("Somebody asked for a second pair of eyes."),
        )


def _awards(user: User, at: datetime) -> Iterator[Concern]:
    if not grants_awards(user):
        return
    mine = programs_for(user, at=at)
    looked_at = AwardConcern.objects.open().filter(award__program_version__program__in=mine)
    count, oldest = _waiting(looked_at, "raised_at")
    if count:
        yield Concern(
            title=_("Awards to look at again"),
            count=count,
            url=f"{reverse('admin:programs_awardconcern_changelist')}?settled_at__isempty=1",
            weight="alarm",
            oldest=oldest,
            advice=_("What they rest on has changed. Nothing was taken from anybody: say whether each one stays."),
        )
    count, oldest = _waiting(Award.objects.proposed().filter(program_version__program__in=mine), "proposed_at")
    if count:
        yield Concern(
            title=_("Awards to grant"),
            count=count,
            url=f"{reverse('admin:programs_award_changelist')}?state__exact={AwardState.PROPOSED}",
            oldest=oldest,
            advice=_("The requirements are met. Read on what each one rests, then grant or decline it."),
        )


def _signing(user: User, at: datetime) -> Iterator[Concern]:
    """What keeps awards from paper, and lists from being of today."""
    if not reads_issuers(user):
        return
    unsigned = awards_without_credential().filter(decided_at__lt=at - SIGNED_WITHIN)
    count, oldest = _waiting(unsigned, "decided_at")
    if count:
        yield Concern(
            title=_("Awards without a signed credential"),
            count=count,
            url=reverse("admin:credentials_unsignedaward_changelist"),
            weight="alarm",
            oldest=oldest,
            advice=_("Each says what keeps it from being signed, and what to do."),
        )
    old = StatusList.objects.filter(Q(valid_until=None) | Q(valid_until__lt=at + RUNS_OUT))
    count, oldest = _waiting(old, "signed_at")
    if count:
        yield Concern(
            title=_("Status lists that run out"),
            count=count,
            url=f"{reverse('admin:jobs_job_changelist')}?state__exact=dead",
            weight="alarm",
            oldest=oldest,
            advice=_("They are signed anew every day. When they run out, nobody can check what was signed."),
        )


def _waiting(
    rows: QuerySet[Job]
    | QuerySet[CaseImport]
    | QuerySet[Approval]
    | QuerySet[Award]
    | QuerySet[AwardConcern]
    | QuerySet[StatusList],
    since: str,
) -> tuple[int, datetime | None]:
    found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    return found["count"], found["oldest"]


LOOKS: tuple[Callable[[User, datetime], Iterator[Concern]], ...] = (
    _failed_jobs,
    _signing,
    _awards,
    _imports,
    _approvals,
)
