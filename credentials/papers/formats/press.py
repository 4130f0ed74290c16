"""HTML and one of our style sheets to a tagged, archival PDF with embedded fonts.

Every PDF is PDF/A-3a (ISO 19005-3: archival, may carry attachments) and declares PDF/UA-1 (ISO 14289-1: accessible).
Rendering reads only its arguments and the assets beside the templates. The library takes a second to load, so that it
is imported at the first PDF and not when the process starts.
"""

from collections.abc import Mapping, Sequence

from credentials.papers.formats.paper_design import EmbeddedFile


def render_pdf(
    html: str, *, style: str, pictures: Mapping[str, bytes], attachments: Sequence[EmbeddedFile] = ()
) -> bytes:
    """`html` as PDF bytes, laid out by the bundled style sheet `style`; the same inputs give the same bytes.

    `pictures` are made for this document; `html` names them as `paper:NAME`. Raises LettersWithoutFontError if no font
    has one of the letters, and ForeignAssetError if `html` names anything else than our assets.
    """
    from credentials.papers.formats import weasy

    return weasy.render_pdf(html, style=style, pictures=pictures, attachments=attachments)
