"""What a learner has shown: mastery of each competency with its reasons in words, and all evidence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Learner, User
from accounts.queries.people import learner_of
from accounts.queries.time_zones import learner_civil_date, learner_time_zone
from assessments.mastery.labels import explanation_in_words
from assessments.mastery.queries.standings import evidence_of, explanations_of, level_titles, mastery_of, statements_of
from assessments.models import Evidence, Mastery, MasteryState
from assessments.work.queries.news import news_of
from core import clock
from core.access import access, signed_in
from core.ui.live import live_page, nothing_new

PAGE = 30
KINDS = {MasteryState.MASTERED: "good", MasteryState.LAPSED: "warm", MasteryState.WITHDRAWN: "warm"}


@dataclass(frozen=True)
class MasteryCard:
    """The mastery of one competency as a learner reads it. `rule` names the policy where several policies decide it."""

    mastery: Mastery
    title: str
    statement: str
    rule: str
    level: str
    lines: Sequence[str]

    @property
    def kind(self) -> str:
        """Return the colour of the badge."""
        return KINDS.get(MasteryState(self.mastery.state), "")


@access(signed_in)
def standing(request: HttpRequest) -> HttpResponse:
    """Show the learner's mastery with reasons, and a page of the evidence, the newest work first."""
    learner, at = learner_of(cast("User", request.user)), clock.now()
    rows = evidence_of(learner) if learner else Evidence.objects.none()
    pages = Paginator(rows, PAGE)
    page = pages.get_page(request.GET.get("page"))
    # Only the first page is live: news would move the rows of later pages under the reader.
    live = live_page(request, news_of(learner, at=at)) if learner and page.number == 1 else None
    if live and live.unchanged:
        return nothing_new()
    context = {
        "live": live,
        "learner": learner,
        "mastery": mastery_cards(learner, on=learner_civil_date(at), at=at) if learner and page.number == 1 else [],
        "page": page,
        "earlier": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "later": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    # Instants are shown in the zone of the institution, not of the server.
    with timezone.override(learner_time_zone()):
        return render(request, "assessments/coursework/standing.html", context)


def mastery_cards(learner: Learner, *, on: date, at: datetime) -> list[MasteryCard]:
    """Return a card for each stored mastery of the learner; the number of queries does not grow with the rows."""
    rows = mastery_of(learner, at=at)
    wanted = [(row.competency_id, row.policy_version) for row in rows]
    reasons = explanations_of(learner, wanted, as_of=on, known_at=at)
    statements = statements_of(row.competency_id for row in rows)
    titles = level_titles({row.policy_version.scale_id for row in rows})
    policy_counts = Counter(row.competency_id for row in rows)
    return [
        MasteryCard(
            mastery=row,
            title=row.competency.short_statement,
            statement=statements.get(row.competency_id, row.competency.code),
            rule=str(row.policy_version.policy) if policy_counts[row.competency_id] > 1 else "",
            level=titles.get((row.policy_version.scale_id, row.level), "") if row.level is not None else "",
            lines=explanation_in_words(reasons[row.competency_id, row.policy_version].explanation, on=on),
        )
        for row in rows
    ]
