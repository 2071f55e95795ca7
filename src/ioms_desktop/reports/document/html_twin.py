"""The HTML twin of a document: plain, without scripts or anything fetched, for who reads on screen or by ear."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import count

from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Contents,
    Figure,
    Heading,
    LabelledValues,
    Masthead,
    Notice,
    PageBreak,
    PageFrame,
    PaperDocument,
    Paragraph,
    Run,
    Table,
    TextTone,
    Words,
    runs_of,
)

SECTION_LEVEL = 2
STYLE = (
    "body{font:1rem/1.45 'Noto Sans',sans-serif;color:#1b2430;max-width:50rem;margin:1.5rem auto;padding:0 1rem}"
    "h2{border-top:1px solid #55606f;font-size:1.1rem;margin:1.2rem 0 .2rem}h3{font-size:1rem;margin:.6rem 0 .2rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.15rem .6rem .15rem 0}"
    "td.number,th.number{text-align:end}tr+tr{border-top:1px solid #d8dde4}th,.quiet{color:#55606f;font-weight:normal}"
    ".notice{border:1px solid #55606f;padding:.4rem .6rem}.urgent{border-color:#b3261e;color:#b3261e;font-weight:bold}"
    ".band{border:3px solid;font-weight:bold;padding:.1rem .6rem;display:inline-block}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
TONES = {TextTone.PLAIN: "{}", TextTone.STRONG: "<strong>{}</strong>", TextTone.QUIET: '<span class="quiet">{}</span>'}


def render_html(document: PaperDocument, style: str = STYLE) -> str:
    """Return a document as one HTML page; it says what the PDF says, in the same order.

    Args:
        document: What it says.
        style: How it looks, as CSS; empty where whatever shows it has a style of its own.
    """
    frame = document.frame
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{_line(document.language)}">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{_line(document.title)}</title>",
            f"<style>{style}</style></head>" if style else "</head>",
            "<body>",
            *_header(frame),
            "<main>",
            *_main(document.blocks),
            *(line for number, part in enumerate(document.parts, 1) for line in _part(number, part)),
            "</main>",
            *_footer(frame),
            "</body></html>",
            "",
        )
    )


def _header(frame: PageFrame) -> Iterator[str]:
    warning = f" <strong>{_text(frame.warning)}</strong>" if frame.warning else ""
    yield f"<header><p><strong>{_text(frame.marking)}</strong>{warning}</p>"
    if frame.band is not None:
        yield f'<p><span class="band">{_text(frame.band.word)}</span></p>'
    yield "</header>"


def _footer(frame: PageFrame) -> Iterator[str]:
    lines = (*frame.foot_lines, _label_of(frame))
    yield "<footer>"
    yield from (f'<p dir="auto">{_text(line)}</p>' for line in lines if line)
    yield f"<p><strong>{_text(frame.marking)}</strong></p></footer>"


def _label_of(frame: PageFrame) -> str:
    """Say which copy it is, and its code."""
    return ", ".join(part for part in (frame.copy_label, frame.print_id) if part)


def _main(blocks: Sequence[Block]) -> Iterator[str]:
    numbers = count(1)
    is_open = False
    for block in blocks:
        if isinstance(block, Heading) and block.level == SECTION_LEVEL:
            number = next(numbers)
            if is_open:
                yield "</section>"
            yield f'<section aria-labelledby="s{number}">'
            yield f'<h2 id="s{number}" dir="auto">{_text(block.text)}</h2>'
            is_open = True
        else:
            yield from _block(block)
    if is_open:
        yield "</section>"


def _part(number: int, part: PaperDocument) -> Iterator[str]:
    """Give a part of a document as one section, its headings a level lower, with its own warning and code."""
    yield f'<section aria-labelledby="p{number}">'
    for block in part.blocks:
        if isinstance(block, Masthead):
            yield f'<h2 id="p{number}" dir="auto">{_text(block.title)}</h2>'
            if part.frame.warning:
                yield f"<p><strong>{_text(part.frame.warning)}</strong></p>"
            yield from _beneath(block)
        elif isinstance(block, Heading):
            yield from _block(replace(block, level=block.level + 1))
        else:
            yield from _block(block)
    yield f'<p class="quiet">{_text(_label_of(part.frame))}</p>'
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f'<h{block.level} dir="auto">{_text(block.text)}</h{block.level}>'
        case Paragraph():
            yield f'<p dir="auto">{_words(block.words, block.tone)}</p>'
        case Notice():
            kind = "notice urgent" if block.urgent else "notice"
            yield f'<p class="{kind}" dir="auto">{_words(block.words)}</p>'
        case Figure():
            yield f"<figure><figcaption>{_text(block.alt)}</figcaption></figure>"
        case Masthead():
            yield f'<h1 dir="auto">{_text(block.title)}</h1>'
            yield from _beneath(block)
        case BulletList() | LabelledValues():
            yield from _items(block)
        case Table():
            yield from _table(block)
        case Contents():
            yield from _table(Table(block.columns, block.rows))
        case PageBreak():
            pass


def _beneath(block: Masthead) -> Iterator[str]:
    """Give what is said beneath a title."""
    if block.standing is not None:
        note = f' <span class="quiet">{_text(block.standing.note)}</span>' if block.standing.note else ""
        yield f"<p><strong>{_text(block.standing.word)}</strong>{note}</p>"
    yield from (f'<p dir="auto">{_text(line)}</p>' for line in (block.subtitle, block.line) if line)


def _items(block: BulletList | LabelledValues) -> Iterator[str]:
    if isinstance(block, BulletList):
        yield "<ul>"
        yield from (f'<li dir="auto">{_words(words)}</li>' for words in block.items)
        yield "</ul>"
        return
    yield "<table>"
    for label, value in block.pairs:
        yield f'<tr><th scope="row" dir="auto">{_text(label)}</th><td dir="auto">{_words(value)}</td></tr>'
    yield "</table>"


def _table(block: Table) -> Iterator[str]:
    columns, rows = block.shown()
    ends = [' class="number"' if column.is_number else "" for column in columns]
    yield "<table>"
    if block.caption:
        yield f"<caption>{_text(block.caption)}</caption>"
    headings = "".join(
        f'<th scope="col"{end}>{_text(column.heading)}</th>' for column, end in zip(columns, ends, strict=True)
    )
    yield f"<thead><tr>{headings}</tr></thead>"
    yield "<tbody>"
    for row in rows:
        cells = "".join(f'<td{end} dir="auto">{_words(words)}</td>' for words, end in zip(row, ends, strict=True))
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table>"


def _words(words: Words, tone: TextTone = TextTone.PLAIN) -> str:
    return "".join(_run(run, tone) for run in runs_of(words, tone))


def _run(run: Run, tone: TextTone) -> str:
    return TONES[tone if run.tone is TextTone.PLAIN else run.tone].format(_text(run.text))


def _text(text: str) -> str:
    """Escape a text, with its line ends; what HTML cannot hold is left out."""
    return "<br>".join(escape(line) for line in UNSHOWN.sub("", text).splitlines())


def _line(text: str) -> str:
    """Escape a text as one line."""
    return escape(" ".join(UNSHOWN.sub("", text).split()))
