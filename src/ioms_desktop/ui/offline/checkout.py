"""Take cases away: why, until when, where to, and the passphrase of the new file."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases
from ioms_desktop.services.session import Desk
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import FittingDialog
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import Lean
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import place_of, vacant
from ioms_desktop.ui.sign_in.database_label import is_shared
from ioms_desktop.ui.sign_in.passphrase import NewPassphrase
from ioms_desktop.ui.tasks import Tasks

MOST_NAMED = 4
INTRO = (
    "{which} A new encrypted file for you alone, with everything you may read of them. It goes on record as disclosed. "
    "Work in it without the network, then bring it back; what others changed meanwhile is compared with what you did."
)


class TakeAwayDialog(FittingDialog):
    """Collects what a take-away needs; what is typed of a passphrase is kept nowhere."""

    def __init__(self, desk: Desk, tasks: Tasks, case_refs: Sequence[str], parent: QWidget | None = None) -> None:
        """Ask.

        Args:
            desk: Who takes them.
            tasks: Where the file is made.
            case_refs: The cases.
            parent: The window it belongs to.
        """
        self.case_refs = tuple(dict.fromkeys(case_refs))
        super().__init__(
            tasks,
            title="Take cases away",
            verb="&Take away",
            intro=INTRO.format(which=_which(self.case_refs)),
            parent=parent,
        )
        self.desk = desk
        self._ask()
        self.ready()

    def _ask(self) -> None:
        desk = self.desk
        reasons = [option for option in labels.options(desk.lists.of("reason_code")) if option.code != "TRAINING"]
        add = self.form.add
        self.reason = add(CodeField("reason", "&Why", reasons, required=True))
        self.until = add(
            DateField(
                "until",
                "&Back by",
                today=desk.today(),
                lean=Lean.AHEAD,
                required=True,
                rule=self._passed,
                help="Until then it counts as out.",
            )
        )
        self.where = add(
            TextField(
                "where", "&File", required=True, rule=_place, help="On this computer or a stick, never a network share."
            )
        )
        self.where.set_value(str(_free(data_folder(), desk.today().isoformat())))
        self.new = NewPassphrase(self.form, "Of the new file. Several words are best.", lambda: desk.user)
        self.show_below_form(self.new.strength)
        self.new.strength.setContentsMargins(24, 0, 24, 4)

    def _passed(self, until: Any) -> str:  # noqa: ANN401 - a date, as the field gives it
        return "This day has passed. Give the day by which the file is back." if until < self.desk.today() else ""

    @override
    def work(self) -> Callable[[], Any]:
        reason, where = self.reason.value(), (self.where.value() or "").strip()
        if reason is None or not where:
            raise Refused("A take-away needs its reason and its place. Nothing was taken.")
        entry = CheckOutCases(
            path=place_of(where),
            cases=self.case_refs,
            reason=reason,
            password=self.new.value(),
            until=self.until.value(),
        )
        return partial(_made, self.desk, entry)


def _made(desk: Desk, entry: CheckOutCases) -> object:
    if entry.path.parent == data_folder():
        data_folder().mkdir(parents=True, exist_ok=True)
    return check_out_cases(desk, entry)


def _which(case_refs: tuple[str, ...]) -> str:
    named = ", ".join(case_refs[:MOST_NAMED])
    if len(case_refs) == 1:
        return f"Case {named}."
    more = f" and {len(case_refs) - MOST_NAMED} more" if len(case_refs) > MOST_NAMED else ""
    return f"{pluralise(len(case_refs), 'case').capitalize()}: {named}{more}."


def _free(folder: Path, day: str) -> Path:
    """Propose a name that no file has."""
    names = (f"away-{day}{'' if number == 1 else f'-{number}'}.ioms" for number in range(1, 1000))
    return next(folder / name for name in names if not (folder / name).exists())


def _place(text: str) -> str:
    if is_shared(text):
        return "This is the address of a server. Name a file."
    return vacant(text, "There is a file of this name already. Choose another name; nothing was changed.")
