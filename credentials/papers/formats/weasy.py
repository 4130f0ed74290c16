"""PDFs with WeasyPrint: it gets bundled assets only, and its log is watched for letters that no font has."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from xml.etree.ElementTree import SubElement, fromstring, register_namespace, tostring

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
EXTENSION = {
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
# PDF/A-3 asks for these very prefixes (ISO 19005-3, 6.6.2.3.3). The writer of XML would number its own: ns6, ns7 …
for prefix, namespace in {**EXTENSION, "pdfuaid": PDFUA}.items():
    register_namespace(prefix, namespace)

# Pango's font map belongs to one thread at a time, so that a process renders one PDF after the other.
_render_lock = threading.Lock()


def render_pdf(
    html: str, *, style: str, pictures: Mapping[str, bytes], attachments: Sequence[EmbeddedFile] = ()
) -> bytes:
    """See credentials.papers.formats.press.render_pdf."""
    fetcher = _AssetFetcher(pictures)
    with _render_lock, _watched() as watch:
        page = HTML(string=html, base_url=SCHEME, url_fetcher=fetcher)
        document = page.render(
            font_config=_fonts(), stylesheets=[_style(style)], color_profiles={INTENT: _Srgb()}, cache={}, **KIND
        )
        _declare_accessible(document)
        content: bytes = document.write_pdf(
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
                for file in attachments
            ],
        )
    if fetcher.refused:
        raise ForeignAssetError(fetcher.refused[0])
    if watch.letters:
        raise LettersWithoutFontError(watch.letters)
    return content


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    return CSS(string=(ASSETS / name).read_text(encoding="utf-8"), font_config=_fonts(), url_fetcher=_AssetFetcher({}))


@cache
def _srgb() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


@dataclass
class _Srgb:
    """The sRGB profile that PDF/A asks for, byte for byte; the library's own class writes it again each time."""

    name: str = "sRGB2014"
    components: tuple[str, ...] = ("red", "green", "blue")
    content: bytes = field(default_factory=_srgb)
    pdf_reference: bytes | None = None


@cache
def _asset(name: str) -> bytes:
    return (ASSETS / name).read_bytes()


class _AssetFetcher(URLFetcher):  # type: ignore[misc]  # the library is untyped
    """Serves the pictures of one document and the bundled ones, and records every other address that was asked for."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[])
        self.pictures = pictures
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - theirs
        """The picture with this name; raises ForeignAssetError for every other address."""
        name = url.removeprefix(SCHEME)
        if name in self.pictures:
            return self._picture(url, self.pictures[name])
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
    """Collects the letters that no font has; the library reports them in its log only."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.letters = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Collect the letter of the library's warning about an unknown glyph."""
        if isinstance(record.msg, str) and record.msg.startswith(UNKNOWN_GLYPH) and isinstance(record.args, tuple):
            letter = str(record.args[0])
            self.letters += "" if letter in self.letters else letter


@contextmanager
def _watched() -> Iterator[_Watch]:
    watch, logger = _Watch(), logging.getLogger("weasyprint")
    logger.addHandler(watch)
    # Its lines quote letters of names, which must not reach a log.
    logger.propagate, propagates = False, logger.propagate
    try:
        yield watch
    finally:
        logger.propagate = propagates
        logger.removeHandler(watch)


class _UniversalMetadata(DocumentMetadata):  # type: ignore[misc]  # the library is untyped
    """Declares PDF/UA-1 besides PDF/A-3a; PDF/A wants the schema of the other declared (ISO 19005-3, 6.6.2.3)."""

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        """The library's metadata with the declaration of PDF/UA-1."""
        rdf = fromstring(super().generate_rdf_metadata(variant, version, conformance))  # noqa: S314  # our own words
        description = SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
        SubElement(description, f"{{{PDFUA}}}part").text = "1"
        rdf.append(fromstring(UNIVERSAL_SCHEMA))  # noqa: S314  # a constant
        metadata: bytes = tostring(rdf, encoding="utf-8")
        return metadata


def _declare_accessible(document: Document) -> None:
    document.metadata = _UniversalMetadata(**vars(document.metadata))


UNIVERSAL_SCHEMA = f"""
<rdf:Description xmlns:rdf="{RDF}" {" ".join(f'xmlns:{name}="{uri}"' for name, uri in EXTENSION.items())}
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
