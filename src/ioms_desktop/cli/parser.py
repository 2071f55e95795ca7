"""Every command, its options and its help; what carries it out is imported when it runs."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ioms_desktop import __version__

if TYPE_CHECKING:
    Subcommands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names it so

NEVER = "never"
AUDIENCES = ("full", "partner", "participant", "panel")
Handler = Callable[[argparse.Namespace], int]


def parse_day(text: str) -> date:
    """Read a date option.

    Raises:
        argparse.ArgumentTypeError: It is no YYYY-MM-DD.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no date; write YYYY-MM-DD") from error


def parse_day_or_never(text: str) -> date | str:
    """Read a date option that may also say that there is no end.

    Raises:
        argparse.ArgumentTypeError: It is neither.
    """
    return NEVER if text == NEVER else parse_day(text)


def common_options() -> argparse.ArgumentParser:
    """The options every command takes."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--database",
        metavar="PATH-OR-URL",
        default=argparse.SUPPRESS,
        help="a file, or postgresql://host/name (default: IOMS_DATABASE, then the last one opened)",
    )
    shared.add_argument(
        "--user",
        metavar="NAME",
        default=argparse.SUPPRESS,
        help="who signs in (default: IOMS_USER); the password comes from IOMS_PASSWORD or a prompt",
    )
    return shared


def with_date_options(shared: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add --as-of and --known-at."""
    with_date = argparse.ArgumentParser(add_help=False, parents=[shared])
    with_date.add_argument(
        "--as-of", type=parse_day, metavar="YYYY-MM-DD", help="only events up to this day (default today)"
    )
    return with_date


def with_format_option(shared: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add --format."""
    with_format = argparse.ArgumentParser(add_help=False, parents=[shared])
    with_format.add_argument("--format", choices=("text", "json"), default="text", help="for a person or a program")
    return with_format


def build_parser() -> argparse.ArgumentParser:
    """Describe every command."""
    shared = common_options()
    top = argparse.ArgumentParser(
        prog="ioms-desktop",
        description="The working record of Integrated Offender Management and the Phoenix Programme.",
        epilog="Without a command the window opens.",
        # Its own copy: the defaults set below would otherwise undo, in a command, what was given before it.
        parents=[common_options()],
    )
    top.add_argument("--version", action="version", version=f"ioms-desktop {__version__}")
    top.set_defaults(handler=None, database=None, user=None)
    verbs = top.add_subparsers(metavar="COMMAND", title="commands")
    _database_commands(verbs, shared)
    _backup_commands(verbs, shared)
    _exchange_commands(verbs, shared)
    _query_commands(verbs, shared)
    _print_commands(verbs, shared)
    _audit_commands(verbs, shared)
    _retention_commands(verbs, shared)
    _figure_commands(verbs, shared)
    _access_commands(verbs, shared)
    return top


def _lazy_handler(module: str, name: str) -> Handler:
    """Import a command's module only when the command runs."""

    def handler(options: argparse.Namespace) -> int:
        from importlib import import_module  # noqa: PLC0415 - as said

        done: int = getattr(import_module(f"ioms_desktop.cli.{module}"), name)(options)
        return done

    return handler


WITHOUT_PASSWORD_HELP = "the server knows them by a Kerberos ticket or a certificate"


def _database_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    init = verbs.add_parser("init", parents=[shared], help="create a database with its first administrator")
    init.add_argument("--admin", metavar="NAME", required=True, help="the first administrator")
    init.add_argument("--without-password", action="store_true", help=WITHOUT_PASSWORD_HELP)
    init.add_argument("--trial", action="store_true", help="for trying only: on a server that could lose records")
    init.set_defaults(handler=_lazy_handler("databases", "init"))
    demo = verbs.add_parser("demo", parents=[shared], help="build fictional data of both programmes")
    demo.add_argument("--cases", type=int, default=60, help="how many cases (default 60)")
    demo.add_argument("--seed", type=int, default=1, help="same seed, same data (default 1)")
    demo.add_argument("--no-window", action="store_true", help="build only")
    demo.set_defaults(handler=_lazy_handler("databases", "demo"))
    migrate = verbs.add_parser(
        "migrate", parents=[shared], help="bring a database to the newest schema, after a backup"
    )
    migrate.set_defaults(handler=_lazy_handler("databases", "migrate"))
    check = verbs.add_parser("check", parents=[with_format_option(shared)], help="prove a database whole")
    check.set_defaults(handler=_lazy_handler("databases", "check"))
    user = verbs.add_parser("user", help="the people who may sign in").add_subparsers(metavar="ACTION", required=True)
    add = user.add_parser(
        "add", parents=[shared], help="let somebody sign in; the password comes from IOMS_NEW_PASSWORD"
    )
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True, metavar="ROLE")
    add.add_argument("--without-password", action="store_true", help=WITHOUT_PASSWORD_HELP)
    add.add_argument("--team", default="", metavar="TEAM", help="whose cases they share (default: every team's)")
    add.add_argument(
        "--expires",
        type=parse_day,
        metavar="YYYY-MM-DD",
        help="the last day on which they may sign in (default: no end)",
    )
    add.set_defaults(handler=_lazy_handler("databases", "user_add"))
    account = user.add_parser(
        "account", parents=[shared], help="whose cases somebody shares, and until when they may sign in"
    )
    account.add_argument("name", metavar="NAME")
    account.add_argument("--team", metavar="TEAM", help='whose cases they share; "" for every team\'s')
    account.add_argument(
        "--expires",
        type=parse_day_or_never,
        metavar="YYYY-MM-DD",
        help=f"the last day on which they may; {NEVER} for no end",
    )
    account.set_defaults(handler=_lazy_handler("databases", "user_account"))
    disable = user.add_parser("disable", parents=[shared], help="let somebody no longer sign in")
    disable.add_argument("name", metavar="NAME")
    disable.set_defaults(handler=_lazy_handler("databases", "user_disable"))
    enable = user.add_parser("enable", parents=[shared], help="let somebody who was disabled sign in again")
    enable.add_argument("name", metavar="NAME")
    enable.set_defaults(handler=_lazy_handler("databases", "user_enable"))
    changed = user.add_parser(
        "password", parents=[shared], help="change one's own password; an administrator gives somebody else a new one"
    )
    changed.add_argument("name", metavar="NAME")
    changed.set_defaults(handler=_lazy_handler("databases", "user_password"))
    recovered = user.add_parser(
        "recover", parents=[shared], help="a new password for a local file's user, with IOMS_RECOVERY_CODE"
    )
    recovered.add_argument("name", metavar="NAME")
    recovered.set_defaults(handler=_lazy_handler("databases", "user_recover"))
    listed = user.add_parser("list", parents=[with_format_option(shared)], help="who may sign in")
    listed.set_defaults(handler=_lazy_handler("databases", "user_list"))


def _backup_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    backup = verbs.add_parser("backup", parents=[shared], help="a proved copy of a local file, while it is in use")
    backup.add_argument("path", type=Path, metavar="PATH", help="a new name, or a folder of dated backups")
    backup.set_defaults(handler=_lazy_handler("backups", "backup"))
    restore = verbs.add_parser("restore", parents=[shared], help="a new database (--database) from a backup")
    restore.add_argument("path", type=Path, metavar="PATH", help="the backup; its key file lies beside it")
    restore.add_argument("--reason", default="", metavar="TEXT", help="what happened, for the audit")
    restore.set_defaults(handler=_lazy_handler("backups", "restore_backup"))


def _exchange_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    take = verbs.add_parser(
        "import", parents=[with_format_option(shared)], help="a CSV or XLSX file, or a folder of them"
    )
    take.add_argument("path", type=Path, metavar="PATH")
    take.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    take.add_argument("--accept-partial", action="store_true", help="write the good rows though others are rejected")
    take.add_argument("--rejects", type=Path, metavar="FILE", help="where rejected rows go (a folder for a folder)")
    take.set_defaults(handler=_lazy_handler("import_export", "import_files"))
    give = verbs.add_parser("export", parents=[shared], help="the same files back")
    give.add_argument("path", type=Path, metavar="PATH")
    give.add_argument("--case", action="extend", nargs="+", metavar="REF", dest="cases", help="only these cases")
    give.add_argument("--reason", required=True, metavar="CODE", help="why, as a reason code")
    give.set_defaults(handler=_lazy_handler("import_export", "export_files"))
    _offline_commands(verbs, shared)


def _offline_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    away = verbs.add_parser("take-away", parents=[shared], help="take cases away in an encrypted file of their own")
    away.add_argument("path", type=Path, metavar="PATH", help="the new file; its password comes from IOMS_NEW_PASSWORD")
    away.add_argument("--case", action="extend", nargs="+", metavar="REF", dest="cases", required=True, help="which")
    away.add_argument("--reason", required=True, metavar="CODE", help="why, as a reason code")
    away.add_argument("--until", type=parse_day, metavar="YYYY-MM-DD", help="the day by which it is back")
    away.set_defaults(handler=_lazy_handler("checkout", "check_out"))
    out = verbs.add_parser(
        "taken-away", parents=[with_format_option(shared)], help="what is out, with whom and until when"
    )
    out.set_defaults(handler=_lazy_handler("checkout", "list_checkouts"))
    back = verbs.add_parser(
        "promote",
        parents=[with_format_option(shared)],
        help="bring a file in: one taken away, or one an office began with",
    )
    back.add_argument("file", type=Path, metavar="FILE", help="its password comes from IOMS_FILE_PASSWORD or a prompt")
    back.add_argument("--file-user", metavar="NAME", help="who opens the file (default: who signs in)")
    back.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    back.add_argument("--conflicts", type=Path, metavar="FILE", help="write what must be answered (.json or .csv)")
    back.add_argument("--answers", type=Path, metavar="FILE", help="the same file with its answers: mine, theirs, both")
    back.set_defaults(handler=_lazy_handler("checkout", "check_in_file"))


def _query_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    both = [with_format_option(with_date_options(shared))]
    case = verbs.add_parser("case", parents=both, help="one case as of a day")
    case.add_argument("ref", metavar="REF")
    case.set_defaults(handler=_lazy_handler("case_queries", "case"))
    triggers = verbs.add_parser("triggers", parents=both, help="every trigger as of a day")
    triggers.add_argument("--programme", choices=("IOM", "PHOENIX"), help="one programme only")
    triggers.add_argument("--open", action="store_true", dest="only_open", help="only those waiting for a decision")
    triggers.set_defaults(handler=_lazy_handler("case_queries", "triggers"))
    measures = verbs.add_parser("measures", parents=both, help="the figures of a period")
    measures.add_argument("--from", type=parse_day, required=True, dest="first", metavar="YYYY-MM-DD", help="first day")
    measures.add_argument("--to", type=parse_day, required=True, dest="last", metavar="YYYY-MM-DD", help="last day")
    measures.set_defaults(handler=_lazy_handler("case_queries", "measures"))
    policy = verbs.add_parser("policy", help="policy versions").add_subparsers(metavar="ACTION", required=True)
    listed = policy.add_parser("list", parents=[with_format_option(shared)], help="the versions")
    listed.set_defaults(handler=_lazy_handler("case_queries", "policy_list"))
    shown = policy.add_parser("show", parents=[with_format_option(shared)], help="one version with its thresholds")
    shown.add_argument("version", metavar="VERSION")
    shown.set_defaults(handler=_lazy_handler("case_queries", "policy_show"))


def _print_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    paper = verbs.add_parser("print", help="case summaries as PDF").add_subparsers(metavar="WHAT", required=True)
    summary = paper.add_parser(
        "case-summary", parents=[with_date_options(shared)], help="one file, or a folder for many cases"
    )
    summary.add_argument("refs", nargs="+", metavar="REF")
    summary.add_argument("--audience", required=True, choices=AUDIENCES, help="for whom")
    summary.add_argument("--reason", required=True, metavar="CODE", help="why, as a reason code")
    summary.add_argument("--out", required=True, type=Path, metavar="PATH", help="a PDF file, or a folder for many")
    summary.set_defaults(handler=_lazy_handler("print", "case_summary"))
    screenshots = verbs.add_parser("screenshots", parents=[shared], help="draw every screen with demo data")
    screenshots.add_argument("folder", type=Path, metavar="FOLDER")
    screenshots.set_defaults(handler=_lazy_handler("print", "screenshots"))


def _audit_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    audit = verbs.add_parser("audit", help="the proof of the audit").add_subparsers(metavar="ACTION", required=True)
    verify = audit.add_parser(
        "verify", parents=[with_format_option(shared)], help="prove the audit whole, or say where it breaks"
    )
    verify.add_argument("--anchor", type=Path, metavar="FILE", help="what audit anchor wrote earlier")
    verify.set_defaults(handler=_lazy_handler("audit", "audit_verify"))
    anchor = audit.add_parser("anchor", parents=[shared], help="write the newest seal into a file to be kept elsewhere")
    anchor.add_argument("--out", required=True, type=Path, metavar="FILE", help="a new file")
    anchor.set_defaults(handler=_lazy_handler("audit", "audit_anchor"))
    looked = audit.add_parser(
        "who-looked", parents=[with_format_option(shared)], help="who looked at a person or a case"
    )
    looked.add_argument("ref", metavar="REF")
    looked.set_defaults(handler=_lazy_handler("audit", "audit_who_looked"))
    restored = audit.add_parser("restored", parents=[shared], help="say that the database was restored, and why")
    restored.add_argument("--reason", required=True, metavar="TEXT", help="what happened, in a sentence")
    restored.set_defaults(handler=_lazy_handler("audit", "audit_restored"))


def _retention_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    from ioms_desktop.cli.decision_file import DECISION_FILE_HELP  # noqa: PLC0415 - kept beside what reads the file

    retention = verbs.add_parser("retention", help="reviews that are due, and disposal")
    acts = retention.add_subparsers(metavar="ACTION", required=True)
    due = acts.add_parser(
        "due",
        parents=[with_format_option(with_date_options(shared))],
        help="records whose review is due; a supervisor's",
    )
    due.set_defaults(handler=_lazy_handler("retention", "retention_due"))
    dispose = acts.add_parser(
        "dispose",
        parents=[with_format_option(shared)],
        help="dispose of a person's record, by two supervisors",
        description=DECISION_FILE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    dispose.add_argument("ref", metavar="REF", help="the person")
    dispose.add_argument("--decision", required=True, type=Path, metavar="FILE", help="who decided what, and why")
    dispose.add_argument("--certificate", type=Path, metavar="PATH", help="write the certificate into a new file too")
    dispose.set_defaults(handler=_lazy_handler("retention", "retention_dispose"))


def _figure_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    figures = verbs.add_parser("figures", help="published figures, quarter by quarter")
    acts = figures.add_subparsers(metavar="ACTION", required=True)
    publish = acts.add_parser("publish", parents=[shared], help="publish a quarter for those who read no record")
    publish.add_argument("quarter", metavar="QUARTER", help="as 2026-Q3; it must be over")
    publish.add_argument("--reason", default="", metavar="TEXT", help="why another edition, where there is one already")
    publish.set_defaults(handler=_lazy_handler("figures", "figures_publish"))
    listed = acts.add_parser("list", parents=[with_format_option(shared)], help="every publication")
    listed.set_defaults(handler=_lazy_handler("figures", "figures_list"))
    shown = acts.add_parser("show", parents=[with_format_option(shared)], help="the figures of a quarter")
    shown.add_argument("quarter", metavar="QUARTER", help="as 2026-Q3")
    shown.add_argument("--cube", metavar="NAME", help="one table only, as offers_by_type")
    shown.add_argument("--edition", type=int, metavar="N", help="an earlier edition (default: the newest)")
    shown.set_defaults(handler=_lazy_handler("figures", "figures_show"))
    exported = acts.add_parser("export", parents=[shared], help="every published quarter in one CSV file")
    exported.add_argument("path", type=Path, metavar="PATH", help="a file ending in .csv")
    exported.set_defaults(handler=_lazy_handler("figures", "figures_export"))


def _access_commands(verbs: "Subcommands", shared: argparse.ArgumentParser) -> None:
    access = verbs.add_parser("access", help="who may know of a case").add_subparsers(metavar="ACTION", required=True)

    def about_case(name: str, words: str, act: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made = access.add_parser(name, parents=list(parents) or [shared], help=words, description=words)
        made.add_argument("ref", metavar="REF", help="the case")
        made.set_defaults(handler=_lazy_handler("access", act))
        return made

    about_case(
        "show", "who stands or stood on its lists, by whom and since when", "access_show", with_format_option(shared)
    )
    for name, words in (
        ("exclude", "keep the case from somebody, whatever else would let them know of it"),
        ("admit", "let somebody know of a case that is restricted or another team's"),
        ("assign", "give somebody the case to work on, or a partner the case to see"),
        ("release", "take somebody off every list of the case"),
    ):
        named = about_case(name, words, "access_change")
        named.add_argument("name", metavar="NAME", help="the user")
        named.set_defaults(act=name)
        if name == "exclude":
            named.add_argument("--message", metavar="TEXT", help="what they read in place of the case")
    kept = about_case("restrict", "only those admitted may know of the case (shared databases only)", "access_restrict")
    kept.add_argument("--message", metavar="TEXT", help="what others who know the reference read in its place")
    kept.set_defaults(restricted=True)
    about_case("unrestrict", "lift the restriction", "access_restrict").set_defaults(restricted=False)
    team = about_case("team", "whose case it is: others need to be assigned", "access_team")
    team.add_argument("team", metavar="TEAM", help='the team; "" for every team')
    declared = about_case(
        "declare", "declare your own conflict of interest: the case closes to you at once", "access_declare"
    )
    declared.add_argument("--message", metavar="TEXT", help="why, for yourself and the supervisor")
    glass = about_case(
        "break-glass",
        "open a case that is kept from you: one case, 60 minutes, reading alone; supervisors and auditors are told at "
        "once, and a supervisor reviews it within two working days",
        "access_break_glass",
    )
    glass.add_argument("--reason", required=True, metavar="TEXT", help="why, in 20 characters at least")
