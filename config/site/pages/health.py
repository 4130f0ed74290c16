"""Is this process alive, and is it able to work? For load balancers and alarms; nothing personal, nothing secret."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from config.base.access import access, anyone


@access(anyone)
def livez(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@access(anyone)
def readyz(_request: HttpRequest) -> JsonResponse:
    """Everything that requests need answers too."""
    return JsonResponse({"ready": True})
