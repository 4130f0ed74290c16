"""Routes below /judging/."""

from django.urls import path

from assessments.work.pages.judging_correcting import correct
from assessments.work.pages.judging_queue import judged, queue
from assessments.work.pages.judging_work import draft, judge, return_for_revision, work

app_name = "judging"

urlpatterns = [
    path("", queue, name="queue"),
    path("judged/", judged, name="judged"),
    path("<uuid:submission_id>/", work, name="work"),
    path("<uuid:submission_id>/correct/", correct, name="correct"),
    path("<uuid:submission_id>/draft/", draft, name="draft"),
    path("<uuid:submission_id>/judge/", judge, name="judge"),
    path("<uuid:submission_id>/return/", return_for_revision, name="return"),
]
