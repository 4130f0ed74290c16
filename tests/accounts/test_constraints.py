"""Each named constraint and trigger of accounts is violated once, past all actions; the database must name it."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from accounts.models import (
    AdvisorAssignment,
    Approval,
    ApprovalAct,
    ApprovedKind,
    DisclosedAct,
    DisclosedKind,
    Disclosure,
    Learner,
    LearnerIdentifier,
    LearnerLink,
    LearnerName,
    NameKind,
    Organization,
    OrganizationKind,
    PartnerClient,
    Role,
    RoleAssignment,
    SharingGrant,
    SharingLink,
    SharingPurpose,
    User,
)
from core.text.canonical import digest
from tests.accounts.conftest import FRIDAY, MONDAY, TUESDAY
from tests.recipes import account, institution, learner

DAY = timedelta(days=1)
PROOF = digest("agreed")


def a_user(**facts: Any) -> User:
    made: User = account.make(**facts)
    return made


def a_learner(**facts: Any) -> Learner:
    made: Learner = learner.make(**{"user": None, **facts})
    return made


def a_partner(**facts: Any) -> Organization:
    made: Organization = institution.make(**{"kind": OrganizationKind.PARTNER, **facts})
    return made


def an_assignment(**facts: Any) -> AdvisorAssignment:
    plain = {"starts_at": MONDAY, **({} if "advisor" in facts else {"advisor": a_user(), "learner": a_learner()})}
    return AdvisorAssignment.objects.create(**{**plain, **facts})


def a_role(**facts: Any) -> RoleAssignment:
    plain = {"role": Role.ASSESSOR, "starts_at": MONDAY}
    return RoleAssignment.objects.create(**{**plain, **facts})


def a_name(**facts: Any) -> LearnerName:
    plain = {"kind": NameKind.LEGAL, "text": "Ada Lovelace", "sort_key": "ada lovelace", "search_words": "ada lovelace"}
    return LearnerName.objects.create(**{**plain, "learner": facts.pop("learner", None) or a_learner(), **facts})


def an_identifier(**facts: Any) -> LearnerIdentifier:
    plain = {"scheme": "national", "value": "17", "created_at": TUESDAY}
    return LearnerIdentifier.objects.create(learner=facts.pop("learner", None) or a_learner(), **{**plain, **facts})


def a_link(**facts: Any) -> LearnerLink:
    low = facts.pop("learner", None) or a_learner()
    plain = {"reason": "same", "linked_by": a_user(), "linked_at": TUESDAY}
    return LearnerLink.objects.create(learner=low, other=facts.pop("other", None) or a_learner(), **{**plain, **facts})


def an_approval(**facts: Any) -> Approval:
    plain = {
        "act": ApprovalAct.RETIRE,
        "subject_kind": ApprovedKind.COMPETENCY,
        "subject_id": uuid.UUID(int=1),
        "digest": PROOF,
        "role": Role.REGISTRAR,
        "asked_at": TUESDAY,
    }
    return Approval.objects.create(asked_by=facts.pop("asked_by", None) or a_user(), **{**plain, **facts})


def a_grant(**facts: Any) -> SharingGrant:
    plain = {
        "purpose": SharingPurpose.STUDY,
        "consent_digest": PROOF,
        "granted_at": TUESDAY,
        "expires_at": FRIDAY,
    }
    return SharingGrant.objects.create(learner=facts.pop("learner", None) or a_learner(), **{**plain, **facts})


def a_sharing_link(**facts: Any) -> SharingLink:
    grant = a_grant()
    return SharingLink.objects.create(learner=grant.learner, grant=grant, **{"token_digest": "0" * 64, **facts})


def a_disclosure(**facts: Any) -> Disclosure:
    grant = facts.pop("grant", None) or a_grant()
    plain = {
        "learner": grant.learner,
        "act": DisclosedAct.READ,
        "subject_kind": DisclosedKind.LEARNER,
        "subject_id": uuid.UUID(int=1),
        "status": 200,
        "disclosed_at": TUESDAY + DAY,
    }
    return Disclosure.objects.create(grant=grant, **{**plain, **facts})


def a_client(**facts: Any) -> PartnerClient:
    plain = {
        "organization": a_partner(),
        "client_type": PartnerClient.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": PartnerClient.GRANT_CLIENT_CREDENTIALS,
    }
    return PartnerClient.objects.create(**{**plain, **facts})


def twice(make: Callable[..., object], **facts: Any) -> None:
    make(**facts)
    make(**facts)


def changed(row: Any, **facts: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**facts)


def ring() -> None:
    root = institution.make()
    branch = institution.make(parent=root, name="Branch")
    changed(root, parent=branch)


def two_steps() -> None:
    ada, grace, alan = a_learner(), a_learner(), a_learner()
    changed(grace, same_as=ada)
    changed(alan, same_as=grace)


def decided_again() -> None:
    approval = an_approval()
    changed(approval, outcome="declined", decided_by=a_user(), decided_at=FRIDAY)
    changed(approval, outcome="approved")


def disclosed_of_another() -> None:
    a_disclosure(learner=a_learner())


def disclosed_to_another() -> None:
    a_disclosure(grant=a_grant(organization=a_partner()), organization=a_partner(name="Bolt"))


def disclosed_after_withdrawal() -> None:
    grant = a_grant()
    changed(grant, withdrawn_at=TUESDAY)
    a_disclosure(grant=grant)


def decided_alone(*, single_person: bool, later: timedelta) -> None:
    asker = a_user()
    an_approval(
        asked_by=asker,
        decided_by=asker,
        outcome="approved",
        single_person=single_person,
        decided_at=TUESDAY + later,
    )


# Each rule and all ways to break it; a trigger's rule has the name that it raises with.
BREACHES: dict[str, list[Callable[[], object]]] = {
    "user_email_unique_in_any_case": [lambda: (a_user(email="a@x.example"), a_user(email="A@X.example"))],
    "organization_one_root_of_ours": [lambda: twice(institution.make)],
    "organization_kind_is_known": [lambda: institution.make(kind="rival")],
    "organization_has_a_name": [lambda: institution.make(name=" ")],
    "organization_has_a_time_zone": [lambda: institution.make(time_zone="")],
    "organization_branches_have_no_ring": [ring],
    "organization_branch_is_of_its_kind": [lambda: a_partner(parent=institution.make())],
    "advisor_assignment_dates_are_plausible": [lambda: an_assignment(ends_at=MONDAY.replace(year=2206))],
    "advisor_assignment_open_once": [
        lambda: [an_assignment(advisor=advisor, learner=advised) for advisor, advised in [(a_user(), a_learner())] * 2]
    ],
    "advisor_assignment_ends_after_it_starts": [lambda: an_assignment(ends_at=MONDAY - DAY)],
    "role_assignment_role_is_known": [lambda: a_role(user=a_user(), role="king")],
    "role_assignment_ends_after_it_starts": [lambda: a_role(user=a_user(), ends_at=MONDAY - DAY)],
    "role_assignment_never_held_twice": [
        lambda: twice(a_role, user=a_user()),
        lambda: twice(a_role, user=a_user(), organization=institution.make()),
        lambda: [
            a_role(user=user, starts_at=start, ends_at=FRIDAY) for user in [a_user()] for start in (MONDAY, TUESDAY)
        ],
    ],
    "learner_number_unique": [lambda: twice(a_learner, learner_number="17")],
    "learner_number_has_no_blank_ends": [lambda: a_learner(learner_number=""), lambda: a_learner(learner_number=" 17")],
    "learner_died_after_birth": [lambda: a_learner(birth_date=date(2000, 1, 2), deceased_on=date(2000, 1, 1))],
    "learner_same_as_is_lower": [lambda: changed(a_learner(), same_as=a_learner())],
    "learner_same_as_is_one_step": [two_steps],
    "learner_name_kind_is_known": [lambda: a_name(kind="stage")],
    "learner_name_is_written_on_one_line": [
        lambda: a_name(text=""),
        lambda: a_name(text=" Ada"),
        lambda: a_name(text="Ada\nLovelace"),
        lambda: a_name(text="Ada\tLovelace"),
    ],
    "learner_name_ends_after_it_starts": [
        lambda: a_name(kind=NameKind.FORMER, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 1))
    ],
    "learner_name_one_open_per_kind": [lambda: twice(a_name, learner=a_learner())],
    "learner_name_legal_ones_do_not_overlap": [lambda: twice(a_name, learner=a_learner(), ends_on=date(2020, 1, 1))],
    "learner_name_chosen_ones_do_not_overlap": [
        lambda: twice(a_name, learner=a_learner(), kind=NameKind.CHOSEN, ends_on=date(2020, 1, 1))
    ],
    "learner_identifier_names_one_learner": [lambda: twice(an_identifier)],
    "learner_identifier_is_written": [lambda: an_identifier(scheme=""), lambda: an_identifier(value="17 ")],
    "learner_identifier_ends_after_it_starts": [lambda: an_identifier(ended_at=MONDAY)],
    "learner_link_lower_record_first": [
        lambda: a_link(other=a_learner(), learner=a_learner()),
        lambda: [a_link(learner=one, other=one) for one in [a_learner()]],
    ],
    "learner_link_stated_once": [lambda: twice(a_link, learner=a_learner(), other=a_learner())],
    "learner_link_parted_by_someone": [
        lambda: a_link(unlinked_at=FRIDAY),
        lambda: a_link(unlinked_at=MONDAY, unlinked_by=a_user()),
    ],
    "approval_act_is_known": [lambda: an_approval(act="bless")],
    "approval_subject_kind_is_known": [lambda: an_approval(subject_kind="weather")],
    "approval_role_is_known": [lambda: an_approval(role="king")],
    "approval_digest_is_one": [lambda: an_approval(digest="c1:1234")],
    "approval_decision_is_whole": [
        lambda: an_approval(outcome="approved"),
        lambda: an_approval(outcome="approved", decided_at=FRIDAY),
        lambda: an_approval(outcome="", decided_at=FRIDAY, decided_by=a_user()),
        lambda: an_approval(outcome="declined", decided_at=MONDAY, decided_by=a_user()),
        lambda: an_approval(outcome="void", decided_at=FRIDAY, decided_by=a_user()),
    ],
    "approval_decided_by_another_or_alone_a_day_later": [
        lambda: decided_alone(single_person=False, later=2 * DAY),
        lambda: decided_alone(single_person=True, later=DAY - timedelta(seconds=1)),
    ],
    "approval_one_open_per_act_and_subject": [lambda: twice(an_approval)],
    "approval_question_stays": [lambda: changed(an_approval(), digest=digest("other"))],
    "frozen_once_used": [decided_again],
    "sharing_grant_purpose_is_known": [lambda: a_grant(purpose="gossip")],
    "sharing_grant_has_proof_of_consent": [lambda: a_grant(consent_digest="")],
    "sharing_grant_ends_after_it_starts": [lambda: a_grant(expires_at=TUESDAY)],
    "sharing_grant_withdrawn_after_it_starts": [lambda: a_grant(withdrawn_at=MONDAY)],
    "sharing_grant_used_within_its_limit": [lambda: a_grant(use_limit=1, use_count=2)],
    "sharing_grant_stays_as_given": [
        lambda: changed(a_grant(), expires_at=FRIDAY + DAY),
        lambda: changed(a_grant(withdrawn_at=FRIDAY), withdrawn_at=None),
        lambda: changed(a_grant(use_count=3), use_count=2),
        lambda: SharingGrant.objects.filter(pk=a_grant().pk).delete(),
    ],
    "sharing_link_token_unique": [lambda: twice(a_sharing_link)],
    "sharing_link_token_is_hashed": [lambda: a_sharing_link(token_digest="secret")],
    "disclosure_act_is_known": [lambda: a_disclosure(act="whisper")],
    "disclosure_subject_kind_is_known": [lambda: a_disclosure(subject_kind="diary")],
    "disclosure_digest_is_one": [lambda: a_disclosure(content_digest="Ada Lovelace")],
    "disclosure_client_has_a_partner": [lambda: a_disclosure(client=a_client())],
    "disclosure_has_a_live_grant": [
        disclosed_of_another,
        disclosed_to_another,
        disclosed_after_withdrawal,
        lambda: a_disclosure(disclosed_at=FRIDAY),
        lambda: a_disclosure(disclosed_at=MONDAY),
    ],
    "partner_client_acts_for_itself": [
        lambda: a_client(authorization_grant_type=PartnerClient.GRANT_AUTHORIZATION_CODE),
        lambda: a_client(client_type=PartnerClient.CLIENT_PUBLIC),
    ],
    "partner_client_secret_is_hashed": [lambda: a_client(hash_client_secret=False)],
    "learner_dates_are_plausible": [
        lambda: learner.make(birth_date=date(26, 3, 2)),
        lambda: learner.make(deceased_on=date(2206, 3, 2)),
    ],
    "learner_name_dates_are_plausible": [lambda: a_name(starts_on=date(26, 3, 2))],
    "role_assignment_dates_are_plausible": [lambda: a_role(user=a_user(), ends_at=MONDAY.replace(year=2206))],
    "sharing_grant_dates_are_plausible": [lambda: a_grant(expires_at=MONDAY.replace(year=2206))],
    "partner_client_ends_after_it_starts": [lambda: a_client(secret_made_at=TUESDAY, ended_at=MONDAY)],
}

# Triggers that raise without a constraint's name, told by their words.
BY_WORDS = {"approval_question_stays": "in use and frozen", "frozen_once_used": "in use and frozen"}
OF_OTHERS = ("mail_token_",)


EVERY_BREACH = [(name, way) for name, ways in BREACHES.items() for way in ways]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "breach"), EVERY_BREACH, ids=[name for name, _breach in EVERY_BREACH])
def test_the_database_refuses(name: str, breach: Callable[[], object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS learner_same_as_is_one_step IMMEDIATE")
    with pytest.raises(IntegrityError) as refused:
        breach()

    if name in BY_WORDS:
        assert BY_WORDS[name] in str(refused.value)
    else:
        assert refused.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]  # psycopg's error


def test_no_named_rule_goes_untried() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("accounts").get_models()
        for constraint in model._meta.constraints
        if not constraint.name.startswith(OF_OTHERS)
    }

    assert named - set(BREACHES) == set()


@pytest.mark.django_db
def test_no_trigger_of_ours_goes_untried() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgname FROM pg_trigger
            WHERE tgrelid::regclass::text LIKE 'accounts\\_%' AND NOT tgisinternal AND tgname NOT LIKE 'pgtrigger\\_%'
            """
        )
        triggers = {row[0] for row in cursor.fetchall()}

    # The append-only guard has tests/contracts/test_ledger.py; the tree's trigger raises under two names of its own.
    # That an awarding organization stays ours is tried with the programs that it awards.
    elsewhere = {"append_only", "frozen_never_emptied", "organization_tree", "awarding_organization_is_ours"}
    assert triggers - set(BREACHES) == elsewhere
