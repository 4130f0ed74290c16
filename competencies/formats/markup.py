"""Statements in Markdown, HTML, LaTeX or plain text, rendered as safe HTML. The database keeps them verbatim."""

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

# No headings, because the page has its own. No images, because pages load nothing from other servers.
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
# Text without any of these characters renders as itself, which saves parsing most statements.
_MARKUP = re.compile(r"[<>&*_`$|\\#\[\]!~\n]|^\s*[-+]\s|^\s*\d+[.)]\s")
_TAGS = re.compile(r"<[^<>]+>")
_BLANKS = re.compile(r"\s+")
MAX_LINE_LENGTH = 240


def _math(state: StateInline, silent: bool) -> bool:
    """Parse `$…$` as LaTeX, shown verbatim and not as emphasis. With spaces next to the dollars it is an amount."""
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
    """A link to the image."""
    source = str(tokens[index].attrs.get("src", ""))
    return f'<a href="{escape(source)}">{escape(tokens[index].content or source)}</a>'


def _markdown_renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    renderer.inline.ruler.before("escape", "math", _math)
    renderer.add_render_rule("math", _math_html)
    renderer.add_render_rule("image", _picture_html)
    return renderer


_MARKDOWN = _markdown_renderer()


# The key is the text itself, so that an entry never becomes stale. The bound is enough for a large framework.
@lru_cache(maxsize=8_192)
def html_of(text: str) -> str:
    """A statement or a note as safe HTML blocks."""
    if not _MARKUP.search(text):
        return f"<p>{escape(text)}</p>"
    # Sanitizing comes last: Markdown may contain HTML, and may turn text into HTML.
    return nh3.clean(
        _MARKDOWN.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


@lru_cache(maxsize=8_192)
def line_of(text: str) -> str:
    """The beginning of a statement as one line of plain text, for summaries, titles and lists."""
    plain = unescape(_TAGS.sub(" ", html_of(text))) if _MARKUP.search(text) else text
    line = _BLANKS.sub(" ", plain).strip()
    return line if len(line) <= MAX_LINE_LENGTH else line[: MAX_LINE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
