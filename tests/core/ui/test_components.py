"""The parts that pages are put together from."""

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from core.access import anyone
from core.ui import navigation
from core.ui.navigation import Link, add_link, links_for


class Enquiry(forms.Form):
    name = forms.CharField(help_text="As it is written.")
    remark = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField()


def field(name: str, data: dict[str, Any] | None = None) -> str:
    return " ".join(render_to_string("ui/field.html", {"field": Enquiry(data)[name]}).split())


def test_a_field_ties_its_help_and_its_errors_to_the_widget() -> None:
    shown = field("name", {"name": ""})

    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert '<div class="field-help" id="id_name_helptext">As it is written.</div>' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_a_field_names_its_widget_and_says_when_it_may_stay_empty() -> None:
    assert '<label for="id_remark">Remark <span class="muted fine">(optional)</span></label>' in field("remark")
    assert "(optional)" not in field("name")


def test_several_choices_are_a_group_with_a_legend() -> None:
    shown = field("kind")

    assert shown.startswith('<fieldset class="field"')
    assert "<legend>Kind</legend>" in shown


def test_a_box_to_tick_stands_before_its_label() -> None:
    shown = field("sure")

    assert shown.index("<input") < shown.index("<label")


def test_what_a_field_holds_is_escaped() -> None:
    assert "<script>" not in field("name", {"name": "<script>alert(1)</script>"})


def test_a_form_says_at_its_head_that_something_is_wrong() -> None:
    form = Enquiry({})
    request = RequestFactory().get("/")

    shown = render_to_string("ui/form.html", {"form": form, "submit": "Send"}, request=request)

    assert 'role="alert"' in shown
    assert "Please correct what is marked below." in shown


@pytest.mark.parametrize(
    ("given", "found"),
    [({"href": "/x"}, '<a class="button" href="/x">'), ({"kind": "danger"}, '<button class="button button-danger"')],
)
def test_a_button_is_a_link_or_a_button(given: dict[str, str], found: str) -> None:
    assert found in render_to_string("ui/button.html", {"label": "Go", **given})


def test_progress_is_said_and_drawn() -> None:
    shown = render_to_string("ui/progress.html", {"value": 40, "label": "Import"})

    assert '<progress value="40" max="100" aria-label="Import">' in shown
    assert "40 %" in shown


def test_a_table_names_its_columns_and_rows() -> None:
    shown = render_to_string(
        "ui/table.html", {"caption": "Levels", "columns": ["Level", "Means"], "rows": [["1", "New"]]}
    )

    assert '<th scope="col">Level</th>' in shown
    assert '<th scope="row">1</th><td>New</td>' in shown


def test_an_icon_is_an_ornament_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in render_to_string("ui/icon.html", {"name": "check"})
    assert 'role="img" aria-label="Done"' in render_to_string("ui/icon.html", {"name": "check", "label": "Done"})


def test_pages_have_a_way_back_and_on_only_where_there_is_one() -> None:
    assert render_to_string("ui/pagination.html", {"earlier": "", "later": ""}).strip() == ""
    shown = render_to_string("ui/pagination.html", {"earlier": "", "later": "?after=3"})
    assert ('rel="next"' in shown, 'rel="prev"' in shown) == (True, False)


def test_the_header_shows_links_in_order_to_those_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_links", {})
    add_link(Link("Later", "favicon", anyone, place=9))
    add_link(Link("First", "home", anyone, place=1))
    add_link(Link("Hidden", "livez", lambda _request: False))

    assert [str(link.label) for link in links_for(RequestFactory().get("/"))] == ["First", "Later"]
