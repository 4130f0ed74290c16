"""A request with an unknown Host header."""

from django.test import Client


def test_a_foreign_host_is_refused_in_plain_words(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/accounts/login/", headers={"host": "evil.example.org"})

    assert answer.status_code == 400
    assert "This request was not understood" in answer.content.decode()
