"""Checks of plain text and of e-mails, and the text in them."""

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser

from typing_extensions import override

from ioms_desktop.domain.documents.file_types import refuse_content, refuse_damaged

SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
KNOWN_HEADERS = frozenset(
    {"from", "to", "cc", "date", "subject", "message-id", "received", "mime-version", "return-path", "delivered-to"}
)
MIN_KNOWN_HEADERS = 2
MAX_MAIL_PARTS = 200
MAIL_FAULTS = (MessageError, ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
"""What Python's reader of e-mails raises for one that it cannot read."""
ENDING_BY_SUBTYPE = {"jpg": "jpeg", "pkcs7-signature": "p7s", "x-pkcs7-signature": "p7s", "pgp-signature": "asc"}
WALKED_MESSAGES = frozenset({"rfc822", "global", "delivery-status", "disposition-notification"})
PACKED_MESSAGES = frozenset({"base64", "quoted-printable"})
SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
SIGNED_DATA_WITHIN_BYTES = 32
LAYOUT_CHARACTERS = "\t\n\r\f\v"
HIDDEN_CHARACTERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the order of others round, so that a text reads otherwise than it is."""
HEADER = re.compile(r"([!-9;-~]+):")


def decode(content: bytes) -> str | None:
    """Return the text of a content; None if it is not text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(letter.isprintable() or letter in LAYOUT_CHARACTERS or ord(letter) > 0x9F for letter in text):  # noqa: PLR2004 - the last control character
            return text
    return None


def is_mail(text: str) -> bool:
    """Whether a text begins as an e-mail does, with at least two of its headers."""
    found = set()
    for line in text.lstrip("\r\n").splitlines():
        if not line.strip():
            break
        header = HEADER.match(line)
        if header is None and not line.startswith((" ", "\t")):
            return False
        if header is not None:
            found.add(header[1].lower())
    return len(found & KNOWN_HEADERS) >= MIN_KNOWN_HEADERS


def check_text(name: str, content: bytes) -> None:
    """Refuse a text with characters that hide what it says."""
    text = decode(content)
    if text is None:
        raise refuse_damaged(name)
    if HIDDEN_CHARACTERS & set(text):
        raise refuse_content(
            name, "holds characters that turn the order of others round", "take them out, or save it as PDF"
        )


def parse_mail(name: str, content: bytes) -> EmailMessage:
    """Read an e-mail.

    Raises:
        Refused: It cannot be read, or has more parts than any e-mail needs.
    """
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
        parts = sum(1 for _ in message.walk())
    except MAIL_FAULTS as error:
        raise refuse_damaged(name) from error
    if parts > MAX_MAIL_PARTS:
        raise refuse_content(name, f"has more than {MAX_MAIL_PARTS} parts", "save it as PDF")
    return message


def attachments(name: str, message: EmailMessage) -> list[tuple[str, bytes | None]]:
    """Return the files of an e-mail, each with its name; the content is None where it cannot be read as a file.

    Raises:
        Refused: The e-mail cannot be read.
    """
    try:
        return list(_attachments(message))
    except MAIL_FAULTS as error:
        raise refuse_damaged(name) from error


def _attachments(message: EmailMessage) -> Iterator[tuple[str, bytes | None]]:
    for part in message.walk():
        named = part.get_filename()
        if part.get_content_maintype() == "message" and not _is_walked_through(part):
            yield named or "a message inside", None
            continue
        if part.is_multipart():
            continue
        if named is None and part.get_content_maintype() == "text":
            continue
        payload = part.get_payload(decode=True)
        subtype = part.get_content_subtype()
        yield (
            named or f"part.{ENDING_BY_SUBTYPE.get(subtype, subtype)}",
            payload if isinstance(payload, bytes) else None,
        )


def _is_walked_through(part: EmailMessage) -> bool:
    """Whether what is in a message inside is found like what is in the one around it."""
    packing = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    return part.is_multipart() and part.get_content_subtype() in WALKED_MESSAGES and packing not in PACKED_MESSAGES


def is_harmless_beside_words(ending: str, content: bytes) -> bool:
    """Whether a part of an e-mail is a moving picture, a signature or an appointment, as its ending says.

    These come with many e-mails. They are kept in it, and never shown.
    """
    match ending:
        case ".gif":
            return content.startswith((b"GIF87a", b"GIF89a")) and content.rstrip(b"\0").endswith(b";")
        case ".p7s":
            return content.startswith(b"0") and SIGNED_DATA in content[:SIGNED_DATA_WITHIN_BYTES]
        case ".asc":
            return content.lstrip().startswith(b"-----BEGIN PGP SIGNATURE-----") and decode(content) is not None
        case ".ics":
            text = (decode(content) or "").strip().upper()
            return text.startswith("BEGIN:VCALENDAR") and text.endswith("END:VCALENDAR") and "\nATTACH" not in text
        case _:
            return False


def mail_text(name: str, content: bytes) -> str:
    """Return an e-mail as text: its headers, its words, and the names of its attachments.

    Raises:
        Refused: It cannot be read.
    """
    message = parse_mail(name, content)
    names = [each for each, _ in attachments(name, message)]
    attached = [f"Attached, and not shown here: {', '.join(names)}"] if names else []
    try:
        forwarded = sum(1 for each in message.walk() if each.get_content_type() == "message/rfc822")
        if forwarded:
            attached.append(f"Forwarded inside, and not shown here: {forwarded} e-mail{'' if forwarded == 1 else 's'}")
        body = message.get_body(("plain", "html"))
        words = "" if body is None else _body_text(body)
    except MAIL_FAULTS as error:
        raise refuse_damaged(name) from error
    lines = [f"{each}: {said}" for each in SHOWN_HEADERS if (said := _header(message, each))]
    return "\n".join((*lines, *attached, "", words)).strip()


def _header(message: EmailMessage, name: str) -> str:
    """Return a header as it reads, or as it is written where it cannot be read."""
    try:
        return str(message[name] or "")
    except MAIL_FAULTS:
        written = next(str(value) for each, value in message.raw_items() if each.lower() == name.lower())
        return " ".join(written.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())


def _body_text(body: object) -> str:
    if not isinstance(body, EmailMessage):
        return ""
    try:
        text = str(body.get_content())
    except (LookupError, ValueError):
        return ""
    return _without_tags(text) if body.get_content_subtype() == "html" else text


class _Words(HTMLParser):
    """Gathers the words of a page."""

    def __init__(self) -> None:
        """Begin without words."""
        super().__init__()
        self.words: list[str] = []
        self._unshown = 0

    @override
    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in {"script", "style"}:
            self._unshown += 1
        elif tag in {"p", "br", "div", "tr", "li"}:
            self.words.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._unshown = max(0, self._unshown - 1)

    @override
    def handle_data(self, data: str) -> None:
        if not self._unshown:
            self.words.append(data)


def _without_tags(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    return "".join(reader.words)
