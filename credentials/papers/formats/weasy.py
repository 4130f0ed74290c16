"""The press at work: WeasyPrint, fed with bundled assets only and watched for letters that no font has."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from xml.etree.ElementTree import SubElement, fromstring, tostring

from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.pdf.metadata import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from credentials.errors import ForeignAssetError, LettersWithoutFontError
from credentials.papers.formats.paper_design import ASSETS, EmbeddedFile

SCHEME = "paper:"
INTENT = "cairn-srgb"
KIND = {"pdf_variant": "pdf/a-3a", "output_intent": INTENT}
UNKNOWN_GLYPH = ".notdef glyph rendered"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PDFUA = "http://www.aiim.org/pdfua/ns/id/"

# Pango's font map belongs to one thread at a time; a worker presses one paper after the other.
_press = threading.Lock()


def render_pdf(html: str, *, style: str, drawn: Mapping[str, bytes], enclosed: Sequence[EmbeddedFile] = ()) -> bytes:
    """See credentials.papers.formats.press.render_pdf."""
    shelf = _Shelf(drawn)
    with _press, _watched() as watch:
        page = HTML(string=html, base_url=SCHEME, url_fetcher=shelf)
        document = page.render(
            font_config=_fonts(), stylesheets=[_style(style)], color_profiles={INTENT: _Srgb()}, cache={}, **KIND
        )
        _say_universal(document)
        made: bytes = document.write_pdf(
            **KIND,
            attachments=[
                Attachment(
                    string=file.content,
                    name=file.name,
                    description=file.description,
                    created=file.at,
                    modified=file.at,
                    relationship="Source",
                )
                for file in enclosed
            ],
        )
    if shelf.refused:
        raise ForeignAssetError(shelf.refused[0])
    if watch.letters:
        raise LettersWithoutFontError(watch.letters)
    return made


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    return CSS(string=(ASSETS / name).read_text(encoding="utf-8"), font_config=_fonts(), url_fetcher=_Shelf({}))


@cache
def _srgb() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


@dataclass
class _Srgb:
    """What the colours mean, which archives ask for, byte for byte: the library's own class writes it anew."""

    name: str = "sRGB2014"
    components: tuple[str, ...] = ("red", "green", "blue")
    content: bytes = field(default_factory=_srgb)
    pdf_reference: bytes | None = None


@cache
def _asset(name: str) -> bytes:
    return (ASSETS / name).read_bytes()


class _Shelf(URLFetcher):  # type: ignore[misc]  # the library is untyped
    """Knows the pictures of one paper and the bundled ones, and remembers what else was asked for."""

    def __init__(self, drawn: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[])
        self.drawn = drawn
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - theirs
        name = url.removeprefix(SCHEME)
        if name in self.drawn:
            return self._picture(url, self.drawn[name])
        if url.startswith(SCHEME) and name in _bundled():
            return self._picture(url, _asset(name))
        self.refused.append(url)
        raise ForeignAssetError(url)

    @staticmethod
    def _picture(url: str, content: bytes) -> URLFetcherResponse:
        return URLFetcherResponse(url, body=content, headers={"Content-Type": "image/svg+xml"})


@cache
def _bundled() -> frozenset[str]:
    return frozenset(path.name for path in ASSETS.glob("*.svg"))


class _Watch(logging.Handler):
    """Hears which letters no font has: the library tells it in its log alone."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.letters = ""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and record.msg.startswith(UNKNOWN_GLYPH) and isinstance(record.args, tuple):
            letter = str(record.args[0])
            self.letters += "" if letter in self.letters else letter


@contextmanager
def _watched() -> Iterator[_Watch]:
    watch, logger = _Watch(), logging.getLogger("weasyprint")
    logger.addHandler(watch)
    # Its lines quote letters of names, and those belong into no log.
    logger.propagate, told = False, logger.propagate
    try:
        yield watch
    finally:
        logger.propagate = told
        logger.removeHandler(watch)


class _UniversalMetadata(DocumentMetadata):  # type: ignore[misc]  # the library is untyped
    """Says PDF/UA-1 beside PDF/A-3a; the archival standard wants the words of the other declared (6.6.2.3)."""

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        rdf = fromstring(super().generate_rdf_metadata(variant, version, conformance))  # noqa: S314  # our own words
        said = SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
        SubElement(said, f"{{{PDFUA}}}part").text = "1"
        rdf.append(fromstring(UNIVERSAL_SCHEMA))  # noqa: S314  # a constant
        told: bytes = tostring(rdf, encoding="utf-8")
        return told


def _say_universal(document: Document) -> None:
    document.metadata = _UniversalMetadata(**vars(document.metadata))


UNIVERSAL_SCHEMA = f"""
<rdf:Description xmlns:rdf="{RDF}" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
    rdf:about="">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{PDFUA}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>Part of ISO 14289 that the file keeps to</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
