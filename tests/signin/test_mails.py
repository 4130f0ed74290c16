"""All mails about accounts: text and HTML, in the user's language, with a link and no needless personal data."""

from html.parser import HTMLParser

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accounts import jobs
from accounts.models import User
from accounts.pages.mails import MAILS, account_mail
from core import clock

LINK = "https://cairn.example/accounts/password/link/abc/"


class Words(HTMLParser):
    """The words and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - theirs
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


@pytest.fixture
def address(person: User) -> EmailAddress:
    return EmailAddress.objects.get(user=person)


def mailed(name: str, address: EmailAddress) -> tuple[EmailMultiAlternatives, str, Words]:
    kind = {"url": LINK} if MAILS[name].button else {"at": clock.now()}
    message = account_mail(name, address, **kind)
    assert isinstance(message, EmailMultiAlternatives)
    words = Words()
    words.feed(str(message.alternatives[0][0]))
    return message, str(message.body), words


@pytest.mark.parametrize("name", MAILS)
def test_text_and_html_say_the_same(name: str, address: EmailAddress) -> None:
    message, text, html = mailed(name, address)

    assert message.alternatives[0][1] == "text/html"
    assert message.to == ["vera@lakeside.example"]
    plain_text = " ".join("".join(html.words).split())
    for line in text.splitlines():
        plain = line.removesuffix(":").removeprefix("--").strip()
        if plain and plain != LINK and not plain.startswith("Cairn,"):
            assert plain in plain_text


@pytest.mark.parametrize("name", MAILS)
def test_mails_load_nothing_and_link_only_here(name: str, address: EmailAddress) -> None:
    _message, text, html = mailed(name, address)

    assert set(html.links) <= {LINK, settings.PUBLIC_URL}
    assert (LINK in text) == bool(MAILS[name].button)


@pytest.mark.parametrize("name", MAILS)
def test_mails_are_short(name: str, address: EmailAddress) -> None:
    _message, text, _html = mailed(name, address)

    assert len(text.split()) < 90


def test_names_are_escaped_in_html(address: EmailAddress) -> None:
    address.user.display_name = "<script>alert(1)</script>"

    message, text, _html = mailed("password_link", address)

    assert "<script>" in text
    assert "<script>" not in str(message.alternatives[0][0])


def test_the_reader_reads_their_language(address: EmailAddress) -> None:
    address.user.language = "ar"

    message, _text, _html = mailed("password_link", address)

    assert '<html lang="ar" dir="rtl">' in str(message.alternatives[0][0])


def test_every_change_that_allauth_reports_has_a_mail() -> None:
    from pathlib import Path

    import allauth

    templates = Path(allauth.__file__).parent / "templates"
    reported = {
        path.relative_to(templates).as_posix().removesuffix("_message.txt")
        for path in [*templates.glob("account/email/*_message.txt"), *templates.glob("mfa/email/*_message.txt")]
        if "base_notification" in path.read_text(encoding="utf-8")
    } - {"account/email/email_confirm"}  # nothing sends it

    assert set(jobs.NOTICES) == reported
