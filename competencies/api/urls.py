"""Routes below /ims/case/: the reading part of the CASE 1.1 service."""

from django.urls import path

from competencies.api import views

app_name = "case-v1p1"

urlpatterns = [
    path("v1p1/CFDocuments", views.Documents.as_view(), name="documents"),
    path("v1p1/CFDocuments/<str:sourced_id>", views.OneDocument.as_view(), name="document"),
    path("v1p1/CFPackages/<str:sourced_id>", views.OnePackage.as_view(), name="package"),
    path("v1p1/CFItems/<str:sourced_id>", views.OneItem.as_view(), name="item"),
    path("v1p1/CFItemAssociations/<str:sourced_id>", views.ItemAssociations.as_view(), name="item-associations"),
    path("v1p1/CFAssociations/<str:sourced_id>", views.OneAssociation.as_view(), name="association"),
]
