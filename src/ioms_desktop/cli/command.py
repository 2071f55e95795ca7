"""How a command is declared beside the function that carries it out.

A module of `cli/commands` holds a `CommandGroup` and adds each of its functions with its name, help and options. All of
these modules are imported whenever the program starts, the window included, because the help lists every command: so
each imports services only inside its functions.
"""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    Subcommands: TypeAlias = _SubParsersAction["CommandParser"]

NEVER = "never"
Handler = Callable[[Namespace], int]


class Argument(NamedTuple):
    """An option or argument, as argparse takes it."""

    names: tuple[str, ...]
    settings: dict[str, Any]


class Command(NamedTuple):
    """One command: its words, and what carries it out.

    Attributes:
        description: A longer explanation, printed as it is laid out; None where the help says enough.
        defaults: Values that the function finds among its options, beside those given by the user.
    """

    name: str
    help: str
    handler: Handler
    options: tuple[Argument, ...]
    description: str | None
    defaults: dict[str, Any]


def option(*names: str, **settings: Any) -> Argument:  # noqa: ANN401 - as argparse takes them
    """Declare an option or argument: what `add_argument` of argparse takes."""
    return Argument(names, settings)


def parse_day(text: str) -> date:
    """Read a date option.

    Raises:
        argparse.ArgumentTypeError: It is no YYYY-MM-DD.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a date; write YYYY-MM-DD") from error


def parse_instant(text: str) -> datetime:
    """Read an instant: a day with a time, in London where no offset is given.

    Raises:
        argparse.ArgumentTypeError: It is none, or the clock showed that time twice or never.
    """
    from ioms_desktop.domain.dates.calendar import LONDON

    try:
        at = None if len(text) <= len("2026-10-25") else datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None:
        raise ArgumentTypeError(
            f"{text} is no instant; write a day with a time, as 2026-10-30T09:00, or with its offset, "
            "as 2026-10-30T09:00+00:00"
        )
    if at.tzinfo is not None:
        return at
    first, second = (at.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        times = "twice" if first.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == at else "never"
        raise ArgumentTypeError(
            f"the clock showed {text} {times} that night; write it with its offset, as {text}+00:00"
        )
    return first


def parse_day_or_never(text: str) -> date | str:
    """Read a date option that may also say that there is no end.

    Raises:
        argparse.ArgumentTypeError: It is neither.
    """
    return NEVER if text == NEVER else parse_day(text)


DATABASE_OPTIONS = (
    option(
        "--database",
        metavar="PATH-OR-URL",
        default=SUPPRESS,
        help="a file, or postgresql://host/name (default: IOMS_DATABASE, then the last one opened)",
    ),
    option(
        "--user",
        metavar="NAME",
        default=SUPPRESS,
        help="who signs in (default: IOMS_USER); the password comes from IOMS_PASSWORD or a prompt",
    ),
)
"""What every command takes."""
AS_OF = option("--as-of", type=parse_day, metavar="YYYY-MM-DD", help="only events up to this day (default today)")
KNOWN_AT = option(
    "--known-at",
    type=parse_instant,
    metavar="INSTANT",
    help="only what had been recorded by then, as 2026-10-30T09:00 (London time; default all)",
)
FORMAT = option("--format", choices=("text", "json"), default="text", help="for a person or a program")

WITHOUT_PASSWORD = option(
    "--without-password", action="store_true", help="the server knows them by a Kerberos ticket or a certificate"
)


class CommandParser(ArgumentParser):
    """The parser of one command, which adds its options only when it parses or explains itself.

    A start of the program uses one command or none, and adding the options of all would be most of its work.
    """

    command: Command | None = None

    def add_options(self) -> None:
        """Add the options of the command, once."""
        command, self.command = self.command, None
        if command is not None:
            for names, settings in (*DATABASE_OPTIONS, *command.options):
                self.add_argument(*names, **settings)

    # typing_extensions, which has `override`, takes longer to import than this saves.
    def parse_known_args(self, *given: Any, **named: Any) -> Any:  # type: ignore[explicit-override]  # noqa: ANN401 - as argparse
        """Parse, now that the options are needed."""
        self.add_options()
        return super().parse_known_args(*given, **named)

    def format_help(self) -> str:  # type: ignore[explicit-override]
        """Explain the command, its options included."""
        self.add_options()
        return super().format_help()


class CommandGroup:
    """Commands that are declared together.

    Attributes:
        name: The word they stand under, as in `user add`; empty for commands of their own.
        help: What the group is about.
        commands: The commands in the order of the help.
    """

    def __init__(self, name: str = "", help: str = "", *, metavar: str = "ACTION") -> None:  # noqa: A002 - as argparse
        """Begin a group."""
        self.name, self.help, self.metavar = name, help, metavar
        self.commands: list[Command] = []

    def command(
        self,
        name: str,
        help: str,  # noqa: A002 - as argparse has it
        *options: Argument,
        description: str | None = None,
        **defaults: Any,  # noqa: ANN401 - whatever the function reads
    ) -> Callable[[Handler], Handler]:
        """Declare the function below as a command; it may carry out several, told apart by the defaults."""

        def add(handler: Handler) -> Handler:
            self.commands.append(Command(name, help, handler, options, description, defaults))
            return handler

        return add

    def add_to(self, subcommands: "Subcommands") -> None:
        """Describe the commands to argparse."""
        if self.name:
            group = subcommands.add_parser(self.name, help=self.help)
            subcommands = group.add_subparsers(metavar=self.metavar, required=True, parser_class=CommandParser)
        for each in self.commands:
            parser = subcommands.add_parser(each.name, help=each.help, description=each.description or each.help)
            if each.description is not None:
                parser.formatter_class = RawDescriptionHelpFormatter
            parser.command = each
            parser.set_defaults(handler=each.handler, **each.defaults)
