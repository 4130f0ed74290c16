"""QR codes (ISO/IEC 18004) as pictures for PDFs."""

from io import BytesIO

import segno


def qr_svg(content: str, *, colour: str) -> bytes:
    """`content` as an SVG without a border; error correction Q: a quarter of it may be damaged."""
    out = BytesIO()
    code = segno.make(content, error="q", boost_error=False, micro=False)
    code.save(out, kind="svg", border=0, dark=colour, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue()
