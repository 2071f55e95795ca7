"""How letters were delivered, in words: for the sections of a case and for the office copy of its summary."""

from ioms_desktop.domain.printing.oversight_lines import DeliveryLine
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.documents.delivery import DELIVERED, LETTER, LetterDelivery
from ioms_desktop.domain.records.documents.document import POLICE_ONLY, Document
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView

NOT_KEPT_HERE = "A letter that is not kept here"
NOT_THEIRS = "Not for your role"


def describe_delivery(lists: CodeLists, delivery: LetterDelivery) -> str:
    """Say what came of delivering a letter, how, and to whom else: `Left with somebody: his mother`."""
    how = lists.of("delivery_method").label(delivery.method)
    if delivery.outcome != DELIVERED:
        how = f"{lists.of('delivery_outcome').label(delivery.outcome)} ({how[0].lower()}{how[1:]})"
    return f"{how}: {delivery.given_to}" if delivery.given_to else how


def delivered_letter(view: CaseView, delivery: LetterDelivery) -> str:
    """Return the title of the letter of a delivery; of one that this user may not read, that it is not for them."""
    if delivery.document_ref is None:
        return NOT_KEPT_HERE
    titles = {each.document_ref: each.title for each in view.of(Document)}
    return titles.get(delivery.document_ref, NOT_THEIRS)


def delivery_lines(view: CaseView, lists: CodeLists) -> tuple[DeliveryLine, ...]:
    """Return the deliveries by the day of a view, the latest first, for print; then the letters kept without any."""
    made = [each for each in view.of(LetterDelivery) if each.attempted_at.on <= view.as_of]
    lines = (
        DeliveryLine(
            at=each.attempted_at,
            letter=delivered_letter(view, each),
            outcome=describe_delivery(lists, each),
            delivered_by=each.delivered_by or "",
            witnessed_by=each.witnessed_by or "",
        )
        for each in sorted(made, key=lambda each: (each.attempted_at.iso_text, each.id), reverse=True)
    )
    tried = {each.document_ref for each in made}
    kept = [
        each
        for each in view.of(Document)
        if each.kind == LETTER and each.handling != POLICE_ONLY  # a copy on paper is read by others than who prints it
        if each.case_ref == view.case.case_ref and each.dated_on <= view.as_of
    ]
    waiting = (each for each in sorted(kept, key=lambda each: each.dated_on) if each.document_ref not in tried)
    return (*lines, *(DeliveryLine(letter=f"{each.title}, {format_day(each.dated_on)}") for each in waiting))
