"""The kinds of requirements as an author chooses among them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Choice:
    """What can be added: its name, what it is good for, the title of its form, and its icon."""

    name: str | Promise
    explains: str | Promise
    add: str | Promise
    icon: str


KINDS: Mapping[str, Choice] = {
    "competency": Choice(
        _("Competencies"), _("What a learner demonstrates in assessed work."), _("Add competencies"), "check"
    ),
    "group": Choice(
        _("A group"), _("All of its parts, a choice among them, or credits from them."), _("Add a group"), "tree"
    ),
    "program": Choice(
        _("Another program"), _("A micro-credential that stacks into this one."), _("Add a program"), "layers"
    ),
    "milestone": Choice(_("A milestone"), _("Something that happens once."), _("Add a milestone"), "flag"),
    "quantity": Choice(_("A quantity"), _("Hours of practice, or whatever is counted."), _("Add a quantity"), "clock"),
    "if": Choice(
        _("A condition"), _("One part or another, by cohort, day of admission or place."), _("Add a condition"), "tree"
    ),
    "credits": Choice(_("Free credits"), _("An amount of credit from anything."), _("Add free credits"), "plus"),
}
