"""The metadata of a document as XMP, by which a reader knows its title, its language and that it keeps PDF/UA-1."""

import unicodedata
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream

from ioms_desktop.reports.document.description import PaperDocument

UNSHOWN = frozenset({"Cc", "Cs", "Co", "Cn"})
PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>{dates}
<pdf:Producer>{producer}</pdf:Producer>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
"""


def metadata_stream(document: PaperDocument, tool: str, producer: str) -> PDFStream:
    """Return a document's metadata; it is neither compressed nor encoded, so that any program finds it.

    Args:
        document: The document.
        tool: The program that made it.
        producer: What wrote the PDF.
    """
    at = document.frame.printed_at
    when = "" if at is None else at.isoformat(timespec="seconds")
    dates = f"\n<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>" if when else ""
    packet = PACKET.format(
        title=_xml(document.title),
        subject=_xml(document.frame.marking),
        author=_xml(document.frame.author),
        language=_xml(document.language),
        tool=_xml(tool),
        producer=_xml(producer),
        dates=dates,
    )
    entries = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    return PDFStream(entries, packet.encode("utf-8"), [])


def one_line(text: str) -> str:
    """Return a text as one line of what a property can hold."""
    whole = text.encode("utf-16", "replace").decode("utf-16")
    shown = "".join(each for each in whole if each.isspace() or unicodedata.category(each) not in UNSHOWN)
    return " ".join(shown.split())


def _xml(text: str) -> str:
    return escape(one_line(text))
