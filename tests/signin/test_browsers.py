"""The names of browsers and systems in user agents."""

import pytest

from accounts.rules.browsers import browser_and_system
from accounts.templatetags.sign_in import browser

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "names"),
    [
        (CHROME, ("Chrome", "Windows")),
        (f"{CHROME} Edg/142.0.0.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", ("Firefox", "Linux")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            ("Safari", "iPhone"),
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("curl/8.5.0", ("", "")),
    ],
)
def test_browsers_are_told_apart(user_agent: str, names: tuple[str, str]) -> None:
    assert browser_and_system(user_agent) == names


def test_they_are_said_in_words() -> None:
    assert browser(CHROME) == "Chrome on Windows"
    assert browser("") == "unknown browser"
