"""Names for files that are named after data, such as a case reference or a user.

A reference is its sender's own and may hold any character. What becomes of it is a plain file name everywhere: never a
path, never a name that Windows gives to a device, never too long, and never the name of another reference's file, on a
file system that does not tell capitals from small letters either.
"""

import unicodedata
from hashlib import sha256

MAX_STEM_CHARS, MAX_STEM_BYTES = 80, 160  # with a digest and an ending well below what any file system takes
DIGEST_CHARS = 10
DIGEST_MARK = "~"
PLAIN_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
KEPT_MARKS = frozenset("-_.")
FORBIDDEN_LETTERS = frozenset('<>:"|?*')
MAX_ENDING_CHARS = 8
DEVICE_NAMES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"}
)
"""What Windows takes for a device, whatever follows a dot after it."""


def safe_file_name(text: str, ending: str = "") -> str:
    """Return the name of the file that is named after a text: the same for the same text, and different for any other.

    A text in capitals, digits, hyphens, underscores and dots is kept as it is. From any other the letters and digits
    are kept, and a digest of the text follows, which keeps apart what differs in capitals or in characters left out.

    Args:
        text: A reference, a user's name, or any other text.
        ending: What follows the name as it is: `-partner.pdf`.

    Returns:
        A name without a folder.
    """
    if _is_plain(text):
        return f"{text}{ending}"
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARS]
    kept = "".join(
        letter if letter.isalnum() or letter in KEPT_MARKS else "_" for letter in unicodedata.normalize("NFKC", text)
    )
    kept = kept.lstrip("._-")[:MAX_STEM_CHARS].encode("utf-8", "ignore")[:MAX_STEM_BYTES].decode("utf-8", "ignore")
    if kept.split(".")[0].upper() in DEVICE_NAMES:
        kept = f"_{kept}"
    return f"{kept}{DIGEST_MARK}{digest}{ending}"


def readable_file_name(name: str) -> str:
    """Return the name of somebody else's file as it can be shown and used: no folder, nothing hidden, no device.

    Unlike `safe_file_name` it keeps small letters and spaces, and two names may become one.

    Args:
        name: The name, or a path of either system.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join("_" if letter in FORBIDDEN_LETTERS else letter for letter in last if letter.isprintable())
    stem, dot, ending = shown.rstrip(" .").rpartition(".")
    stem, ending = (stem, dot + ending) if dot and len(ending) <= MAX_ENDING_CHARS else (f"{stem}{dot}{ending}", "")
    stem = stem.strip(" .")[:MAX_STEM_CHARS].encode("utf-8", "ignore")[:MAX_STEM_BYTES].decode("utf-8", "ignore")
    if stem.split(".")[0].strip().upper() in DEVICE_NAMES:
        stem = f"_{stem}"
    return f"{stem.strip() or 'file'}{ending}"


def _is_plain(text: str) -> bool:
    return (
        0 < len(text) <= MAX_STEM_CHARS
        and PLAIN_CHARACTERS.issuperset(text)
        and text[0] not in "._-"
        and not text.endswith(".")
        and text.split(".", maxsplit=1)[0] not in DEVICE_NAMES
    )
