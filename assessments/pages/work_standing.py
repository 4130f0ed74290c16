"""What a learner has shown: mastery with its reasons in words, and every piece of evidence it rests on."""

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
from accounts.queries import learner_of, learners_day, learners_zone
from assessments.models import Evidence, Mastery, MasteryState
from assessments.queries import evidence_of, explanations_of, mastery_of
from assessments.queries.news import news_of
from assessments.words import explanation_in_words
from competencies.models import CompetencyRevision, ProficiencyLevel
from config.base import clock
from config.base.access import access, signed_in
from config.base.ui.live import live_page, nothing_new

PAGE = 30
KINDS = {MasteryState.MASTERED: "good", MasteryState.LAPSED: "warm", MasteryState.WITHDRAWN: "warm"}


@dataclass(frozen=True)
class Standing:
    """One competency as a learner reads it; `rule` names the policy where several decide on the competency."""

    mastery: Mastery
    title: str
    statement: str
    rule: str
    level: str
    lines: Sequence[str]

    @property
    def kind(self) -> str:
        """The colour of its badge."""
        return KINDS.get(MasteryState(self.mastery.state), "")


@access(signed_in)
def standing(request: HttpRequest) -> HttpResponse:
    """Where this learner stands, why, and on what it rests, the newest evidence first."""
    learner, at = learner_of(cast("User", request.user)), clock.now()
    rows = evidence_of(learner) if learner else Evidence.objects.none()
    pages = Paginator(rows, PAGE)
    page = pages.get_page(request.GET.get("page"))
    live = live_page(request, news_of(learner, at=at)) if learner and page.number == 1 else None
    if live and live.unchanged:
        return nothing_new()
    context = {
        "live": live,
        "learner": learner,
        "standings": standings_of(learner, on=learners_day(at), at=at) if learner and page.number == 1 else [],
        "page": page,
        "earlier": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "later": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    with timezone.override(learners_zone()):
        return render(request, "assessments/coursework/standing.html", context)


def standings_of(learner: Learner, *, on: date, at: datetime) -> list[Standing]:
    """Each competency somebody asks about, with the level reached and the reasons; queries do not grow with rows."""
    rows = mastery_of(learner, at=at)
    wanted = [(row.competency_id, row.policy_version) for row in rows]
    reasons = explanations_of(learner, wanted, as_of=on, known_at=at)
    said = dict(
        CompetencyRevision.objects.current()
        .filter(competency__in=[row.competency_id for row in rows])
        .values_list("competency", "statement")
    )
    levels = {
        (scale, rank): title
        for scale, rank, title in ProficiencyLevel.objects.filter(
            scale__in={row.policy_version.scale_id for row in rows}
        ).values_list("scale", "rank", "title")
    }
    asked = Counter(row.competency_id for row in rows)
    return [
        Standing(
            mastery=row,
            title=row.competency.short_statement,
            statement=said.get(row.competency_id, row.competency.code),
            rule=str(row.policy_version.policy) if asked[row.competency_id] > 1 else "",
            level=levels.get((row.policy_version.scale_id, row.level), "") if row.level is not None else "",
            lines=explanation_in_words(reasons[row.competency_id, row.policy_version].explanation, on=on),
        )
        for row in rows
    ]
