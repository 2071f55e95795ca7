"""The content of a paper by Typst and by WeasyPrint, where they are installed; neither is needed by the application.

Both are given the same words, tables and chart as bare Platypus, the marking on every page, the page numbers and the
same typeface, and write a tagged PDF/UA-1, as the application does.
"""

import io
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

from ioms_desktop.charts.shapes import Circle, ColourRole, Picture, Polygon, Rect, Strokes, Text
from ioms_desktop.paths import resource
from ioms_desktop.reports.layout.palette import paper_colour

Way = Callable[[io.BytesIO], object]
LANGUAGE, TITLE = "en", "Case summary"
TEMPLATE = b"""
#let given = json(bytes(sys.inputs.content))
#set document(title: given.title)
#set text(font: "Noto Sans", size: 9.5pt, lang: "en", region: "GB")
#set par(spacing: 4pt, leading: 4pt)
#set page(
  paper: "a4", margin: (x: 48pt, top: 40pt, bottom: 74pt),
  header: align(center, strong(given.about.first())),
  footer: [
    #set text(size: 7pt)
    #given.about.slice(1).join(linebreak()) #h(1fr) Page #context counter(page).display("1 of 1", both: true)
    #align(center, text(size: 9pt, strong(given.about.first())))
  ],
)
#for part in given.parts {
  if part.kind == "text" { par(part.text) }
  if part.kind == "picture" { image(bytes(part.svg), format: "svg", width: 100%, alt: part.alt) }
  if part.kind == "table" {
    table(
      columns: (1fr,) * part.rows.first().len(), stroke: (top: 0.4pt + rgb("#D8DDE4"), rest: none),
      inset: (x: 2pt, y: 1pt), ..part.rows.flatten(),
    )
  }
}
"""
STYLE = """
@font-face{font-family:"Noto Sans";src:url("%s")}
@page{size:a4;margin:40pt 48pt 74pt;font:7pt "Noto Sans";@top-center{content:"%s";font-size:9pt;font-weight:bold}
@bottom-left{content:"%s";white-space:pre;width:80%%}
@bottom-right{content:"Page " counter(page) " of " counter(pages)}}
body{font:9.5pt "Noto Sans"}p{margin:0 0 4pt}table{width:100%%;table-layout:fixed;border-spacing:0}
td{border-top:.4pt solid #d8dde4;padding:1pt 2pt;vertical-align:top}img{width:100%%}
"""


def installed() -> dict[str, Callable[[list[Any], list[str]], Way]]:
    """Return those that can be imported here, by name; each takes the content and what is on every page."""
    known = {"typst": _by_typst, "weasyprint": _by_weasyprint}
    return {name: way for name, way in known.items() if find_spec(name) is not None}


def left_out() -> str:
    """Say which are not installed; empty where both are."""
    missing = [name for name in ("typst", "weasyprint") if find_spec(name) is None]
    return f"Not installed, and not measured: {', '.join(missing)}." if missing else ""


def _by_typst(found: list[Any], about: list[str]) -> Way:
    typst = import_module("typst")
    compiler = typst.Compiler(font_paths=[str(resource("fonts"))], ignore_system_fonts=True)

    turns = count()

    def write(out: io.BytesIO) -> None:
        # It remembers what it laid out before, and would only look the same papers up: each turn has other words.
        parts = [_part(each, f" {next(turns)}") for each in found]
        given = {"content": json.dumps({"title": TITLE, "about": about, "parts": parts})}
        out.write(compiler.compile(TEMPLATE, format="pdf", sys_inputs=given, pdf_standards=["ua-1"]))

    return write


def _part(each: Any, turn: str) -> dict[str, Any]:  # noqa: ANN401 - a text, a table or a picture
    if isinstance(each, Picture):
        return {"kind": "picture", "svg": svg_of(each), "alt": each.description or TITLE}
    if isinstance(each, str):
        return {"kind": "text", "text": each + turn}
    return {"kind": "table", "rows": [[words + turn for words in row] for row in each]}


def _by_weasyprint(found: list[Any], about: list[str]) -> Way:
    weasyprint, fonts = import_module("weasyprint"), import_module("weasyprint.text.fonts")
    configuration = fonts.FontConfiguration()
    marking, *beneath = (line.replace('"', "'") for line in about)
    typeface = resource("fonts", "NotoSans-Regular.ttf").as_uri()
    style = weasyprint.CSS(
        string=STYLE % (typeface, marking, "\\A ".join([*beneath, marking])), font_config=configuration
    )

    def write(out: io.BytesIO) -> None:
        body = "".join(map(_html_of, found))
        page = f'<html lang="{LANGUAGE}"><head><title>{TITLE}</title></head><body>{body}</body></html>'
        weasyprint.HTML(string=page).write_pdf(
            out, stylesheets=[style], font_config=configuration, pdf_variant="pdf/ua-1", presentational_hints=False
        )

    return write


def _html_of(each: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(each, str):
        return f"<p>{escape(each)}</p>"
    if isinstance(each, Picture):
        source = b64encode(svg_of(each).encode()).decode()
        return f'<img alt="{escape(each.description or TITLE)}" src="data:image/svg+xml;base64,{source}">'
    rows = ("".join(f"<td>{escape(words)}</td>" for words in row) for row in each)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def svg_of(picture: Picture) -> str:
    """Return a chart as SVG, with its words as text."""
    size = f'width="{picture.width}" height="{picture.height}" viewBox="0 0 {picture.width} {picture.height}"'
    drawn = "".join(part for shape in picture.flat_shapes() for part in _svg(shape))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Noto Sans">{drawn}</svg>'


def _svg(shape: Strokes | Rect | Polygon | Circle | Text) -> Iterator[str]:
    match shape:
        case Strokes():
            dash = f' stroke-dasharray="{" ".join(map(str, shape.dash))}"' if shape.dash else ""
            path = "".join(f"M{a} {b}L{c} {d}" for a, b, c, d in shape.segments)
            stroke = f'stroke="{_colour(shape.stroke)}" stroke-width="{shape.thickness}"{dash}'
            yield f'<path d="{path}" fill="none" {stroke}/>'
        case Rect():
            place = f'x="{shape.x}" y="{shape.y}" width="{shape.width}" height="{shape.height}" rx="{shape.radius}"'
            yield f"<rect {place} {_paint(shape)}/>"
        case Circle():
            yield f'<circle cx="{shape.x}" cy="{shape.y}" r="{shape.radius}" {_paint(shape)}/>'
        case Polygon():
            corners = " ".join(f"{point.x},{point.y}" for point in shape.points)
            yield f'<{"polygon" if shape.closed else "polyline"} points="{corners}" {_paint(shape)}/>'
        case Text():
            weight = ' font-weight="bold"' if shape.bold else ""
            place = f'x="{shape.x}" y="{shape.y}" font-size="{shape.size}" fill="{_colour(shape.fill)}"{weight}'
            yield f"<text {place}>{escape(shape.text)}</text>"


def _paint(shape: Rect | Circle | Polygon) -> str:
    stroke = f'stroke="{_colour(shape.stroke)}" stroke-width="{shape.thickness}"' if shape.stroke else ""
    return f'fill="{_colour(shape.fill)}" {stroke}'


def _colour(role: ColourRole | None) -> str:
    return "none" if role is None else f"#{paper_colour(role).hexval()[2:]}"
