"""The whole command line, put together from the groups that the modules of `cli/commands` declare."""

from argparse import ArgumentParser
from functools import cache

from ioms_desktop import __version__
from ioms_desktop.cli.command import DATABASE_OPTIONS, CommandParser
from ioms_desktop.cli.commands import (
    access,
    audit,
    backups,
    calendar,
    case_queries,
    checkout,
    databases,
    figures,
    import_export,
    people,
    print,  # noqa: A004 - the command is called so
    retention,
    users,
)
from ioms_desktop.cli.commands.papers import office, packs, texts  # noqa: F401 - their commands are those of `print`
from ioms_desktop.cli.commands.records import corrections, documents

COMMAND_GROUPS = (
    databases.COMMANDS,
    users.COMMANDS,
    backups.COMMANDS,
    import_export.COMMANDS,
    calendar.COMMANDS,
    checkout.COMMANDS,
    case_queries.COMMANDS,
    case_queries.POLICY_COMMANDS,
    case_queries.CODE_COMMANDS,
    people.COMMANDS,
    corrections.COMMANDS,
    documents.COMMANDS,
    print.COMMANDS,
    print.PAPER_COMMANDS,
    print.COPY_COMMANDS,
    print.SCREENSHOT_COMMANDS,
    audit.COMMANDS,
    retention.COMMANDS,
    figures.COMMANDS,
    access.COMMANDS,
    databases.SETTING_COMMANDS,
    databases.WORDING_COMMANDS,
)
"""Every group, in the order of the help."""


@cache
def build_parser() -> ArgumentParser:
    """Describe every command to argparse, once a process: it takes longer than most commands."""
    top = ArgumentParser(
        prog="ioms-desktop",
        description="The working record of Integrated Offender Management and the Phoenix Programme.",
        epilog="Without a command the window opens.",
    )
    for names, described in DATABASE_OPTIONS:
        top.add_argument(*names, **described)
    top.add_argument("--version", action="version", version=f"ioms-desktop {__version__}")
    # A command leaves these unset where they are not given after it, so that what was given before it still counts.
    top.set_defaults(handler=None, database=None, user=None)
    subcommands = top.add_subparsers(metavar="COMMAND", title="commands", parser_class=CommandParser)
    for group in COMMAND_GROUPS:
        group.add_to(subcommands)
    return top
