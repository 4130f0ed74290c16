"""The first page: what Cairn is for those who pass by, where to go on for those who are signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.legal_names import display_name_of
from accounts.queries.people import learner_of
from assessments.work.queries.news import day_of
from core import clock
from core.access import access, anyone
from core.ui.live import live_page, nothing_new
from core.ui.navigation import links_for
from portal.pages.desk import cards_for
from portal.pages.learner_home import home_of
from programs.pathway.queries.news import news_of

# Each stone of the cairn rests on the one before it.
TRAIL = (
    (_("Evidence"), _("Work that was done and assessed, with who saw it and when.")),
    (_("Mastery"), _("What the evidence shows, competency by competency, by rules anybody can read.")),
    (_("Progress"), _("How far it is to the goal, and what the next step would count toward.")),
    (_("Credential"), _("The award, signed, so that it cannot be altered on its way.")),
    (_("Transcript"), _("The whole record, as it stood on the day it was written.")),
    (_("Trust"), _("Partners read what the learner shares, and nothing else.")),
)


@access(anyone)
def home(request: HttpRequest) -> HttpResponse:
    """What Cairn is; or a greeting and the places that are open to this person."""
    places = [link for link in links_for(request) if link.explains]
    if not isinstance(request.user, User):
        return render(request, "site/home.html", {"places": places, "trail": TRAIL})
    context: dict[str, object] = {"name": request.user.display_name}
    learner, at = learner_of(request.user), clock.now()
    if learner is not None:
        news = news_of(learner, at=at)
        live = live_page(request, news)
        if live.unchanged:
            return nothing_new()
        name = display_name_of(learner, on=day_of(news))
        context = {"name": name, "live": live, "learner": learner, "home": home_of(learner, at=at)}
    context["waiting"] = len(cards_for(request.user)) if request.user.is_staff else 0
    context["places"] = [(place, place.tells(request) if place.tells else None) for place in places]
    return render(request, "site/home_signed_in.html", context)
