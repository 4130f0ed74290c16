"""Routes below /ims/case/: the twelve reads of CASE in two versions, and the description of each."""

from django.urls import include, path
from django.urls.resolvers import URLPattern

from competencies.api import views
from competencies.formats.case_service import SERVED
from competencies.models import DefinitionKind

# Where the standard expects the description of a version.
DISCOVERY = {"v1p0": "imscasev1p0_openapi3_v1p0.json", "v1p1": "imscasev1p1_openapi3_v1p0.json"}
SETS = {
    "item-types": DefinitionKind.ITEM_TYPE,
    "subjects": DefinitionKind.SUBJECT,
    "concepts": DefinitionKind.CONCEPT,
}
SINGLE = {
    "licence": DefinitionKind.LICENCE,
    "grouping": DefinitionKind.GROUPING,
    "rubric": DefinitionKind.RUBRIC,
}


def operations(version: str) -> list[URLPattern]:
    """The routes of one version."""
    one = {"case_version": version}
    return [
        path("CFDocuments", views.Documents.as_view(**one), name="documents"),
        path("CFDocuments/<str:sourced_id>", views.OneDocument.as_view(**one), name="document"),
        path("CFPackages/<str:sourced_id>", views.OnePackage.as_view(**one), name="package"),
        path("CFItems/<str:sourced_id>", views.OneItem.as_view(**one), name="item"),
        path("CFItemAssociations/<str:sourced_id>", views.ItemAssociations.as_view(**one), name="item-associations"),
        path("CFAssociations/<str:sourced_id>", views.OneAssociation.as_view(**one), name="association"),
        *(
            path(f"{kind}/<str:sourced_id>", views.DefinitionSet.as_view(kind=kind, **one), name=name)
            for name, kind in SETS.items()
        ),
        *(
            path(f"{kind}/<str:sourced_id>", views.OneDefinition.as_view(kind=kind, **one), name=name)
            for name, kind in SINGLE.items()
        ),
        path(f"discovery/{DISCOVERY[version]}", views.Description.as_view(**one), name="description"),
    ]


urlpatterns = [
    *(path(f"{version}/", include((operations(version), f"case-{version}"))) for version in SERVED),
    path("<path:rest>", views.Nowhere.as_view(), name="case-nowhere"),
]
