"""Every form of ours is careful (core/forms.py), and what it refuses it says in words."""

import importlib
import pkgutil
from decimal import Decimal

import pytest
from django import forms

import accounts
import assessments
import competencies
import core
import credentials
import portal
import programs
from core.forms import LARGEST_DECIMAL, LARGEST_INTEGER, LONGEST_LINE, LONGEST_TEXT, CarefulForm

HOUSES = (core, accounts, competencies, assessments, programs, credentials, portal)


def form_classes() -> set[type[forms.BaseForm]]:
    for house in HOUSES:
        for module in pkgutil.walk_packages(house.__path__, f"{house.__name__}."):
            if "forms" in module.name or ".admin" in module.name or ".pages" in module.name:
                importlib.import_module(module.name)

    def below(kind: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
        return {found for each in kind.__subclasses__() for found in {each, *below(each)}}

    names = {house.__name__ for house in HOUSES}
    return {kind for kind in below(forms.BaseForm) if kind.__module__.split(".")[0] in names}


def test_every_form_is_careful() -> None:
    found = form_classes()

    assert len(found) > 40
    assert sorted(kind.__qualname__ for kind in found if not issubclass(kind, CarefulForm)) == []


class Anything(CarefulForm, forms.Form):
    line = forms.CharField(required=False)
    lines = forms.CharField(required=False, widget=forms.Textarea)
    secret = forms.CharField(required=False, widget=forms.PasswordInput)
    number = forms.IntegerField(required=False)
    amount = forms.DecimalField(required=False)


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("line", "Ada\tLovelace", "Ada Lovelace"),
        ("line", "Ada\r\nKing\u2028Noel", "Ada  King Noel"),
        ("line", "\ufeffAda\u200b Love\u00adlace\u202e", "Ada Lovelace"),
        ("line", "می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001 - the joiner belongs to the word
        ("lines", "One\ttwo\r\nthree\x0bfour\u200b", "One\ttwo\nthree\nfour"),
        ("secret", "a\u200bb\tc", "a\u200bb\tc"),
        ("number", str(LARGEST_INTEGER), LARGEST_INTEGER),
        ("amount", "12.50", Decimal("12.50")),
    ],
)
def test_what_nobody_sees_is_folded(name: str, sent: str, kept: object) -> None:
    form = Anything({name: sent})

    assert form.errors == {}
    got = form.cleaned_data[name]
    assert (got.replace("\r\n", "\n") if isinstance(got, str) else got) == kept


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("line", "Ada\x07"),
        ("line", "Ada\x00"),
        ("line", "Ada\uffff"),
        ("line", "Ada\ud800"),
        ("line", "x" * (LONGEST_LINE + 1)),
        ("lines", "x" * (LONGEST_TEXT + 1)),
        ("number", str(LARGEST_INTEGER + 1)),
        ("number", "9" * 5_000),
        ("amount", "NaN"),
        ("amount", "-Infinity"),
        ("amount", str(LARGEST_DECIMAL + 1)),
        ("amount", "1e999999"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(name: str, sent: str) -> None:
    form = Anything({name: sent})

    assert list(form.errors) == [name]
    assert all(str(sentence).endswith(".") for sentence in form.errors[name])


def test_a_form_that_is_cleaned_twice_says_it_once() -> None:
    form = Anything({"line": "Ada\x07"})
    form.full_clean()
    form.full_clean()

    assert len(form.errors["line"]) == 1
