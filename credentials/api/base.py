"""The base of every operation of the partner API: authentication, throttling and renderers."""

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.views import APIView

from accounts.api.bearer import BearerAuthentication
from accounts.api.throttles import ProgramThrottle
from accounts.models import PartnerClient
from core.access import access, anyone


class StoredRenderer(JSONRenderer):
    """Renders stored JSON byte for byte; a problem document is rendered as usual."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:  # noqa: ANN401 - DRF's signature
        """The bytes themselves, otherwise JSON."""
        if isinstance(data, bytes):
            return data
        rendered: bytes = super().render(data, *args, **kwargs)
        return rendered


class CredentialRenderer(StoredRenderer):
    """A signed credential, under the media type of verifiable credentials."""

    media_type = "application/vc"


class PartnerView(APIView):
    """An operation for partners' programs."""

    authentication_classes: Sequence[type[BearerAuthentication]] = (BearerAuthentication,)
    throttle_classes = (ProgramThrottle,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)

    @property
    def client(self) -> PartnerClient:
        """The authenticated client; the route's permission admits nobody else."""
        client = self.request.auth
        if not isinstance(client, PartnerClient):
            raise TypeError(client)
        return client


@access(anyone)
class NoSuchPlace(APIView):
    """Answers unknown addresses below /api/ with a problem document, because programs expect no HTML."""

    schema = None

    def initial(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401 - DRF's signature
        """Answer 404 to every method."""
        raise NotFound
