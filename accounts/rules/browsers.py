"""The browser and the system in a user agent, precise enough for its user to recognize a session."""

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_and_system(user_agent: str) -> tuple[str, str]:
    """The browser and the system of a user agent, each empty if unknown.

    The first match wins: Edge and Opera also name Chrome, and Chrome also names Safari.
    """
    return _first_match(BROWSERS, user_agent), _first_match(SYSTEMS, user_agent)


def _first_match(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in marks if mark in text), "")
