"""References: how they are kept, and when two of them are easily taken for one."""

import re
import unicodedata

# Not seen, and put there by programs: a zero-width space, joiners, a byte order mark, a soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff]")
_HYPHEN = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")


def without_invisible(text: str) -> str:
    """Remove the characters of no width."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def clean_reference(text: str) -> str:
    """Return a reference as it is kept and compared: NFC, trimmed, without characters of no width."""
    return text.strip() if text.isascii() else without_invisible(unicodedata.normalize("NFC", text)).strip()


def reference_likeness(ref: str) -> str:
    """Return what two references have in common that differ only by case, blanks or kind of hyphen."""
    alike = ref if ref.isascii() else _HYPHEN.sub("-", unicodedata.normalize("NFKC", ref))
    return "".join(alike.split()).upper()
