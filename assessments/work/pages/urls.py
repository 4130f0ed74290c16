"""Routes below /coursework/: a learner's own work, and the files in it for everybody who may read that."""

from django.urls import path

from assessments.work.pages import (
    shown_evidence as work_standing,
)
from assessments.work.pages import (
    submission as work_writing,
)
from assessments.work.pages import (
    submission_files as work_files,
)
from assessments.work.pages import (
    work,
)

app_name = "work"

urlpatterns = [
    path("", work.work, name="work"),
    path("evidence/", work_standing.standing, name="standing"),
    path("begin/<uuid:assessment_id>/", work_writing.begin, name="begin"),
    path("<uuid:submission_id>/", work_writing.piece, name="piece"),
    path("<uuid:submission_id>/words/", work_writing.words, name="words"),
    path("<uuid:submission_id>/write/", work_writing.write, name="write"),
    path("<uuid:submission_id>/withdraw/", work_writing.withdraw, name="withdraw"),
    path("files/<uuid:artifact_id>/", work_files.download, name="file"),
]
