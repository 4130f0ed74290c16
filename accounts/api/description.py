"""The security scheme in the OpenAPI description: client credentials and a bearer token."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # theirs registers subclasses
    """OAuth 2.0 with the only supported grant."""

    target_class = "accounts.api.bearer.BearerAuthentication"
    name = "partner"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - theirs
        """The flow with its token URL and scopes."""
        scopes = {"read": "Read what learners share with you, verify, list programs"}
        return {
            "type": "oauth2",
            "description": "A token lasts an hour. docs/partners.md says how to get one.",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}},
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:  # noqa: ARG002 - theirs
        """The scope that every operation requires."""
        return {self.name: ["read"]}
