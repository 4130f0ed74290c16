"""Records of learners with their names and identifiers."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from accounts.actions.identifiers import add_identifier, end_identifier
from accounts.actions.learners import change_learner, connect_account, create_learner
from accounts.actions.links import link_records
from accounts.actions.names import add_name, correct_name, end_name
from accounts.errors import (
    AccountTakenError,
    AlreadyEndedError,
    DiedBeforeBirthError,
    EndsBeforeItStartsError,
    IdentifierTakenError,
    LearnerNumberTakenError,
    NamesOverlapError,
    NoOpenNameError,
)
from accounts.models import Learner, LearnerName, NameKind, User
from accounts.queries.learner_search import learner_ids_matching
from accounts.queries.legal_names import display_name_of, display_names_of, legal_name_of, with_names
from tests.accounts.conftest import FRIDAY, MONDAY

NEW_YEAR = date(2026, 1, 1)
MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)


def test_learners_without_a_number_get_one_each(ada: Learner, grace: Learner) -> None:
    assert int(grace.learner_number) > int(ada.learner_number) > 100_000


def test_a_number_in_use_is_skipped(registrar: User, ada: Learner) -> None:
    taken = str(int(ada.learner_number) + 1)
    create_learner("Someone Else", by=registrar, at=MONDAY, learner_number=taken)

    assert create_learner("Third", by=registrar, at=MONDAY).learner_number == str(int(taken) + 1)


def test_a_number_names_one_learner(registrar: User, ada: Learner) -> None:
    with pytest.raises(LearnerNumberTakenError):
        create_learner("Someone Else", by=registrar, at=MONDAY, learner_number=ada.learner_number)


def test_a_changed_number_must_be_free_too(registrar: User, ada: Learner, grace: Learner) -> None:
    with pytest.raises(LearnerNumberTakenError):
        change_learner(
            ada,
            learner_number=grace.learner_number,
            birth_date=None,
            deceased_on=None,
            home_organization=None,
            by=registrar,
            reason="typo",
        )


def test_an_account_can_be_connected_and_let_go(ada: Learner, person: User, registrar: User) -> None:
    connect_account(ada, user=person, by=registrar, reason="invited")
    connect_account(ada, user=None, by=registrar, reason="wrong person")

    assert Learner.objects.get(pk=ada.pk).user is None


def test_an_account_is_one_learners(ada: Learner, grace: Learner, person: User, registrar: User) -> None:
    connect_account(ada, user=person, by=registrar, reason="invited")

    with pytest.raises(AccountTakenError):
        connect_account(grace, user=person, by=registrar, reason="invited")


def test_nobody_dies_before_they_are_born(ada: Learner, registrar: User) -> None:
    with pytest.raises(DiedBeforeBirthError):
        change_learner(
            ada,
            learner_number="1",
            birth_date=MAY,
            deceased_on=NEW_YEAR,
            home_organization=None,
            by=registrar,
            reason="told",
        )


def test_a_new_legal_name_ends_the_old_one(ada: Learner, registrar: User) -> None:
    add_name(ada, kind=NameKind.LEGAL, text="Ada King", starts_on=MAY, by=registrar, reason="marriage")

    assert [name_on(ada, day) for day in (NEW_YEAR, MAY)] == ["Ada Lovelace", "Ada King"]


def test_a_legal_name_cannot_follow_without_a_day(ada: Learner, registrar: User) -> None:
    with pytest.raises(EndsBeforeItStartsError):
        add_name(ada, kind=NameKind.LEGAL, text="Ada King", by=registrar, reason="marriage")


def test_past_names_of_a_kind_do_not_overlap(ada: Learner, registrar: User) -> None:
    add_name(ada, kind=NameKind.CHOSEN, text="Addie", starts_on=NEW_YEAR, ends_on=MAY, by=registrar, reason="told")

    with pytest.raises(NamesOverlapError):
        add_name(ada, kind=NameKind.CHOSEN, text="Lace", ends_on=JUNE, by=registrar, reason="told")


def test_former_names_may_overlap(ada: Learner, registrar: User) -> None:
    for text in ("Ada Byron", "A. A. Byron"):
        add_name(ada, kind=NameKind.FORMER, text=text, by=registrar, reason="old diploma")

    assert LearnerName.objects.of(ada).filter(kind=NameKind.FORMER).count() == 2


def test_a_chosen_name_is_shown_while_it_is_borne(ada: Learner, registrar: User) -> None:
    add_name(ada, kind=NameKind.CHOSEN, text="Addie", starts_on=NEW_YEAR, by=registrar, reason="told")
    end_name(ada, kind=NameKind.CHOSEN, on=JUNE, by=registrar, reason="told")

    assert [display_name_of(ada, on=day) for day in (MAY, JUNE)] == ["Addie", "Ada Lovelace"]


def test_several_names_follow_the_rule_of_one_in_one_query(
    ada: Learner, grace: Learner, registrar: User, django_assert_num_queries: Any
) -> None:
    add_name(ada, kind=NameKind.CHOSEN, text="Addie", starts_on=NEW_YEAR, by=registrar, reason="told")
    nameless = Learner.objects.create(learner_number="900999", created_at=MONDAY)
    link_records(ada, other=grace, by=registrar, at=MONDAY, reason="one person")
    records = [*Learner.objects.filter(pk__in=[ada.pk, grace.pk]), nameless]

    with django_assert_num_queries(1):
        names = display_names_of(records, on=MAY)

    assert names == {record.pk: display_name_of(record, on=MAY) for record in records}
    assert [names[ada.pk], names[grace.pk], names[nameless.pk]] == ["Addie", "Addie", "900999"]


def test_what_is_not_open_cannot_end(ada: Learner, registrar: User) -> None:
    with pytest.raises(NoOpenNameError):
        end_name(ada, kind=NameKind.CHOSEN, on=JUNE, by=registrar, reason="told")


def test_a_mended_name_keeps_what_it_said_in_its_history(ada: Learner, registrar: User) -> None:
    name = LearnerName.objects.get(learner=ada)

    correct_name(name, text="Ada Lovelaze", by=registrar, reason="spelling")

    events = apps.get_model("accounts.LearnerNameEvent").objects.filter(pgh_obj=name).order_by("pgh_id")
    assert [event.text for event in events] == ["Ada Lovelace", "Ada Lovelaze"]
    assert events[1].pgh_context.metadata == {"user": registrar.pk, "why": "spelling"}


def found_by(typed: str) -> list[Learner]:
    return list(Learner.objects.filter(pk__in=learner_ids_matching(typed)))


@pytest.mark.parametrize("typed", ["love", "ADA LOVE", "lovelace, a", "löve"])
def test_a_learner_is_found_by_beginnings_of_names(ada: Learner, grace: Learner, typed: str) -> None:
    assert found_by(typed) == [ada]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("مُحَمَّد علي", "محمد"), ("王小明", "王小"), ("Siân O'Neill-Ó Súilleabháin", "suill oneill"), ("नेहा शर्मा", "शर्")],
)
def test_a_learner_is_found_in_any_script(registrar: User, ada: Learner, name: str, typed: str) -> None:
    learner = create_learner(name, by=registrar, at=MONDAY)

    assert found_by(typed.replace("oneill", "o neill")) == [learner]


@pytest.mark.parametrize("typed", ["", "   ", "'", "a & ", "!!", "\\", "love \x00"])
def test_odd_searches_find_nobody_and_break_nothing(ada: Learner, typed: str) -> None:
    assert found_by(typed.replace("a & ", "& '")) == ([ada] if "love" in typed else [])


def test_a_learner_is_found_by_number_and_identifier(ada: Learner, grace: Learner, registrar: User) -> None:
    add_identifier(ada, scheme="national", value="X-17", by=registrar, at=MONDAY)

    assert [found_by(typed) for typed in ("X-17", grace.learner_number)] == [[ada], [grace]]


def test_a_list_of_learners_brings_names_in_one_query(
    ada: Learner, grace: Learner, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture is untyped
        names = [learner.legal_name for learner in with_names(Learner.objects.order_by("pk"), on=MAY)]  # type: ignore[attr-defined]  # annotated

    assert names == ["Ada Lovelace", "Grace Hopper"]


def test_an_identifier_names_one_learner(ada: Learner, grace: Learner, registrar: User) -> None:
    add_identifier(ada, scheme="national", issuer="ministry", value="17", by=registrar, at=MONDAY)

    with pytest.raises(IdentifierTakenError) as refused:
        add_identifier(grace, scheme="national", issuer="ministry", value=" 17 ", by=registrar, at=MONDAY)
    assert refused.value.args == (ada.pk,)


def test_an_ended_identifier_is_free_again(ada: Learner, grace: Learner, registrar: User) -> None:
    mistaken = add_identifier(ada, scheme="national", value="17", by=registrar, at=MONDAY)
    end_identifier(mistaken, by=registrar, at=FRIDAY, reason="mixed up")

    assert add_identifier(grace, scheme="national", value="17", by=registrar, at=FRIDAY).learner == grace


def test_an_identifier_ends_once(ada: Learner, registrar: User) -> None:
    identifier = add_identifier(ada, scheme="national", value="17", by=registrar, at=MONDAY)
    end_identifier(identifier, by=registrar, at=FRIDAY, reason="mixed up")

    with pytest.raises(AlreadyEndedError):
        end_identifier(identifier, by=registrar, at=FRIDAY, reason="mixed up")


def test_no_word_for_a_row_holds_a_name(ada: Learner) -> None:
    with translation.override("en"):
        assert (str(ada), str(ada.names.get())) == (ada.learner_number, f"legal name of learner {ada.pk}")


def name_on(learner: Learner, day: date) -> str:
    name = legal_name_of(learner, on=day)
    return name.text if name else ""
