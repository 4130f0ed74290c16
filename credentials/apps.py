"""The app: it listens to awards, and adds its pages to the desk and to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

GROUP = _("Credentials")
PLACE = 40


class CredentialsConfig(AppConfig):
    """Connects the subscribers and adds the links of credentials."""

    name = "credentials"
    label = "credentials"
    verbose_name = _("credentials")

    def ready(self) -> None:
        """Connect and register; imports are inside, because models load after this module."""
        from accounts.labels import add_subject_reader
        from accounts.models import ApprovedKind
        from credentials.issuing.queries.approval_subjects import credential_subject, key_subject
        from credentials.issuing.queries.issuers import can_sign_for
        from credentials.subscribers import enqueue_credential, enqueue_revocations
        from programs.announcements import awarded, rescinded
        from programs.curriculum.queries.signers import add_signer_check

        awarded.connect(enqueue_credential)
        rescinded.connect(enqueue_revocations)
        add_signer_check(can_sign_for)
        add_subject_reader(ApprovedKind.CREDENTIAL, credential_subject)
        add_subject_reader(ApprovedKind.ISSUER_KEY, key_subject)
        self._add_tasks()
        self._add_transcripts()
        self._add_record()
        self._add_sharing()

    def _add_transcripts(self) -> None:
        from core.desk import SidebarEntry, add_sidebar_entry
        from credentials.permissions import reads_credentials

        route = "admin:credentials_transcript_changelist"
        add_sidebar_entry(SidebarEntry(GROUP, _("Transcripts"), route, reads_credentials, place=PLACE + 5))

    def _add_record(self) -> None:
        from core.ui.navigation import Link, add_link
        from credentials.record.pages.record import follows_record

        add_link(
            Link(
                label=_("Record"),
                route="record:record",
                shown_to=follows_record,
                place=20,
                explains=_("What you were awarded, with documents that anybody can check, and your transcripts."),
                icon="seal",
            )
        )

    def _add_tasks(self) -> None:
        from core.desk import SidebarEntry, add_sidebar_entry
        from credentials.permissions import reads_credentials, reads_issuers

        tasks = (
            (_("Credentials"), "credential", reads_credentials),
            (_("Issuers"), "issuer", reads_issuers),
            (_("Signing keys"), "issuerkey", reads_issuers),
            (_("Awaiting a credential"), "unsignedaward", reads_credentials),
        )
        for place, (label, model, may) in enumerate(tasks, start=PLACE):
            add_sidebar_entry(
                SidebarEntry(GROUP, label, f"admin:credentials_{model}_changelist", may, icon="seal", place=place)
            )

    def _add_sharing(self) -> None:
        from core.access import anyone
        from core.ui.navigation import Link, add_link
        from credentials.sharing.pages import shares

        add_link(
            Link(
                label=_("Sharing"),
                route="sharing:sharing",
                shown_to=shares,
                place=30,
                explains=_("Who outside may read your transcripts, and each time that somebody did."),
                icon="link",
            )
        )
        add_link(
            Link(
                label=_("Check a credential"),
                route="verify:verify",
                shown_to=anyone,
                place=90,
                explains=_("Somebody showed you a certificate or a badge: see whether it is valid."),
                icon="check",
            )
        )
