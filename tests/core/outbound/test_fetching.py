"""What is fetched when somebody else chose the address: little, quickly, from the public internet, or nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.outbound import NotFetchedError, Why, fetch, is_public
from tests.core.outbound.servers import HOST, PUBLIC, Elsewhere, serving

URL = f"https://{HOST}/did.json"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    with serving(tmp_path) as place:
        yield place


def why_not(url: str, place: Elsewhere, **limits: float) -> Why:
    with pytest.raises(NotFetchedError) as refusal:
        fetch(url, accept="application/json", network=place.network(**limits))
    return refusal.value.why


def test_what_a_public_server_answers_is_fetched_from_the_address_that_was_judged(elsewhere: Elsewhere) -> None:
    elsewhere.says(b'{"id": 1}')

    found = fetch(URL + "?a=b", accept="application/json", network=elsewhere.network())

    assert (found.content, found.media_type, elsewhere.dialled) == (b'{"id": 1}', "application/json", [PUBLIC])
    head = elsewhere.asked[0].decode()
    assert head.startswith("GET /did.json?a=b HTTP/1.1\r\n")
    assert f"Host: {HOST}\r\n" in head
    assert "Cookie" not in head


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "401 No", "404 No", "500 No", "204 No"])
def test_a_redirect_or_an_error_is_no_answer(elsewhere: Elsewhere, status: str) -> None:
    elsewhere.says(b"{}", status=status, headers=f"Location: https://{HOST}/there\r\n")

    assert why_not(URL, elsewhere) is Why.REFUSED
    assert len(elsewhere.asked) == 1


def test_an_answer_too_large_is_left(elsewhere: Elsewhere) -> None:
    elsewhere.says(b"x" * 2_000)

    assert why_not(URL, elsewhere, max_bytes=1_999) is Why.TOO_LARGE


def test_an_answer_that_ends_early_is_none(elsewhere: Elsewhere) -> None:
    elsewhere.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}"

    assert why_not(URL, elsewhere) is Why.REFUSED


def test_a_packed_answer_is_not_unpacked(elsewhere: Elsewhere) -> None:
    elsewhere.says(b"x", headers="Content-Encoding: gzip\r\n")

    assert why_not(URL, elsewhere) is Why.REFUSED


def test_who_sends_a_byte_now_and_then_is_hung_up_on(elsewhere: Elsewhere) -> None:
    elsewhere.says(b"{}" * 100)
    elsewhere.pause = 0.05
    before = time.monotonic()

    assert why_not(URL, elsewhere, seconds=0.6) is Why.TOO_SLOW
    assert time.monotonic() - before < 3


def test_a_certificate_for_somebody_else_is_none(tmp_path: Path) -> None:
    with serving(tmp_path, "other.example.com") as place:
        place.says(b"{}")
        assert why_not(URL, place) is Why.REFUSED


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104 - an address to refuse
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "nonsense",
    ],
)  # fmt: skip
def test_no_address_that_is_somebodys_inside_is_dialled(elsewhere: Elsewhere, address: str) -> None:
    elsewhere.addresses = [PUBLIC, address]

    assert not is_public(address)
    assert why_not(URL, elsewhere) is Why.ADDRESS
    assert elsewhere.dialled == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_public_internet_are_known_as_such(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example.com/", "ftp://issuer.example.com/", "file:///etc/passwd", "https://127.0.0.1/",
        "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://localhost/", "https://db.internal/",
        "https://issuer.example.com:8443/", "https://user@issuer.example.com/", "https://user:word@issuer.example.com/",
        "https://issuer.example.com\\@inside/", "https://issuer.example.com/\r\nHost: inside", "https:///path",
        "https://issuer/", "https://-a.example.com/", "https://issuer.example.com./", "https://issuer.example.com:x/",
        "https://issuer.example.com/" + "a" * 3000, "issuer.example.com", "", "https://\u0131ssuer.example.com/",
    ],
)  # fmt: skip
def test_only_plain_https_addresses_are_asked(elsewhere: Elsewhere, url: str) -> None:
    assert why_not(url, elsewhere) is Why.ADDRESS
    assert elsewhere.dialled == []


def test_a_name_that_nobody_knows_is_said_to_be_unreachable(elsewhere: Elsewhere) -> None:
    def unknown(_host: str) -> list[str]:
        raise OSError("no such name")

    network = elsewhere.network()
    with pytest.raises(NotFetchedError) as refusal:
        fetch(URL, accept="*/*", network=type(network)(resolve=unknown, dial=network.dial, trust=network.trust))

    assert refusal.value.why is Why.UNREACHABLE


def test_a_resolver_that_hangs_is_not_waited_for(elsewhere: Elsewhere) -> None:
    def slow(_host: str) -> list[str]:
        time.sleep(1)
        return [PUBLIC]

    network = elsewhere.network()
    with pytest.raises(NotFetchedError) as refusal:
        fetch(
            URL, accept="*/*", network=type(network)(resolve=slow, dial=network.dial, trust=network.trust, seconds=0.1)
        )

    assert refusal.value.why is Why.TOO_SLOW
