"""What Gramps takes to open a person with all their events, and for the complete report on them, by its own Python.

`peers.py` starts it, with a folder to keep its database in, how many people and how many events each as arguments, and
says when to do what. By Gramps's own objects, in one process and without its window: a person is
read with each of their events, as its view of a person does, and nothing is painted. The report is plain text, which
needs no drawing library; Gramps makes a PDF only where Pango and Cairo are installed for its Python.
"""

import importlib
import os
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from peer_turns import serve

REPORT = "indiv_complete"
EVENT = "Seen at the office"


def named(path: str) -> Any:  # noqa: ANN401 - whatever Gramps has under this name
    """Return what Gramps calls so."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"gramps.{module}"), name)


def make() -> Any:  # noqa: ANN401 - Gramps's database
    """Make an empty family tree."""
    path, _ = named("cli.clidbman.CLIDbManager")(named("gen.dbstate.DbState")()).create_new_db_cli(
        "peer", dbid="sqlite"
    )
    db = named("gen.db.utils.make_database")("sqlite")
    db.load(path)
    db.db_name = "peer"  # as its own programs name it
    return db


def fill(db: Any, people: int, events: int) -> Iterator[str]:  # noqa: ANN401 - as above
    """Add people with events; gives their handles."""
    lib = importlib.import_module("gramps.gen.lib")
    with named("gen.db.DbTxn")("fill", db) as act:
        for number in range(people):
            person, name, surname = lib.Person(), lib.Name(), lib.Surname()
            surname.set_surname(f"Fictional{number}")
            name.set_first_name("One More")
            name.set_surname_list([surname])
            person.set_primary_name(name)
            for each in range(events):
                event, day, ref = lib.Event(), lib.Date(), lib.EventRef()
                day.set_yr_mon_day(2026, 1 + each % 12, 1 + each % 28)
                event.set_type(lib.EventType.CENSUS)
                event.set_date_object(day)
                event.set_description(EVENT)
                db.add_event(event, act)
                ref.set_reference_handle(event.handle)
                person.add_event_ref(ref)
            db.add_person(person, act)
            yield person.handle


def main(folder: Path, people: int, events: int) -> None:
    """Serve the jobs."""
    package = Path(importlib.import_module("gramps").__file__ or "").parent
    os.environ.setdefault("GRAMPS_RESOURCES", str(package.parent))
    db = make()
    handles = cycle(list(fill(db, people, events)))
    named("gen.filters.reload_custom_filters")()
    plugins = named("gen.plug.BasePluginManager").get_instance()
    plugins.reg_plugins(named("gen.const.PLUGINS_DIR"), None, None)
    said = next(each for each in plugins.get_reg_reports(gui=False) if each.id == REPORT)
    module = plugins.load_plugin(said)
    kinds = getattr(module, said.reportclass), getattr(module, said.optionclass)

    def open_person() -> None:
        person = db.get_person_from_handle(next(handles))
        assert len([db.get_event_from_handle(each.ref) for each in person.get_event_ref_list()]) == events

    def report() -> None:
        asked = {"pid": db.get_person_from_handle(next(handles)).gramps_id, "filter": "0", "off": "txt"}
        paper = folder / "report.txt"
        named("cli.plug.cl_report")(db, said.id, said.category, *kinds, {**asked, "of": str(paper)})
        assert paper.read_text(encoding="utf-8").count(EVENT) == events

    serve({"open": open_person, "report": report})


if __name__ == "__main__":
    os.environ["GRAMPSHOME"] = sys.argv[1]  # before anything of Gramps is imported
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
