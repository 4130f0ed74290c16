"""What answers look like beside JSON: a PDF, and a problem where there is none."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer


class PdfRenderer(BaseRenderer):
    """Bytes as they are; a problem, which is no PDF, as JSON."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,  # noqa: ANN401 - DRF's signature
        accepted_media_type: str | None = None,  # noqa: ARG002
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> bytes:
        """The bytes as they are."""
        return data if isinstance(data, bytes) else JSONRenderer().render(data)
