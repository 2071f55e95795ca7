"""`user`: the people who may sign in."""

from __future__ import annotations

import argparse

from ioms_desktop.cli.command import (
    FORMAT,
    NEVER,
    WITHOUT_PASSWORD,
    CommandGroup,
    option,
    parse_day,
    parse_day_or_never,
)
from ioms_desktop.cli.output import print_recovery_code, write_result
from ioms_desktop.cli.session import (
    get_location,
    get_new_password,
    get_password,
    get_recovery_code,
    get_user,
    open_session,
    open_session_as,
)
from ioms_desktop.domain.errors import MissingValue, UnknownUser
from ioms_desktop.domain.text_format import iso_date

COMMANDS = CommandGroup("user", "the people who may sign in")


@COMMANDS.command(
    "add",
    "let somebody sign in; the password comes from IOMS_NEW_PASSWORD",
    option("name", metavar="NAME"),
    option("--role", required=True, metavar="ROLE"),
    WITHOUT_PASSWORD,
    option("--display-name", default="", metavar="TEXT", help='how their name reads, as "PC 4411 ADEYEMI"'),
    option("--team", default="", metavar="TEAM", help="whose cases they share (default: every team's)"),
    option(
        "--expires",
        type=parse_day,
        metavar="YYYY-MM-DD",
        help="the last day on which they may sign in (default: no end)",
    ),
)
def user_add(options: argparse.Namespace) -> int:
    """Add a user who may sign in."""
    from ioms_desktop.services.accounts.passwords import StrengthRequirement
    from ioms_desktop.services.accounts.users import add_user

    with open_session(options) as at:
        chosen, strength = (
            (None, StrengthRequirement.FULL) if options.without_password else get_new_password(options.name)
        )
        account = {"team": options.team, "until": options.expires, "display_name": options.display_name}
        print(add_user(at, options.name, options.role, chosen, strength=strength, **account))
    return 0


@COMMANDS.command(
    "account",
    "how somebody's name reads, whose cases they share, and until when they may sign in",
    option("name", metavar="NAME"),
    option("--display-name", metavar="TEXT", help='how their name reads, as "PC 4411 ADEYEMI"; "" for the login'),
    option("--team", metavar="TEAM", help='whose cases they share; "" for every team\'s'),
    option(
        "--expires",
        type=parse_day_or_never,
        metavar="YYYY-MM-DD",
        help=f"the last day on which they may; {NEVER} for no end",
    ),
)
def user_account(options: argparse.Namespace) -> int:
    """Set how a user reads, whose cases they share or until when they may sign in; what is not given stays.

    Raises:
        Refused: There is no such user, or nothing is named.
    """
    from ioms_desktop.services.accounts.accounts import change_account
    from ioms_desktop.services.accounts.users import list_users

    if options.team is None and options.expires is None and options.display_name is None:
        raise MissingValue("Nothing is to be changed. Give --display-name, --team or --expires.")
    with open_session(options) as at:
        known = next((user for user in list_users(at) if user.name == options.name), None)
        if known is None:
            raise UnknownUser(f"There is no user {options.name}. Check the name with user list.")
        team = known.team or "" if options.team is None else options.team
        until = known.expires_on if options.expires is None else None if options.expires == NEVER else options.expires
        print(change_account(at, options.name, team=team, until=until, display_name=options.display_name))
    return 0


@COMMANDS.command(
    "password",
    "change one's own password; an administrator gives somebody else a new one",
    option("name", metavar="NAME"),
)
def user_password(options: argparse.Namespace) -> int:
    """Change the user's own password, or set a new one for another user."""
    from ioms_desktop.services.sign_in.password_change import change_password, set_password

    where, who = get_location(options), get_user(options)
    present = get_password(user=who, location=where)
    with open_session_as(where, who, present) as at:
        chosen, strength = get_new_password(options.name)
        if options.name == who:
            print(change_password(at, present, chosen, strength=strength))
        else:
            print(set_password(at, options.name, chosen, strength=strength))
    return 0


@COMMANDS.command(
    "recover", "a new password for a local file's user, with IOMS_RECOVERY_CODE", option("name", metavar="NAME")
)
def user_recover(options: argparse.Namespace) -> int:
    """Set a new password with the recovery code."""
    from ioms_desktop.services.sign_in.password_change import recover_password

    where, code = get_location(options), get_recovery_code()
    chosen, strength = get_new_password(options.name)
    recovered = recover_password(where, options.name, code, chosen, strength=strength)
    print(recovered.sentence)
    print_recovery_code(recovered.recovery_code)
    return 0


@COMMANDS.command(
    "disable",
    "let somebody no longer sign in",
    option("name", metavar="NAME"),
    option("--dry-run", action="store_true", help="name what would have no supervisor, and change nothing"),
)
def user_disable(options: argparse.Namespace) -> int:
    """Stop a user from signing in, or say which restricted cases would have no supervisor then."""
    from ioms_desktop.services.access.take_over import describe_dependents
    from ioms_desktop.services.accounts.users import disable_user

    with open_session(options) as at:
        if options.dry_run:
            found = describe_dependents(at, options.name)
            print(found or f"No restricted case and no team would be without a supervisor without {options.name}.")
        else:
            print(disable_user(at, options.name))
    return 0


@COMMANDS.command("enable", "let somebody who was disabled sign in again", option("name", metavar="NAME"))
def user_enable(options: argparse.Namespace) -> int:
    """Let a disabled user sign in again."""
    from ioms_desktop.services.accounts.users import enable_user

    with open_session(options) as at:
        print(enable_user(at, options.name))
    return 0


@COMMANDS.command("list", "who may sign in", FORMAT)
def user_list(options: argparse.Namespace) -> int:
    """Print who may sign in."""
    from ioms_desktop.services.access.labels import describe_account_state
    from ioms_desktop.services.accounts.users import list_users, list_users_without_login

    with open_session(options) as at:
        found, waiting = list_users(at), list_users_without_login(at)
        today = at.today()
    rows = [
        {
            "name": user.name,
            "display_name": user.display_name,
            "role": user.role,
            "active": user.active,
            "created_at": user.created_at.isoformat(),
            "waiting": user.name in waiting,
            "team": user.team,
            "expires_on": iso_date(user.expires_on),
        }
        for user in found
    ]
    states = ("no login yet" if user.name in waiting else describe_account_state(user, today) for user in found)
    text = "\n".join(
        "  ".join(filter(None, (user.name, user.role, state, user.team, user.display_name)))
        for user, state in zip(found, states, strict=True)
    )
    return write_result(options, {"users": rows}, text)
