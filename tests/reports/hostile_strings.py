"""A hundred and twenty texts that break what takes text for granted."""

# ruff: noqa: RUF001 - letters of every script are the point, and lines of them

from itertools import product

_LONG_WORDS = (
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 4,
    "ไม่มีช่องว่างระหว่างคำในภาษาไทยซึ่งทำให้การตัดบรรทัดเป็นเรื่องยาก" * 4,
    "العربيةبدونمسافات" * 20,
    "क्षत्रियकृष्णज्ञानत्रिपाठी" * 20,
    "漢字仮名交じり文に空白はない。" * 20,
    "한글은띄어쓰기를하지않으면읽기가어렵다" * 12,
    "👩‍👩‍👧👍🏽🇬🇧" * 40,
    "W" * 500,
)
_MARKS = (
    "Z̴̢̛̤͎̈́a̷̧͝l̶͔̐g̸̙̈́ọ̵̑" * 6,
    "\u0301\u0302 begins with marks",
    "a" + "\u0300\u0301\u0302" * 30,
    "שָׁלוֹם עֲלֵיכֶם " * 8,
    "ู่ marks alone ิี",
    "क् and half ् letters",
    "\u200d\u200c\u200b\ufeff joiners \u2060 alone",
    "e\u0301 é \u1e9b\u0323 ﬁ ﬀ ſ",
)
_DIRECTIONS = (
    "\u202eoverride\u202c and \u2066isolate\u2069",
    "abc \u202dאבג\u202c def",
    "(אבג) [דהו] {זחט} <יכל>",
    "12/34 אבג 56-78, +44 116 496 0000 ג",
    "שלום (Hello) [مرحبا] 123% £5",
    "\u200fא\u200eb\u061cج",
    "اسم: Ahmed، العمر: 17؛ الهاتف 0116",
    "((((((((((((((א))))))))))))))",
)
_MARKUP = (
    "<b>bold</b> &amp; <script>alert(1)</script>",
    "<para><font size=99>x</font></para>",
    "]]> <!-- --> <?xml?> &#x41; %41 %s {0} ${x}",
    "(unbalanced ( ( \\ ) \\) \\( \\n \\012",
    ") Tj ET Q EMC BT /F1 99 Tf (",
    "/Artifact BMC endstream endobj %%EOF xref",
    "'; DROP TABLE people; -- \" =cmd|' /C calc'!A0",
    "back\\slash / slash // \\\\server\\share",
)
_CONTROLS = (
    "null \x00 bell \x07 escape \x1b[31m delete \x7f",
    "line\nline\r\nline\rline\u2028line\u2029line",
    "\t tab \t\t tabs \x0b vertical \x0c form feed",
    "soft\u00adhyphen zero\u200bwidth no\u00a0break\u202fspace\u3000wide",
    "lone \ud800 and \udfff halves",
    "\ufffe\uffff\ufdd0 not characters \U0010ffff",
    "private \ue000 \uf8ff \U000f0000",
    "\x80\x85\x9f second controls",
)
_RARE = (
    "𝒜𝓁𝒾 𝔸𝕝𝕚 Ａｌｉ ⒶⓁⒾ",
    "𒀀𒁀 𓀀𓁐 𐎀𐎁 cuneiform and others",
    "☎ ✉ ♥ ★ ☃ ⚠ ← → ↔ ⇒ ∑ √ ∞ ≠ ≤",
    "€ £ ¥ ₹ ₺ ₦ ₽ ₩ ¢ ‰ № ™ © ®",
    "“quotes” ‘single’ „low” «guillemets» … – — ‐ ‑",
    "ǅ ǈ Ǌ ß ẞ ı İ ĸ ŉ Ĳ ĳ Ŀ",
    "①②③ ½ ⅓ ² ₂ Ⅳ ㊗ ㍿ ㌔",
    "ｱｲｳ ｶﾞ 가각 ㄱㄴ ㄅㄆ",
)
_BASES = (*_LONG_WORDS, *_MARKS, *_DIRECTIONS, *_MARKUP, *_CONTROLS, *_RARE)
_AROUND = ("{}", "before {} after", "{} {} {}")
HOSTILE_STRINGS = tuple(around.replace("{}", base) for base, around in product(_BASES, _AROUND))[:144]
"""Each alone, between words, and three times."""
