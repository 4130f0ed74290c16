"""Statements as sources write them (Markdown, HTML, LaTeX, plain), made safe to show; what is kept stays verbatim."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# No headings: a statement is a part of a page that has its own. No pictures: a page loads nothing from elsewhere.
TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "i", "li", "ol", "p", "pre", "s",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto"}
# Text without any of these renders as itself.
_MARKUP = re.compile(r"[<>&*_`$|\\#\[\]!~\n]|^\s*[-+]\s|^\s*\d+[.)]\s")
_TAGS = re.compile(r"<[^<>]+>")
_BLANKS = re.compile(r"\s+")
LONGEST_LINE = 240


def _math(state: StateInline, silent: bool) -> bool:
    """`$…$` is LaTeX: shown as it stands, not taken for emphasis. With blanks inside the fences it is dollars."""
    start = state.pos
    if state.src[start] != "$":
        return False
    fence = "$$" if state.src.startswith("$$", start) else "$"
    first = start + len(fence)
    last = state.src.find(fence, first)
    inside = state.src[first:last]
    if last <= first or inside != inside.strip() or "\n\n" in inside:
        return False
    if not silent:
        token = state.push("math", "", 0)
        token.content = inside
    state.pos = last + len(fence)
    return True


def _math_html(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<code class="math">{escape(tokens[index].content)}</code>'


def _picture_html(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """A picture becomes a link to it."""
    source = str(tokens[index].attrs.get("src", ""))
    return f'<a href="{escape(source)}">{escape(tokens[index].content or source)}</a>'


def _made() -> MarkdownIt:
    maker = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    maker.inline.ruler.before("escape", "math", _math)
    maker.add_render_rule("math", _math_html)
    maker.add_render_rule("image", _picture_html)
    return maker


_MARKDOWN = _made()


@lru_cache(maxsize=8_192)
def html_of(text: str) -> str:
    """Safe HTML blocks for a statement or note."""
    if not _MARKUP.search(text):
        return f"<p>{escape(text)}</p>"
    return nh3.clean(
        _MARKDOWN.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


@lru_cache(maxsize=8_192)
def line_of(text: str) -> str:
    """The beginning of a statement as one line of plain text: for summaries, titles, lists."""
    plain = unescape(_TAGS.sub(" ", html_of(text))) if _MARKUP.search(text) else text
    line = _BLANKS.sub(" ", plain).strip()
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rsplit(" ", 1)[0] + "…"
