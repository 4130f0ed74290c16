"""A kept file as an answer: handed out for saving, never shown in a page of ours."""

from django.http import FileResponse

from core.files.kinds import SUFFIXES
from core.files.names import name_for_download
from core.files.storage import open_kept


def kept_response(key: str, *, name: str, media_type: str) -> FileResponse:
    """The file under `key` as a download; whoever calls has asked for permission. Raises NotKeptError."""
    shown = "text/plain; charset=utf-8" if media_type == "text/plain" else media_type
    response = FileResponse(
        open_kept(key),
        as_attachment=True,
        filename=name_for_download(name, SUFFIXES[media_type]),
        content_type=shown,
    )
    # For browsers that show it all the same: an origin of its own, without scripts, forms and anything fetched.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
