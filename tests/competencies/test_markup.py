"""Statements of sources as HTML: readable and safe (invariant 18)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.formats.markup import ATTRIBUTES, TAGS, html_of, line_of


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "![x](https://tracker.example/pixel.png)",
        "<iframe src='https://x.example'></iframe>",
        "<svg onload=alert(1)>",
        "<p style='position:fixed' onclick='x()'>x</p>",
        "<form action='/'><input name=a></form>",
        "<details open ontoggle=alert(1)>",
        "$<script>alert(1)</script>$",
        "`<script>`<script>alert(1)</script>",
    ],
)
def test_nothing_that_acts_or_loads_gets_through(hostile: str) -> None:
    html = html_of(hostile)

    assert not re.search(
        r"<(script|img|iframe|svg|form|input|details|style)|\son\w+=|=.javascript:|style=",
        html.lower().replace("&lt;", ""),
    )


@given(st.text(alphabet=st.sampled_from(list("<>&\"'`*_[]()!$|\\/ \n-=abcjsriptonx:#")), max_size=80))
def test_only_allowed_tags_and_attributes_come_out(text: str) -> None:
    html = html_of(text)

    assert set(re.findall(r"</?([a-zA-Z][\w-]*)", html)) <= TAGS
    allowed = {"rel", *(name for names in ATTRIBUTES.values() for name in names)}
    assert {name for tag in re.findall(r"<[a-z][^>]*>", html) for name in re.findall(r"\s([a-z-]+)=", tag)} <= allowed


def test_markdown_tables_and_emphasis_are_shown() -> None:
    html = html_of("A _table_:\r\n\r\n| a | b |\r\n| --- | --- |\r\n| 1 | 2 |\r\n")

    assert "<em>table</em>" in html
    assert "<td>1</td>" in html


def test_mathematics_stands_as_it_was_written() -> None:
    assert html_of("See $x_1^2 * y_2 * z$ here") == '<p>See <code class="math">x_1^2 * y_2 * z</code> here</p>\n'


def test_dollars_are_dollars() -> None:
    assert html_of("It costs $5 or $ 6 *now*.") == "<p>It costs $5 or $ 6 <em>now</em>.</p>\n"


def test_plain_text_is_escaped_and_nothing_else() -> None:
    assert html_of("Plain words, 3 o'clock.") == "<p>Plain words, 3 o&#x27;clock.</p>"


def test_a_line_is_plain_and_short() -> None:
    assert line_of("**Bold**\n\n- one\n- two & three") == "Bold one two & three"
    assert len(line_of("word " * 200)) <= 240


def test_a_picture_becomes_a_link() -> None:
    assert html_of("![A loaf](https://x.example/loaf.png)") == (
        '<p><a href="https://x.example/loaf.png" rel="nofollow noopener noreferrer">A loaf</a></p>\n'
    )
