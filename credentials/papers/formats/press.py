"""The press: HTML and one of our style sheets in, a tagged, archival PDF with its fonts inside out.

Every paper is PDF/A-3a (ISO 19005-3: archival, may carry its signed record as an attachment) and says that it is
PDF/UA-1 (ISO 14289-1: readable aloud) too. It reads nothing but the assets beside its templates and what it is handed.
The library behind it takes a second to load, so it is loaded when somebody prints.
"""

from collections.abc import Mapping, Sequence

from credentials.papers.formats.paper_design import EmbeddedFile


def render_pdf(html: str, *, style: str, drawn: Mapping[str, bytes], enclosed: Sequence[EmbeddedFile] = ()) -> bytes:
    """`html` as PDF bytes, laid out by the bundled style sheet `style`; the same inputs give the same bytes.

    `drawn` are pictures made for this paper, which `html` names as `paper:NAME`. Raises LettersWithoutFontError when a
    letter would come out as a box, and ForeignAssetError when `html` asks for anything else than assets of ours.
    """
    from credentials.papers.formats import weasy

    return weasy.render_pdf(html, style=style, drawn=drawn, enclosed=enclosed)
