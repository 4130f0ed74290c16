"""QR codes (ISO/IEC 18004) as pictures for paper."""

from io import BytesIO

import segno


def qr_svg(content: str, *, colour: str) -> bytes:
    """`content` as an SVG without a border: a quarter of it may be scratched or smeared and it still reads."""
    out = BytesIO()
    code = segno.make(content, error="q", boost_error=False, micro=False)
    code.save(out, kind="svg", border=0, dark=colour, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue()
