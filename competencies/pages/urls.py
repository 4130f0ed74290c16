"""Routes below /frameworks/."""

from django.urls import path

from competencies import pages

app_name = "competencies"

urlpatterns = [
    path("", pages.frameworks, name="frameworks"),
    path("<uuid:framework_id>/", pages.framework, name="framework"),
    path("<uuid:framework_id>/branches/<uuid:competency_id>/", pages.branch, name="branch"),
    path("<uuid:framework_id>/items/<uuid:competency_id>/", pages.competency, name="competency"),
]
