"""What a person says of themselves, kept apart from what others write about them."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import Keeper, RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, day, long_text, ref, worker_name


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords(Record):
    """A child's or adult's own words on their strengths and on the help they want, as they were said on a day."""

    table: ClassVar[str] = "own_words"
    key: ClassVar[tuple[str, ...]] = ("own_words_ref",)
    label: ClassVar[str] = "Own words"
    plural: ClassVar[str] = "In their own words"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT, free_text=("strengths", "help_wanted", "said_to"), kept_by=Keeper.AUTHOR
    )

    own_words_ref: str = ref(prefix="OW")
    case_ref: str = ref("cases")
    said_on: date = day(required=True)
    strengths: str | None = long_text(label="What they are good at", help="As they said it, not as we would.")
    help_wanted: str | None = long_text(label="Help they want", help="As they said it, not as we would.")
    said_to: str | None = worker_name()
