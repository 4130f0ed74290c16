"""The routes that signed documents name: they never change."""

from django.urls import path

from credentials.issuing.pages import published

app_name = "published"

urlpatterns = [
    path("credentials/<uuid:credential_id>", published.credential, name="credential"),
    path("achievements/<uuid:achievement_id>/v/<int:number>", published.achievement, name="achievement"),
    path(
        "achievements/<uuid:achievement_id>/v/<int:number>/image",
        published.achievement_image,
        name="achievement_image",
    ),
    path("status/<uuid:list_id>", published.status, name="status"),
    path("issuers/<slug:slug>/did.json", published.did_json, name="did_json"),
    path("issuers/<slug:slug>/image", published.issuer_image, name="issuer_image"),
]
