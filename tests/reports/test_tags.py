"""The tagged structure of a printed summary."""

import io
from itertools import pairwise

import pytest

from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.reports.layout.canvas import PaperCanvas
from reports.pdf_structure import Node, Structure
from reports.reading import printed
from reports.sample import CALLUM_FULL, JAYDEN_FULL

WHOLE = (CALLUM_FULL, JAYDEN_FULL)
MAY_HOLD = {
    "Document": {"H1", "P", "Sect"},
    "Sect": {"H2", "H3", "P", "Table", "L", "Figure"},
    "Table": {"Caption", "TR"},
    "TR": {"TH", "TD"},
    "L": {"LI"},
    "LI": {"Lbl", "LBody"},
}


def in_order(structure: Structure) -> list[Node]:
    """Walk the tree from its root, as a screen reader does."""
    (root,) = (node for node in structure.nodes.values() if node.kind == "Document")
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += [structure.nodes[kid] for kid in reversed(node.kids)]
    return found


@pytest.mark.parametrize("summary", WHOLE)
def test_the_document_says_that_it_is_tagged_what_it_is_called_and_its_language(summary: CaseSummary) -> None:
    document = printed(summary)
    catalogue = Structure(document).catalogue
    assert b"/StructTreeRoot" in catalogue
    assert b"/MarkInfo" in catalogue
    assert b"<< /Marked true >>" in document
    assert b"(en-GB)" in catalogue
    assert b"DisplayDocTitle" in document
    assert f"Case summary: {summary.identity.name}".encode() in document


@pytest.mark.parametrize("summary", WHOLE)
def test_all_marked_content_belongs_to_one_element_that_lists_it(summary: CaseSummary) -> None:
    structure = Structure(printed(summary))
    parents = structure.parents()
    assert len(parents) == len(structure.pages)
    listed = [(page, number) for node in structure.nodes.values() for page, number in node.content]
    assert len(listed) == len(set(listed))
    for page in range(len(structure.pages)):
        marked = structure.marked(page)
        assert [number for _, number in marked] == list(range(len(marked)))
        assert len(parents[page]) == len(marked)
        for (kind, number), owner in zip(marked, parents[page], strict=True):
            assert structure.nodes[owner].kind == kind
            assert (page, number) in structure.nodes[owner].content


@pytest.mark.parametrize("summary", WHOLE)
def test_nothing_is_drawn_outside_an_element_or_an_artefact(summary: CaseSummary) -> None:
    structure = Structure(printed(summary))
    for page in range(len(structure.pages)):
        inside = False
        for line in structure.content(page).decode("latin-1").splitlines():
            if line.endswith(("BDC", "BMC")):
                inside = True
            elif line == "EMC":
                inside = False
            elif line.endswith((" Tj", " TJ", " S", " f", " B", " f*", " B*")) or " Tj " in line:
                assert inside, line


@pytest.mark.parametrize("summary", WHOLE)
def test_the_tree_joins_every_element_to_its_parent_and_kinds_nest_as_they_may(summary: CaseSummary) -> None:
    structure = Structure(printed(summary))
    walked = in_order(structure)
    assert {node.number for node in walked} == set(structure.nodes)
    for node in walked:
        for kid in node.kids:
            assert structure.nodes[kid].parent == node.number
            assert structure.nodes[kid].kind in MAY_HOLD.get(node.kind, set()), node.kind
        assert node.kids or node.content or node.kind in {"TD", "TH"}


@pytest.mark.parametrize("summary", WHOLE)
def test_what_is_read_aloud_comes_in_the_order_of_drawing(summary: CaseSummary) -> None:
    structure = Structure(printed(summary))
    places = [place for node in in_order(structure) for place in node.content]
    assert places == sorted(places)


@pytest.mark.parametrize("summary", WHOLE)
def test_headings_step_down_by_one_and_tables_have_heading_cells(summary: CaseSummary) -> None:
    walked = in_order(Structure(printed(summary)))
    ranks = [int(node.kind[1]) for node in walked if node.kind in {"H1", "H2", "H3"}]
    assert ranks[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(ranks))
    headings = [node for node in walked if node.kind == "TH"]
    assert headings
    assert all(b"/Scope /" in node.text for node in headings)


def test_the_timeline_is_a_figure_that_tells_its_facts() -> None:
    (figure,) = (node for node in Structure(printed(JAYDEN_FULL)).nodes.values() if node.kind == "Figure")
    alt = "12 seen and 3 missed".encode("utf-16-be").hex().encode()
    assert alt in figure.text
    assert b"/BBox" in figure.text


def test_content_left_open_or_closed_twice_is_refused() -> None:
    canvas = PaperCanvas(io.BytesIO())
    tags = canvas.tags
    with pytest.raises(ValueError, match="No marked content"):
        tags.end()
    tags.begin_artefact()
    with pytest.raises(ValueError, match="does not nest"):
        tags.begin(tags.root)
    with pytest.raises(ValueError, match="end on its page"):
        canvas.showPage()
