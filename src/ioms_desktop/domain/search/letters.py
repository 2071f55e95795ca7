# ruff: noqa: RUF001 - letters that look like others are meant
"""Letters that are missing on an English keyboard, and how they are spelt without them."""

APOSTROPHES = "’‘`´ʼʻʹʿʾ＇‛ꞌ′ˈ"
COMMAS = ",;،؛、·"

_OF_LATIN = (
    # German, Scandinavian, Hungarian, Icelandic
    "ä a ae|ö o oe|ü u ue|ø o oe|å a aa|ő o oe|ű u ue|æ ae a|œ oe o|ß ss|þ th|ð d th|"
    # Azerbaijani, Turkish
    "ə a e|ş s sh|ç c ch|ğ g gh|ı i y|"
    # Slavonic, Romanian, Baltic
    "š s sh|ś s sh|ș s sh|č c ch|ć c ch|ž z zh|ź z zh|ż z zh|ț t ts|ţ t ts|đ d dj|ł l|ř r rz|"
    # Spanish, Maltese, Sami, languages of Africa
    "ñ n ny|ħ h|ġ g j|ċ c ch|ŋ n ng|ŧ t|ɓ b|ɗ d|ɖ d|ƙ k|ƴ y|ʋ v|ɛ e|ɔ o|ɣ g gh|"
    # Arabic, Indian and Japanese names with a scholar's accents
    "ṣ s sh|ḥ h|ẓ z|ḍ d|ṭ t|ā a aa|ī i ee|ū u oo|ō o ou"
)
_OF_CYRILLIC = (
    "а a|б b|в v|г g|ґ g|д d|е e ye|ё e yo|є ye|ж zh|з z|и i y|і i|ї yi|й y i|к k|л l|м m|н n|о o|п p|р r|с s|т t|у u|"
    "ў u|ф f|х kh h|ц ts|ч ch|ш sh|щ shch|ъ|ы y|ь|э e|ю yu|я ya ia|ђ d|ј j|љ lj|њ nj|ћ c|џ dz|қ k|ң n|ғ g|ү u|ұ u|һ h|"
    "ө o|ә a"
)
_OF_GREEK = "α a|β v|γ g|δ d|ε e|ζ z|η i|θ th|ι i|κ k|λ l|μ m|ν n|ξ x|ο o|π p|ρ r|σ s|ς s|τ t|υ y u|φ f|χ ch|ψ ps|ω o"
LETTER_SPELLINGS: dict[str, tuple[str, ...]] = {
    letter: tuple(spelt) or ("",)
    for letter, *spelt in (entry.split() for entry in f"{_OF_LATIN}|{_OF_CYRILLIC}|{_OF_GREEK}".split("|"))
}
"""How a letter is spelt where it is missing: the most usual spelling first."""
