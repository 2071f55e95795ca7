"""Files to add as documents: small harmless ones of each kind, and hostile ones of each way to do harm."""

import struct
import zipfile
import zlib
from io import BytesIO

from ioms_desktop.domain.documents.file_types import MAX_FILE_BYTES

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(*objects: bytes, words: str = "Hello", end: bytes = b"%%EOF\n") -> bytes:
    """Return a PDF of one page with some words on it, and further objects."""
    drawn = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
        *objects,
    ]
    content, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n" % (len(parts) + 1, len(content))
    return content + head + table + tail + end


def pdf_form(*, is_filled_in: bool) -> bytes:
    """Return a PDF with two fields of a form, whose values are no part of the page's own text."""
    value = b"/V (JAYDEN)" if is_filled_in else b""
    ticked = b"/V /Yes /AS /Yes" if is_filled_in else b"/V /Off /AS /Off"
    box = b"/Type /Annot /Subtype /Widget /F 4 /DA (/F1 24 Tf 0 g)"
    made = pdf(
        b"<< %b /FT /Tx /T (child) %b /Rect [72 300 400 340] >>" % (box, value),
        b"<< %b /FT /Btn /T (consent) %b /Rect [72 200 90 218] /AP << /N << /Yes 9 0 R /Off 9 0 R >> >> >>"
        % (box, ticked),
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 18 18] /Length 0 >>\nstream\n\nendstream",
    )
    form = b"/AcroForm << /Fields [7 0 R 8 0 R] /DA (/F1 24 Tf 0 g) /DR 6 0 R >>"
    made = made.replace(b"/Type /Catalog", b"/Type /Catalog " + form)
    return made.replace(b"/Contents 4 0 R", b"/Contents 4 0 R /Annots [7 0 R 8 0 R]")


def packed(objects: bytes, options: bytes = b"/Filter /FlateDecode") -> bytes:
    """Return an object stream with objects packed into it."""
    inside = zlib.compress(objects)
    return b"<< /Type /ObjStm /N 1 /First 4 /Length %d %b >>\nstream\n%b\nendstream" % (len(inside), options, inside)


def png(width: int = 4, height: int = 3, *, behind: bytes = b"", claimed: tuple[int, int] | None = None) -> bytes:
    """Return a grey PNG; `claimed` is the size that it says it has."""
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", *(claimed or (width, height)), 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
        )
        + behind
    )


def jpeg(claimed: tuple[int, int] = (0, 0)) -> bytes:
    """Return a small JPEG; `claimed` is the width and height that it says it has, where they are another."""
    from PIL import Image  # noqa: PLC0415  slow to import: only some tests need it

    into = BytesIO()
    Image.new("RGB", (6, 4), "navy").save(into, "JPEG")
    content = bytearray(into.getvalue())
    if any(claimed):
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = struct.pack(">HH", claimed[1], claimed[0])
    return bytes(content)


def archive(**parts: bytes | str) -> bytes:
    """Return a packed archive; `__` in a name stands for a slash and `_dot_` for a dot."""
    return archive_of({name.replace("__", "/").replace("_dot_", "."): body for name, body in parts.items()})


def archive_of(parts: dict[str, bytes | str]) -> bytes:
    """Return a packed archive."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return into.getvalue()


def docx(more: dict[str, bytes | str] | None = None, *, words: str = "Hello", main: str = WORD) -> bytes:
    """Return a DOCX of one paragraph, with further parts."""
    body = f'<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>'
    kept: dict[str, bytes | str] = {
        "[Content_Types].xml": _types("/word/document.xml", main),
        "word/document.xml": body,
    }
    return archive_of(kept | (more or {}))


def xlsx(more: dict[str, bytes | str] | None = None, *, words: str = "Hello") -> bytes:
    """Return an XLSX of one sheet with a text and a number, and further parts."""
    sheet = '<worksheet xmlns="s"><sheetData><row><c t="s"><v>0</v></c><c><v>42</v></c></row></sheetData></worksheet>'
    kept: dict[str, bytes | str] = {
        "[Content_Types].xml": _types("/xl/workbook.xml", EXCEL),
        "xl/workbook.xml": '<workbook xmlns="s"/>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="s"><si><t>{words}</t></si></sst>',
    }
    return archive_of(kept | (more or {}))


def _types(part: str, main: str) -> str:
    return f'<Types xmlns="c"><Override PartName="{part}" ContentType="{main}"/></Types>'


def related(kind: str, target: str, mode: str = ' TargetMode="External"') -> dict[str, bytes | str]:
    """Return the part of a DOCX by which it refers to something."""
    one = f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'
    return {"word/_rels/document.xml.rels": f'<Relationships xmlns="r">{one}</Relationships>'}


def eml(attached: tuple[str, bytes] | None = None, *, words: str = "Hello") -> bytes:
    """Return an e-mail, with a file attached."""
    from email.message import EmailMessage  # noqa: PLC0415  only some tests need it

    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "Visit"
    made.set_content(words)
    made.add_alternative(f"<p>{words}</p><script>bad()</script>", subtype="html")
    if attached is not None:
        made.add_attachment(attached[1], maintype="application", subtype="octet-stream", filename=attached[0])
    return bytes(made)


def forwarding(packing: str = "7bit", kind: str = "rfc822") -> bytes:
    """Return an e-mail with another inside, which has a logo, a signature and an appointment with it."""
    from email.message import EmailMessage  # noqa: PLC0415  only some tests need it

    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "a@example.org", "b@example.org", "Visit"
    inner.set_content("Hello")
    for name, content in BESIDE_WORDS.items():
        inner.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    head = (
        "From: a@example.org\nTo: b@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=part\n\n"
        f"--part\n\nHello\n--part\nContent-Type: message/{kind}\nContent-Transfer-Encoding: {packing}\n\n"
    )
    return head.encode() + bytes(inner) + b"\n--part--\n"


def harmless(words: str = "Hello") -> dict[str, bytes]:
    """Return a file of each kind, by its name."""
    return {
        "letter.pdf": pdf(words=words),
        "scan.png": png(),
        "photo.JPG": jpeg(),
        "photo.jpeg": jpeg(),
        "report.docx": docx(words=words),
        "list.xlsx": xlsx(words=words),
        "note.txt": f"{words}: £5\n".encode(),
        "mail.eml": eml(("map.png", png()), words=words),
    }


BESIDE_WORDS = {
    "logo.gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00;",
    "smime.p7s": b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80",
    "signature.asc": b"-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n",
    "invite.ics": b"BEGIN:VCALENDAR\r\nSUMMARY:Visit\r\nEND:VCALENDAR\r\n",
}
TWICE = b"/Filter [/ASCIIHexDecode /FlateDecode]"
PACKED_SCRIPT = packed(b"9 0 << /S /JavaScript /JS (x) >>")
PREDICTED = b"/Filter /FlateDecode /DecodeParms << >>"
TEMPLATE = related("attachedTemplate", "http://x.example/a.dotm")
ACTION = b"<< /Type /Action /S /%b >>"
CALL = b"<< /S /URI /URI (http://x.example/) >>"
BOMB = b"\0" * 30_000_000
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.pdf", b"", "is empty"),
    "too large": ("a.txt", b"x" * (MAX_FILE_BYTES + 1), "is 10.1 MiB, and at most 10 MiB is kept"),
    "no ending": ("letter", pdf(), "has no file extension"),
    "double ending": ("letter.pdf.exe", pdf(), "ends in .exe"),
    "macro ending": ("a.docm", docx(), "ends in .docm"),
    "PDF with a script": ("a.pdf", pdf(ACTION % b"JavaScript /JS (app.alert(1))"), "holds a script"),
    "PDF with a script by another spelling": ("a.pdf", pdf(ACTION % b"J#61vaScr#69pt"), "holds a script"),
    "PDF with a packed script": ("a.pdf", pdf(packed(b"1 0 << /S /JavaScript /JS (x) >>")), "holds a script"),
    "PDF with a packed short name": ("a.pdf", pdf(packed(b"1 0 << /JS (x) >>")), "holds a script"),
    "PDF with a packed script behind a comment": ("a.pdf", pdf(b"% upstream\n" + PACKED_SCRIPT), "holds a script"),
    "PDF with a packed script behind a long dictionary": (
        "a.pdf", pdf(PACKED_SCRIPT.replace(b" /N", b" " * 5000 + b"/N")), "holds a script"),
    "PDF with a packed script behind a string": (
        "a.pdf", pdf(PACKED_SCRIPT.replace(b"/N", b"/X ( obj) /N")), "holds a script"),
    "PDF with a packed script called otherwise": ("a.pdf", pdf(PACKED_SCRIPT.replace(b"/Type /ObjStm", b"")), "script"),
    "PDF with a packed script behind spaces": (
        "a.pdf", pdf(packed(b" " * 200 + b"%x\n9 0 << /S /JavaScript >>")), "holds a script"),
    "PDF with a packed script after another line end": (
        "a.pdf", pdf(PACKED_SCRIPT.replace(b"stream\n", b"stream \r", 1)), "holds a script"),
    "PDF with a script packed in a way behind a whole stream": (
        "a.pdf", pdf(packed(b"", b"/X (" + packed(b"9 0 ") + TWICE.replace(b"[", b") [") + b")")), "packed in a way"),
    "PDF with two object streams of which one is named in a string": (
        "a.pdf", pdf(packed(b"9 0 ", b"/X (/ObjStm)")), "packed in a way"),
    "PDF form with a program behind a comment": ("a.pdf", pdf(b"<< % stream\n /XFA 9 0 R >>\nendstream"), "program in"),
    "PDF with a password behind a comment": ("a.pdf", pdf(b"<< % stream\n /Encrypt 9 0 R >>\nendstream"), "locked"),
    "PDF with a twice packed script": ("a.pdf", pdf(packed(b"", TWICE)), "packed in a way"),
    "PDF with predicted bytes": ("a.pdf", pdf(packed(b"", PREDICTED)), "packed in a way"),
    "PDF with damaged packing": ("a.pdf", pdf(packed(b"x").replace(b"\x78\x9c", b"\x00\x00")), "packed in a way"),
    "PDF that unpacks without end": ("a.pdf", pdf(*[packed(BOMB)] * 4), "unpacks to far more"),
    "PDF that starts a program": ("a.pdf", pdf(ACTION % b"Launch /F (cmd.exe)"), "starts another program"),
    "PDF with a file inside": ("a.pdf", pdf(b"<< /Type /EmbeddedFile >>"), "carries another file"),
    "PDF that opens another file": ("a.pdf", pdf(ACTION % b"GoToR /F (\\\\\\\\host\\\\x.pdf)"), "opens another file"),
    "PDF that sends what is filled in": ("a.pdf", pdf(ACTION % b"SubmitForm"), "sends what is filled in"),
    "PDF with a film": ("a.pdf", pdf(b"<< /Subtype /RichMedia >>"), "film"),
    "PDF that calls a web page": (
        "a.pdf", pdf(b"<< /OpenAction << /X (>>) /Next " + CALL + b">> >>"), "opens a web page by itself"),
    "PDF that calls a web page elsewhere": (
        "a.pdf", pdf(b"<< /Open#41ction 8 0 R >>", b"<< /Next [3 0 R 9 0 R] >>", CALL), "opens a web page by itself"),
    "PDF that calls a web page on a page": (
        "a.pdf", pdf(b"<< /AA << /O 8 0 R >> >>", CALL), "opens a web page by itself"),
    "PDF that calls a web page and is packed": (
        "a.pdf", pdf(packed(b"20 0 21 23 <</OpenAction 21 0 R >> " + CALL)), "opens a web page by itself"),
    "PDF form with a program": ("a.pdf", pdf(b"<< /XFA 9 0 R >>"), "program in it"),
    "PDF with a password": ("a.pdf", pdf(b"<< /Encrypt 9 0 R >>"), "locked"),
    "PDF cut off": ("a.pdf", pdf(end=b""), "damaged"),
    "PDF that is an archive too": ("a.pdf", pdf(end=b"%%EOF\n" + archive(a="b")), "such as a ZIP, as well"),
    "program named PDF": ("a.pdf", b"MZ\x90\x00" + bytes(64), "is a program"),
    "PDF named picture": ("a.png", pdf(), "named like a PNG file and is a PDF"),
    "picture named PDF": ("a.pdf", png(), "named like a PDF file and is a PNG"),
    "JPEG named PNG": ("a.png", jpeg(), "is a JPEG"),
    "picture too large": ("a.png", png(claimed=(8_000, 5_001)), "at most 40 million"),
    "photograph too large": ("a.jpg", jpeg((60_000, 60_000)), "at most 40 million"),
    "picture with something behind": ("a.png", png(behind=b"<script>"), "something else behind"),
    "picture with an archive behind": ("a.jpg", jpeg() + archive(a="b"), "such as a ZIP, as well"),
    "picture changed": ("a.png", png().replace(b"IDAT", b"IDAX"), "damaged"),
    "picture cut off": ("a.png", png()[:-20], "damaged"),
    "photograph cut off": ("a.jpg", jpeg()[:-2], "damaged"),
    "DOCX with macros": ("a.docx", docx({"word/vbaProject.bin": b"x"}), "holds macros"),
    "DOCX with macros by another name": ("a.docx", docx(main=MACRO_WORD), "holds macros"),
    "XLSX with old macros": ("a.xlsx", xlsx({"xl/macrosheets/sheet1.xml": "<x/>"}), "holds macros"),
    "DOCX with OLE": ("a.docx", docx({"word/embeddings/oleObject1.bin": b"x"}), "another file or program"),
    "DOCX with ActiveX": ("a.docx", docx({"word/activeX/activeX1.xml": "<x/>"}), "another file or program"),
    "DOCX with an archive inside": ("a.docx", docx({"word/media/a.zip": archive(a="b")}), "another file or program"),
    "DOCX with a template elsewhere": ("a.docx", docx(TEMPLATE), "from outside"),
    "DOCX with a picture elsewhere": ("a.docx", docx(related("image", "http://x.example/a.png")), "from outside"),
    "DOCX with a hidden way of saying so": (
        "a.docx", docx(related("image", "x", ' TargetMode="&#69;xternal"')), "from outside"),
    "DOCX with a link to a share": ("a.docx", docx(related("hyperlink", "file://host/share")), "from outside"),
    "DOCX with a share as a part": ("a.docx", docx(related("image", "\\\\\\\\host\\\\a.png", "")), "from outside"),
    "XLSX with another workbook": ("a.xlsx", xlsx({"xl/externalLinks/externalLink1.xml": "<x/>"}), "another file"),
    "DOCX with entities": (
        "a.docx", docx({"word/styles.xml": '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'}), "damaged"),
    "DOCX that unpacks without end": ("a.docx", docx({"word/media/a.png": BOMB}), "unpacks to far more"),
    "DOCX with a way out": ("a.docx", docx({"../../evil.xml": "<x/>"}), "damaged"),
    "workbook named DOCX": ("a.docx", xlsx(), "named like a DOCX file and is a XLSX"),
    "archive": ("a.docx", archive(a="b"), "is a compressed file, such as a ZIP"),
    "archive as text": ("a.txt", archive(a="b"), "is a compressed file, such as a ZIP"),
    "RAR": ("a.pdf", b"Rar!\x1a\x07\x01\x00" + bytes(20), "is a compressed file, such as a ZIP"),
    "7z": ("a.txt", b"7z\xbc\xaf\x27\x1c" + bytes(20), "is a compressed file, such as a ZIP"),
    "gzip": ("a.txt", b"\x1f\x8b\x08" + bytes(20), "is a compressed file, such as a ZIP"),
    "tar": ("a.txt", bytes(257) + b"ustar" + bytes(250), "is a compressed file, such as a ZIP"),
    "old Office": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "older Office"),
    "disc image": ("a.pdf", bytes(0x8001) + b"CD001" + bytes(64), "is a disc image"),
    "shortcut": ("a.txt", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(64), "is a shortcut"),
    "shortcut as text": ("a.txt", b"[InternetShortcut]\nURL=file://x", "is a shortcut"),
    "web page": ("a.txt", b"  <!DOCTYPE html><html></html>", "web page"),
    "web page that says nothing first": ("a.txt", b"<table border><tr>1</tr></TABLE>", "web page"),
    "picture of a web page": ("a.txt", b"\n<svg/onload=a()>", "web page"),
    "script of a web page": ("a.txt", b"<script >x", "web page"),
    "drawing": ("a.txt", '﻿<svg xmlns="x" onload="a()"/>'.encode("utf-16"), "web page"),
    "script": ("a.txt", b"#!/bin/sh\nrm x", "is a script"),
    "rich text": ("a.txt", b"{\\rtf1 x}", "rich-text"),
    "bytes as text": ("a.txt", b"abc\x00\x01\x02", "not known"),
    "text that reads otherwise": ("a.txt", "invoice \u202etxt.exe".encode(), "order of others"),
    "text named e-mail": ("a.eml", b"Dear all,\nhello", "named like a EML file and is a TXT"),
    "e-mail with a program": ("a.eml", eml(("run.exe", b"MZ")), "run.exe ends in .exe"),
    "e-mail with a disguised program": ("a.eml", eml(("letter.pdf", b"MZ\x90" + bytes(9))), "letter.pdf is a program"),
    "e-mail with macros": ("a.eml", eml(("a.docx", docx({"word/vbaProject.bin": b"x"}))), "a.docx holds macros"),
    "e-mail with a program named logo": ("a.eml", eml(("logo.gif", b"MZ\x90;")), "logo.gif ends in .gif"),
    "e-mail with a program named signature": ("a.eml", eml(("smime.p7s", b"0" + bytes(40))), "smime.p7s ends in .p7s"),
    "e-mail with an archive behind its logo": (
        "a.eml", eml(("logo.gif", b"GIF89a" + archive(a="b")[:-2] + b"\x01\x00;")), "logo.gif is a compressed file"),
    "e-mail with an appointment that carries a file": (
        "a.eml", eml(("a.ics", BESIDE_WORDS["invite.ics"].replace(b"SUMMARY", b"ATTACH"))), "a.ics ends in .ics"),
    "e-mail with a packed message inside": ("a.eml", forwarding("base64"), "a message inside"),
    "e-mail with a message elsewhere": ("a.eml", forwarding(kind="external-body"), "a message inside"),
    "e-mail with an e-mail": ("a.eml", eml(("b.eml", eml(("x.js", b"x")))), "x.js ends in .js"),
}  # fmt: skip
"""What is refused: the name of the file, its content, and words of the sentence that says why."""
