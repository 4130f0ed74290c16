"""The background jobs of credentials: issue, sign, notify, publish lists. Each of them can run twice.

The actions load the signing library, so that handlers import them when a job runs: only workers load it.
"""

from datetime import timedelta

from django.db import transaction

from accounts.pages.learner_mails import send_if_any
from core import clock
from core.jobs import Mode, enqueue, job
from credentials import jobs

# A list is signed once a second at most. A sooner change waits for the next sweep, well within a minute.
MIN_INTERVAL = timedelta(seconds=1)
# Lists are valid for seven days; signed each day, one survives some days without workers.
RESIGN_AFTER = timedelta(hours=20)


@job(jobs.ISSUE)
def issue(award_id: int) -> None:
    """Lint and prepare the credential of an award."""
    from credentials.errors import NoIssuerError
    from credentials.issuing.actions.preparing import issue_award
    from programs.models import Award

    try:
        issue_award(Award.objects.select_related("learner").get(pk=award_id))
    except NoIssuerError:
        return  # no failure: the first key of an issuer enqueues the award again, and the desk lists it until then


@job(jobs.SIGN)
def sign(credential_id: int) -> None:
    """Sign a prepared credential."""
    from credentials.issuing.actions.signing import sign_prepared
    from credentials.models import Credential

    sign_prepared(Credential.objects.select_related("learner").get(pk=credential_id))


@job(jobs.PREPARE_SUCCESSOR)
def prepare_successor(voided_id: int) -> None:
    """Prepare a successor again, because the key had ended before it was signed."""
    from credentials.issuing.actions.reissuing import prepare_again
    from credentials.models import Credential

    prepare_again(Credential.objects.select_related("learner", "award__achievement__organization").get(pk=voided_id))


@job(jobs.REISSUE_UNDER_NEW_KEY)
def reissue_under_new_key(credential_id: int) -> None:
    """Replace a credential that a compromised key signed."""
    from credentials.errors import AwardNotStandingError, BeingSignedError, NotInForceError
    from credentials.issuing.actions.reissuing import reissue
    from credentials.models import Credential, IssueReason

    credential = Credential.objects.select_related("learner").get(pk=credential_id)
    try:
        reissue(credential, reason=IssueReason.KEY_REPLACED, by=None)
    except (NotInForceError, AwardNotStandingError, BeingSignedError):
        return  # it ended meanwhile, or its successor is prepared


@job(jobs.REVOKE_RESCINDED)
def revoke_rescinded_award(award_id: int) -> None:
    """Revoke the credentials of an award that was rescinded."""
    from credentials.issuing.actions.revoking import revoke_rescinded
    from programs.models import Award

    revoke_rescinded(Award.objects.select_related("learner").get(pk=award_id))


@job(jobs.PUBLISH)
def publish(list_id: int) -> None:
    """Sign a status list after a change, at most once a second."""
    from credentials.issuing.actions.status_lists import publish_list
    from credentials.models import StatusList

    status_list = StatusList.objects.get(pk=list_id)
    now = clock.now()
    if status_list.signed_at is not None and now - status_list.signed_at < MIN_INTERVAL:
        enqueue(jobs.PUBLISH, list_id, run_at=status_list.signed_at + MIN_INTERVAL, unique=True)
        return
    publish_list(status_list)


@job(jobs.REFRESH_LISTS, every=timedelta(hours=1))
def refresh_lists() -> None:
    """Enqueue each list once a day, so that nobody can present an old copy as the list of today."""
    from credentials.models import StatusList

    due = StatusList.objects.exclude(signed_at__gt=clock.now() - RESIGN_AFTER).order_by("pk")
    with transaction.atomic():
        for list_id in due.values_list("pk", flat=True):
            enqueue(jobs.PUBLISH, list_id, unique=True)


@job(jobs.NOTIFY_HOLDER, mode=Mode.LEASED)
def notify(credential_id: int) -> None:
    """Notify the holder by mail, if they have a verified address."""
    from credentials.issuing.actions.notifying import notify_holder
    from credentials.issuing.pages import mails
    from credentials.models import Credential

    credential = Credential.objects.select_related("award__achievement_version", "learner").get(pk=credential_id)
    if credential.notified_at is not None:
        return  # the job ran before
    send_if_any(mails.issued_mail(credential))
    notify_holder(credential, at=clock.now())


@job(jobs.MAIL_REVOKED, mode=Mode.LEASED)
def mail_revoked(credential_id: int) -> None:
    """Tell the holder that the office has revoked a credential."""
    from credentials.issuing.pages.mails import revoked_mail
    from credentials.models import Credential

    credential = Credential.objects.select_related("award__achievement_version", "learner").get(pk=credential_id)
    send_if_any(revoked_mail(credential))


@job(jobs.FORGET_PRINTINGS, every=timedelta(days=1))
def forget_printings() -> None:
    """Delete PDFs that were made a month ago; they are made again when somebody asks for them."""
    from credentials.papers.actions import forget_printings as forget

    forget(at=clock.now())
