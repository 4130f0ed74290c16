"""The institution, its branches and its partners."""

import pytest
from django.core.exceptions import ValidationError

from accounts.actions.organizations import save_organization
from accounts.errors import BranchKindError, OrganizationRingError, RootExistsError
from accounts.models import Organization, OrganizationKind, User
from accounts.queries.time_zones import learner_civil_date
from tests.accounts.conftest import MONDAY
from tests.recipes import institution

LATE = MONDAY.replace(hour=23, minute=30)


def saved(organization: Organization | None, **facts: object) -> Organization:
    plain = {"name": "Branch", "kind": OrganizationKind.OURS, "time_zone": "Europe/Vienna", "by": None}
    return save_organization(organization, **{**plain, **facts})  # type: ignore[arg-type]  # facts of many types


def test_there_is_one_root(school: Organization) -> None:
    with pytest.raises(RootExistsError):
        saved(None)

    assert Organization.objects.root() == school


def test_partners_have_no_common_root(school: Organization) -> None:
    for name in ("Acme", "Bolt"):
        saved(None, name=name, kind=OrganizationKind.PARTNER)

    assert Organization.objects.partners().count() == 2


def test_no_organization_stands_above_itself(school: Organization) -> None:
    child = saved(None, parent=school)
    grandchild = saved(None, parent=child)

    with pytest.raises(OrganizationRingError):
        saved(child, parent=grandchild)
    with pytest.raises(OrganizationRingError):
        saved(child, parent=child)


def test_a_branch_is_of_its_parents_kind(school: Organization) -> None:
    with pytest.raises(BranchKindError):
        saved(None, parent=school, kind=OrganizationKind.PARTNER)


def test_an_organization_with_branches_keeps_its_kind(school: Organization) -> None:
    acme = saved(None, kind=OrganizationKind.PARTNER)
    saved(None, parent=acme, kind=OrganizationKind.PARTNER)

    with pytest.raises(BranchKindError):
        saved(acme, kind=OrganizationKind.OURS, parent=school)


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Vienna"}, {"languages": ["german!"]}, {"email_domains": ["@lakeside"]}, {"name": ""}]
)
def test_what_is_no_zone_language_or_domain_is_refused(db: None, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        saved(None, **wrong)
    assert list(refused.value.message_dict) == list(wrong)


def test_the_path_of_a_branch_leads_to_the_root(school: Organization) -> None:
    child = saved(None, parent=school)
    grandchild = saved(None, parent=child)

    assert Organization.objects.path_ids(grandchild.pk) == {school.pk, child.pk, grandchild.pk}


def test_the_day_of_learners_is_the_day_at_the_root(db: None) -> None:
    before = learner_civil_date(LATE)
    institution.make(time_zone="Pacific/Auckland")

    assert (before.isoformat(), learner_civil_date(LATE).isoformat()) == ("2026-03-02", "2026-03-03")


def test_changes_are_written_down(school: Organization, registrar: User) -> None:
    saved(school, name="Lakeside University", by=registrar, reason="new statute")

    assert list(school.events.order_by("pgh_id").values_list("name", "pgh_context__metadata__why")) == [  # type: ignore[attr-defined]  # made by pghistory
        ("Lakeside College", None),
        ("Lakeside University", "new statute"),
    ]
