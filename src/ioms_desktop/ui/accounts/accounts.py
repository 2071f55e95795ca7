"""Dialogs for accounts: add a person, set a new password, change team and last day, disable and enable."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.accounts.accounts import AccountRow, change_account
from ioms_desktop.services.accounts.display_names import MAX_DISPLAY_NAME_CHARS
from ioms_desktop.services.accounts.users import add_user, disable_user, enable_user
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.services.sign_in.password_change import set_password
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.forms.choice_fields import CodeField, Option
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import CheckBoxField, TextField
from ioms_desktop.ui.sign_in.passphrase import NewPassphraseFields
from ioms_desktop.ui.tasks import Tasks

CHANGED_TOPICS = frozenset({Topic.USERS})
MAX_NAME_CHARS = 63
MAX_TEAM_CHARS = 80
DEFAULT_PARTNER_TERM = timedelta(days=182)
"""Default term of a partner's account, so that an account that nobody ends does not remain."""
FIRST_PASSWORD_HELP = (
    "The first one, which you tell them by word of mouth. Several words are best; let them change it at once."
)
NO_PASSWORD_LABEL = "a password: the server knows them by a Kerberos ticket or a certificate"
NEW_PASSWORD_HELP = "Tell it to them by word of mouth. Several words are best; let them change it at once."
ROLE_DESCRIPTIONS = {
    Role.OFFICER: "Reads and records on both programmes, intelligence included.",
    Role.NAVIGATOR: "Reads and records on Phoenix, without intelligence, trial arm and police notes.",
    Role.SUPERVISOR: "As an officer; authorises, imports, exports, and says who may know of a case.",
    Role.COORDINATOR: "Reads cases and performance figures, prints.",
    Role.PARTNER: "Sees the header of the cases assigned to them, and nothing else.",
    Role.ANALYST: "Sees figures, no person.",
    Role.AUDITOR: "Reads who looked and who changed, no case.",
    Role.ADMINISTRATOR: "Looks after users and the database, reads no case.",
}


def _outcome(sentence: str) -> Outcome:
    return Outcome(notice=sentence, changed=CHANGED_TOPICS)


DISPLAY_NAME_HELP = "As everybody reads it, on screen and on paper: PC 4411 ADEYEMI. Empty for the login."


def _display_name_field() -> TextField:
    return TextField("display_name", "&Reads as", limit=MAX_DISPLAY_NAME_CHARS, width=280, help=DISPLAY_NAME_HELP)


class _TeamAndExpiryFields:
    """The fields for the team whose cases a person shares, and for the last day on which they may sign in."""

    def __init__(self, dialog: AutoHeightDialog, today: Callable[[], date], teams: Sequence[str]) -> None:
        known = f" Teams there are: {', '.join(teams)}." if teams else ""
        words = f"Cases of other teams are then kept from them, unless assigned. Empty for every team's.{known}"
        self.team = dialog.form.add(TextField("team", "&Team", limit=MAX_TEAM_CHARS, help=words))
        self.until = dialog.form.add(
            DateField("until", "Last &day", today=today, bias=DateBias.AHEAD, help="Included. Empty for no end.")
        )


class AddPersonDialog(AutoHeightDialog):
    """Asks for the details of a new account."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        teams: Sequence[str],
        parent: QWidget | None = None,
        *,
        waiting: AccountRow | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: An administrator's session.
            tasks: Runs the command.
            teams: The teams in use.
            parent: The Qt parent.
            waiting: A person who worked here before the server had logins, and now gets one; None for a new person.
        """
        super().__init__(
            tasks,
            title="Add a person",
            verb="&Add",
            intro="One account for one person, with one role. What they do goes on record under this name.",
            parent=parent,
        )
        self.session = session
        roles = session.lists.of("role")
        options = [Option(role.value, roles.label(role)) for role in Role]
        self.name = self.form.add(TextField("name", "&Name", limit=MAX_NAME_CHARS, required=True, width=280))
        self.display_name = self.form.add(_display_name_field())
        self.role = self.form.add(CodeField("role", "R&ole", options, required=True, width=280))
        self.role_card = Card("What the role may do", ("Choose a role.",))
        self.form.place(self.role_card)
        self._team_and_expiry = _TeamAndExpiryFields(self, session.today, teams)
        self.without_password = self.form.add(CheckBoxField("otherwise", "&Without", NO_PASSWORD_LABEL))
        self.passphrase = NewPassphraseFields(self.form, FIRST_PASSWORD_HELP, lambda: self.name.value() or "")
        self.form.place(self.passphrase.strength)
        self.form.set_field_visible("otherwise", is_shared(session.store.location))
        self.role.changed.connect(self._show_role)
        self.without_password.changed.connect(self._show_passphrase)
        if waiting is not None:
            self.name.set_value(waiting.name)
            self.role.set_value(waiting.role)
        self.finish_layout()

    @property
    def until(self) -> DateField:
        """The last day of access, inclusive."""
        return self._team_and_expiry.until

    @property
    def team(self) -> TextField:
        """The team."""
        return self._team_and_expiry.team

    @Slot()
    def _show_role(self) -> None:
        role = self.role.value()
        if role is None:
            return
        self.role_card.set_lines((ROLE_DESCRIPTIONS[Role(role)],))
        if role == Role.PARTNER and self.until.value() is None:
            self.until.set_value(self.session.today() + DEFAULT_PARTNER_TERM)

    @Slot()
    def _show_passphrase(self) -> None:
        for field in (self.passphrase.first, self.passphrase.second):
            self.form.set_field_visible(field.name, not self.without_password.value())

    @override
    def build_command(self) -> Callable[[], Outcome]:
        name, role = self.name.value(), self.role.value()
        if not name or role is None:
            raise MissingValue("An account needs its name and its role. Your entry is kept.")
        if role == Role.PARTNER and self.until.value() is None:
            raise MissingValue("A partner's account needs its last day. Your entry is kept; it can be put off later.")
        session, password = self.session, None if self.without_password.value() else self.passphrase.value()
        team, until, shown = self.team.value() or "", self.until.value(), self.display_name.value() or ""
        return lambda: _outcome(add_user(session, name, role, password, team=team, until=until, display_name=shown))


class AccountDialog(AutoHeightDialog):
    """Asks how the name of an account reads, for its team and for its last day."""

    def __init__(
        self, session: Session, tasks: Tasks, row: AccountRow, teams: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            tasks, title="Name, team and last day", verb="&Save", about=f"{row.name}, {row.role_label}.", parent=parent
        )
        self.session, self.row = session, row
        self.display_name = self.form.add(_display_name_field())
        self.display_name.set_value(row.display_name)
        more = _TeamAndExpiryFields(self, session.today, teams)
        self.team, self.until = more.team, more.until
        self.team.set_value(row.team)
        self.until.set_value(row.expires_on)
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        session, name, team, until = self.session, self.row.name, self.team.value() or "", self.until.value()
        shown = self.display_name.value() or ""
        return lambda: _outcome(change_account(session, name, team=team, until=until, display_name=shown))


class NewPasswordDialog(AutoHeightDialog):
    """Asks for a new password for another user."""

    def __init__(self, session: Session, tasks: Tasks, row: AccountRow, parent: QWidget | None = None) -> None:
        kept = "" if is_shared(session.store.location) else " Entries they had not saved cannot be opened any more."
        super().__init__(
            tasks,
            title="New password",
            verb="&Set it",
            about=f"{row.name}, {row.role_label}.",
            intro=f"The one they had no longer opens anything.{kept}",
            parent=parent,
        )
        self.session, self.row = session, row
        self.passphrase = NewPassphraseFields(self.form, NEW_PASSWORD_HELP, lambda: row.name)
        self.form.place(self.passphrase.strength)
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        session, name, password = self.session, self.row.name, self.passphrase.value()
        return lambda: _outcome(set_password(session, name, password))


class DisableDialog(AutoHeightDialog):
    """Explains the effect of disabling an account and asks for confirmation."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        row: AccountRow,
        parent: QWidget | None = None,
        *,
        orphaned: str = "",
        held: str = "",
    ) -> None:
        """Explain it.

        Args:
            session: The session of the administrator.
            tasks: Runs the command.
            row: The account.
            parent: The Qt parent.
            orphaned: Which cases and teams would have no supervisor any more; empty for none.
            held: On how many cases they still work; empty for none.
        """
        super().__init__(
            tasks,
            title="Disable an account",
            verb="&Disable",
            about=f"{row.name}, {row.role_label}, {row.state}.",
            danger=True,
            parent=parent,
        )
        self.session, self.row = session, row
        if orphaned:
            self.form.place(Card("Without a supervisor then", (orphaned,)))
        if held:
            self.form.place(Card("Still working on cases", (held,)))
        self.form.place(Card("What happens", describe_disabling(shared=is_shared(session.store.location))))
        self.finish_layout()
        self.secondary.setFocus()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        session, name = self.session, self.row.name
        return lambda: _outcome(disable_user(session, name))


class EnableDialog(AutoHeightDialog):
    """Enables a disabled account; in a file it needs a new password, because its key was removed."""

    def __init__(self, session: Session, tasks: Tasks, row: AccountRow, parent: QWidget | None = None) -> None:
        shared = is_shared(session.store.location)
        intro = "They may sign in again in their former role and under their own name"
        super().__init__(
            tasks,
            title="Let somebody in again",
            verb="&Let them in",
            about=f"{row.name}, {row.role_label}.",
            intro=f"{intro}, as they did before." if shared else f"{intro}, with another password.",
            parent=parent,
        )
        self.session, self.row = session, row
        self.passphrase = None if shared else NewPassphraseFields(self.form, NEW_PASSWORD_HELP, lambda: row.name)
        if self.passphrase is not None:
            self.form.place(self.passphrase.strength)
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        session, name, password = (
            self.session,
            self.row.name,
            self.passphrase.value() if self.passphrase is not None else "",
        )
        return lambda: _outcome(_enable(session, name, password))


def _enable(session: Session, name: str, password: str) -> str:
    sentence = enable_user(session, name)
    return set_password(session, name, password) if password else sentence


def describe_disabling(*, shared: bool) -> tuple[str, ...]:
    """Describe what disabling an account does, for a shared database or a local file."""
    common = "What they recorded stays, under their name. They can be let in again, should it have been a mistake."
    if shared:
        return (
            "They can no longer sign in, and whatever they have open ends within a moment, in every program.",
            "What they had typed and not saved stays encrypted on their own computer.",
            common,
        )
    return (
        "They can no longer sign in, and the file is given another key, which takes a moment for a large one.",
        "A copy or a backup made before can still be read by whoever kept it and knows a password of that time.",
        common,
    )


def format_expiry(row: AccountRow) -> str:
    """Format the last day of an account; empty if it has none."""
    return format_day(row.expires_on) if row.expires_on is not None else ""
