"""Is this process alive, and is it able to work? For load balancers and alarms; nothing personal, nothing secret."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from core.access import access, anyone
from core.jobs.queries import dead_jobs_count, oldest_due_age


@access(anyone)
def livez(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@access(anyone)
def readyz(_request: HttpRequest) -> JsonResponse:
    """Whether requests can be answered: 200, or 503 while the database cannot be reached.

    Jobs that gave up, or wait too long, are told and stay 200. This status decides whether this process gets requests,
    and to turn people away because a mail was not sent would make a small trouble a large one: alarms read the numbers.
    """
    try:
        dead, waited = dead_jobs_count(), oldest_due_age()
    except (OperationalError, InterfaceError):
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse(
        {
            "ready": True,
            "dead_jobs": dead,
            "oldest_due_seconds": None if waited is None else round(waited.total_seconds()),
        }
    )
