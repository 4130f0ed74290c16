"""News goes up through typed announcements, and exactly two apps listen: programs re-audits, credentials promises."""

from accounts.announcements import approval_decided
from assessments.mastery.announcements import mastery_changed
from core.announcing import Announcement
from credentials.subscribers import enqueue_credential, enqueue_revocations
from programs.announcements import awarded, rescinded
from programs.decisions.actions.approving import carry_out_decision
from programs.subscribers import reaudit_what_it_touches

KNOWN: list[Announcement[object]] = [approval_decided, mastery_changed, awarded, rescinded]  # type: ignore[list-item]  # each of its own


def test_only_two_apps_listen_each_to_the_one_below() -> None:
    listening = {announcement.name: announcement.listeners for announcement in KNOWN}

    assert listening == {
        "accounts.approval_decided": [carry_out_decision],
        "assessments.mastery_changed": [reaudit_what_it_touches],
        "programs.awarded": [enqueue_credential],
        "programs.rescinded": [enqueue_revocations],
    }
    assert {listener.__module__.split(".")[0] for each in listening.values() for listener in each} == {
        "programs",
        "credentials",
    }
