"""Routes below /pathway/: a learner's own programs."""

from django.urls import path

from programs.enrollment import pages as pausing
from programs.pathway.pages import pathway

app_name = "pathway"

urlpatterns = [
    path("", pathway.pathways, name="pathways"),
    path("<uuid:enrollment_id>/", pathway.pathway, name="pathway"),
    path("<uuid:enrollment_id>/pause/", pausing.pause, name="pause"),
    path("<uuid:enrollment_id>/resume/", pausing.resume, name="resume"),
]
