"""The dialog that creates an encrypted file of cases for work offline."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases
from ioms_desktop.services.session import Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import expand_path, new_file_problem, unused_path
from ioms_desktop.ui.sign_in.passphrase import NewPassphraseFields
from ioms_desktop.ui.tasks import Tasks

INTRO = (
    "A new encrypted file for you alone, with everything you may read of them. It goes on record as disclosed. "
    "Work in it without the network, then import it; your changes are compared with those that others made meanwhile."
)


class CheckoutDialog(AutoHeightDialog):
    """Asks for reason, last day, path and passphrase of the new file; the passphrase is never saved in a draft."""

    def __init__(self, session: Session, tasks: Tasks, case_refs: Sequence[str], parent: QWidget | None = None) -> None:
        self.case_refs = tuple(dict.fromkeys(case_refs))
        super().__init__(
            tasks,
            title="Work offline",
            verb="&Create file",
            about=f"{labels.describe_cases(self.case_refs)}.",
            intro=INTRO,
            parent=parent,
        )
        self.session = session
        self._add_fields()
        self.finish_layout()

    def _add_fields(self) -> None:
        session = self.session
        reasons = labels.reason_options(session.lists)
        add = self.form.add
        self.reason = add(CodeField("reason", "&Why", reasons, required=True))
        self.until = add(
            DateField(
                "until",
                "&Back by",
                today=session.today,
                bias=DateBias.AHEAD,
                required=True,
                rule=self._check_not_past,
                help="Until then it counts as out.",
            )
        )
        self.target = add(
            TextField(
                "where",
                "&File",
                required=True,
                rule=partial(new_file_problem, server_problem="This is the address of a server. Name a file."),
                help="On this computer or a stick, never a network share.",
            )
        )
        self.target.set_value(str(unused_path(data_folder(), f"away-{session.today().isoformat()}")))
        self.passphrase = NewPassphraseFields(
            self.form, "Of the new file. Several words are best.", lambda: session.user
        )
        self.show_below_form(self.passphrase.strength)
        self.passphrase.strength.setContentsMargins(24, 0, 24, 4)

    def _check_not_past(self, until: Any) -> str:  # noqa: ANN401 - a date, as the field returns it
        return (
            "This day has passed. Enter the day by which the file will be back." if until < self.session.today() else ""
        )

    @override
    def build_command(self) -> Callable[[], Any]:
        reason, where = self.reason.value(), (self.target.value() or "").strip()
        if reason is None or not where:
            raise MissingValue("Choose the reason and the path of the file. Nothing was created.")
        entry = CheckOutCases(
            path=expand_path(where),
            cases=self.case_refs,
            reason=reason,
            password=self.passphrase.value(),
            until=self.until.value(),
        )
        return partial(_check_out, self.session, entry)


def _check_out(session: Session, entry: CheckOutCases) -> object:
    if entry.path.parent == data_folder():
        data_folder().mkdir(parents=True, exist_ok=True)
    return check_out_cases(session, entry)
