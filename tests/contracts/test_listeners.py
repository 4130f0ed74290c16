"""News goes up through typed announcements: programs listens to mastery and approvals, credentials to awards."""

from importlib.util import find_spec

from accounts.announcements import approval_decided
from assessments.mastery.announcements import mastery_changed
from programs.announcements import awarded, rescinded


def listeners() -> dict[str, list[str]]:
    announcements = (approval_decided, mastery_changed, awarded, rescinded)
    return {
        announcement.name: [listener.__module__.partition(".")[0] for listener in announcement.listeners]
        for announcement in announcements
    }


def test_programs_listens_to_mastery_and_approvals_and_credentials_to_awards_and_nobody_else_to_anything() -> None:
    above = ["credentials"] if find_spec("credentials.subscribers") else []

    assert listeners() == {
        "accounts.approval_decided": ["programs"],
        "assessments.mastery_changed": ["programs"],
        "programs.awarded": above,
        "programs.rescinded": above,
    }
