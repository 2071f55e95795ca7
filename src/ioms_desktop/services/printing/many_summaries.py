"""Many summaries, drawn on every core: a case that fails is named, and the others are printed all the same.

The facts of a case are read in one view of the database, and drawn elsewhere while those of the next are read. Then it
is asked once more whether the case is the user's to print, and whether its record was corrected meanwhile, which is
then read anew; and the copies are put on record, and then in place: what is not on record is not there.
Files of several cases leave in one transaction; where one of them fails, each has one of its own, so that it is named
and the others are printed. Whoever stops asking for the next has stopped the work.
"""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from ioms_desktop.atomic_file import NewFiles, is_device
from ioms_desktop.domain.errors import FileExists, FileUnwritable, NotPossibleNow, Refused, Stale
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.services.fault_log import fault_record
from ioms_desktop.services.printing.drawing import DrawingProcesses, NoLongerWanted, NotDrawn, PaperFacts, never
from ioms_desktop.services.printing.protection import check_passphrase, protect_pdf
from ioms_desktop.services.printing.sharing_log import record_unfinished_prints
from ioms_desktop.services.printing.summaries import (
    WantedSummary,
    act_of_print,
    check_wanted,
    number_copy,
    open_for_print,
    read_summary,
    register_summary,
    require_visible_cases,
)
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import OutcomeNotKnown, StillOnRecord, check_folders, files_on_record
from ioms_desktop.storage.printing.as_read import NOT_READ, RecordState, state_of
from ioms_desktop.storage.printing.read_ahead import read_ahead
from ioms_desktop.storage.records.read import Reading

LOG = logging.getLogger("ioms_desktop.faults")
AHEAD = 20
"""How many summaries wait for each process that draws, so that none stands idle while others are read and recorded."""
TOGETHER = 10
"""How many copies are read one after the other, in a file in one view of it, and how many leave in one transaction.
Reading and drawing by turns costs 5.5 ms a case, because each empties the processor's caches; reading ten in a row
costs 4.2."""
READINGS = 3
"""How often a case is read at most where somebody corrects its record while its paper is drawn."""
BEING_CORRECTED = (
    "Somebody is correcting the record of case {case_ref}. It was not printed; print it again when that is done."
)
CHANGED = (
    "The record of case {case_ref} was changed since its pages were shown. It was not printed; look at the new pages "
    "first."
)
NOT_PRINTED_BY_FAULT = (
    "It could not be printed, because of {why}. It is not on record; tell an administrator, and print it again."
)
Shown = Mapping[tuple[str, int], str]
"""The digests of the copies that were looked at, by case and number of the copy."""


class FailedByFault(NotPossibleNow):
    """A case could not be printed for a reason that nobody expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryTarget:
    """A case to be printed.

    Attributes:
        case_ref: The case.
        paths: A file for each copy, in order; none where the bytes are wanted alone, as for a printer.
    """

    case_ref: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCase:
    """What became of one case, or of a pack.

    Attributes:
        others: The cases that follow in the same paper, where it is a pack.
        pdfs: The copies that are on record, in order; none where it failed.
        prints: What is on record of each copy, a print for each of its cases; none for a letter.
        paths: Where they are.
        error: Why it was not printed; None where it was.
    """

    case_ref: str
    others: tuple[str, ...] = ()
    pdfs: tuple[bytes, ...] = ()
    prints: tuple[tuple[PrintOfCase, ...], ...] = ()
    paths: tuple[Path, ...] = ()
    error: Refused | None = None

    @property
    def case_refs(self) -> tuple[str, ...]:
        """Every case that it is about."""
        return (self.case_ref, *self.others)

    @property
    def sentence(self) -> str:
        """Why it was not printed; empty where it was."""
        return "" if self.error is None else self.error.sentence


class _Copy(NamedTuple):
    summary: PaperFacts
    drawn: Callable[[], bytes]


class _Run(NamedTuple):
    """What holds for every case of a run."""

    session: Session
    wanted: WantedSummary
    copies: int
    drawing: DrawingProcesses
    shown: Shown
    overwrite: bool
    passphrase: str


class _Read(NamedTuple):
    """A case whose copies are being drawn, with how far its record had come; or that could not be read."""

    target: SummaryTarget
    state: RecordState
    copies: tuple[_Copy, ...] = ()
    error: Refused | None = None


def print_summaries(
    session: Session,
    targets: Sequence[SummaryTarget],
    **how: Any,  # noqa: ANN401 - passed on unchanged
) -> Generator[PrintedCase, None, None]:
    """Print summaries as `print_in_parts` does, and yield each case by itself, for whoever takes all of them."""
    for part in print_in_parts(session, targets, **how):
        yield from part


def print_in_parts(  # noqa: PLR0913 - what is asked of a run, in the dialog or by an option each
    session: Session,
    targets: Sequence[SummaryTarget],
    *,
    copies: int = 1,
    overwrite: bool = False,
    shown: Shown | None = None,
    processes: int | None = None,
    passphrase: str = "",
    together: int = TOGETHER,
    is_stopped: Callable[[], bool] = never,
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> Generator[tuple[PrintedCase, ...], None, None]:
    """Print summaries; each is on record once it is there.

    Args:
        session: The session of the user who prints.
        targets: The cases in order.
        copies: How many numbered copies of each.
        overwrite: Whether files that are there are replaced.
        shown: What was looked at before: a copy whose bytes are others by now is not printed.
        processes: How many processes draw besides this one; None for as many as are worth it.
        passphrase: What opens the files, which are encrypted; empty for files that anybody can open.
        together: How many copies are read, and leave, together at most; those of one case always do.
        is_stopped: Whether the user has stopped the work, which ends also where it waits for a drawing; asked in
            another thread too.
        asked: As for `check_wanted`.

    Yields:
        The cases as they are done, in order, those that failed too; several where their files left together. A paper
        whose bytes are wanted alone leaves by itself: what was not asked for any more did not leave.

    Raises:
        NotAllowed: The user may not print, or not this copy.
        Missing: A case is not there for this user; nothing was printed.
        Refused: Something that is asked of every copy is missing; or there is no folder for a file.
    """
    wanted = check_wanted(session, **asked)
    check_passphrase(passphrase, session.user)
    require_visible_cases(session, [target.case_ref for target in targets])
    check_folders(path for target in targets for path in target.paths)
    waiting: deque[_Read] = deque()
    together = max(1, together // copies)  # so that a slow stick holds up nobody who writes to a file for long
    drawing = DrawingProcesses(len(targets) * copies, processes, is_stopped=is_stopped)
    with suppress(NoLongerWanted), drawing:
        run = _Run(session, wanted, copies, drawing, shown or {}, overwrite, passphrase)
        for begin in range(0, len(targets), together):
            waiting.extend(_read_some(run, targets[begin : begin + together]))
            while len(waiting) >= AHEAD * drawing.count + together:
                yield from _finish_some(run, [waiting.popleft() for _ in range(together)])
        while waiting:
            yield from _finish_some(run, [waiting.popleft() for _ in range(min(together, len(waiting)))])


def paper_stem(audience: Audience, case_ref: str, number: int) -> str:
    """Return how the files of a case are named: by its reference, or by a number where the copy names nobody.

    Args:
        audience: For whom the copy is.
        case_ref: The case.
        number: Where it stands among the cases that are printed, from 1.
    """
    return f"CASE-{number}" if audience is Audience.BOARD else case_ref


def unused_path(path: Path, taken: set[Path]) -> Path:
    """Return a path, with a number behind the name where there is such a file or another is to have it."""
    numbered = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))
    free = path
    while free in taken or (free.exists() and not is_device(free)):
        free = next(numbered)
    taken.add(free)
    return free


def _read_some(run: _Run, targets: Sequence[SummaryTarget]) -> Iterator[_Read]:
    """Read cases: in a file in one view of it; a server opens each before the view in which it is read."""
    left = list(targets)
    while left:
        try:
            with run.session.store.read() as reading:
                together = left if reading.is_local else left[:1]
                view = read_ahead(reading, [each.case_ref for each in together])
                read = [_read_one(run, view, each) for each in together]
        except Refused as refused:
            read = [_Read(left[0], NOT_READ, error=refused)]
        except Exception as fault:  # noqa: BLE001 - of one case, whatever it is: the others are printed
            read = [_Read(left[0], NOT_READ, error=_failed_by(fault))]
        yield from read
        del left[: len(read)]


def _read_one(run: _Run, reading: Reading, target: SummaryTarget) -> _Read:
    session, wanted, copies = run.session, run.wanted, run.copies
    try:
        case, first = read_summary(session, reading, target.case_ref, wanted, (1, copies))
        state = state_of(reading, case, session.clock)
    except Refused as refused:
        return _Read(target, NOT_READ, error=refused)
    except Exception as fault:  # noqa: BLE001 - as above
        return _Read(target, NOT_READ, error=_failed_by(fault))
    others = (number_copy(session, case, first, wanted, number) for number in range(2, copies + 1))
    return _Read(target, state, tuple(_Copy(each, run.drawing.draw(each)) for each in (first, *others)))


def _finish_some(run: _Run, reads: Sequence[_Read]) -> Iterator[tuple[PrintedCase, ...]]:
    """Let papers leave: files together, bytes one after the other as they are asked for."""
    if all(each.target.paths for each in reads):
        left = _leave_together(run, reads)
        with suppress(NoLongerWanted):  # what left is told all the same
            for at, read in enumerate(reads):
                left[at] = left[at] or _finish(run, read)
        if done := tuple(each for each in left if each is not None):
            yield done
        if len(done) < len(reads):
            raise NoLongerWanted
        return
    for read in reads:
        yield (_finish(run, read),)


def _leave_together(run: _Run, reads: Sequence[_Read]) -> list[PrintedCase | None]:
    """Let what can leave do so in one transaction; None for each that has to be looked at by itself."""
    drawn = [each for each in reads if _is_drawn(each) and not any(is_device(path) for path in each.target.paths)]
    left: dict[int, PrintedCase | None] = {}
    if len(drawn) > 1:
        try:
            left = dict(zip(map(id, drawn), _let_leave(run, drawn), strict=True))
        except (OutcomeNotKnown, StillOnRecord) as lost:  # to try again might put each on record twice
            left = {id(each): _not_printed(each.target, lost) for each in drawn}
        except (Refused, OSError):
            pass  # none is on record as given; each is tried by itself, which says what is wrong with which
        except Exception as fault:  # noqa: BLE001 - as above; a fault that no single case has would be told nowhere
            _failed_by(fault)
    return [left.get(id(each)) for each in reads]


def _is_drawn(read: _Read) -> bool:
    """Whether a case was read and all its copies could be drawn."""
    with suppress(NotDrawn):
        return read.error is None and all(each.drawn() for each in read.copies)
    return False


def _finish(run: _Run, read: _Read) -> PrintedCase:
    target = read.target
    try:
        return _print_as_it_is(run, read)
    except NoLongerWanted:
        raise
    except FileExistsError as there:
        return _not_printed(target, name_taken(there.filename or target.paths[0]))
    except Refused as refused:
        return _not_printed(target, refused)
    except OSError as failed:
        return _not_printed(target, place_unwritable(target.paths, failed))
    except Exception as fault:  # noqa: BLE001 - as above
        return _not_printed(target, _failed_by(fault))


def _not_printed(target: SummaryTarget, why: Refused) -> PrintedCase:
    return PrintedCase(case_ref=target.case_ref, paths=target.paths, error=why)


def _print_as_it_is(run: _Run, read: _Read) -> PrintedCase:
    """Let the copies of a case leave; where its record was corrected since it was read, it is read and drawn anew."""
    for _ in range(READINGS):
        if read.error is not None:
            raise read.error
        (printed,) = _let_leave(run, [read])
        if printed is not None:
            return printed
        (read,) = _read_some(run, [read.target])
    raise Stale(BEING_CORRECTED.format(case_ref=read.target.case_ref))


def _let_leave(run: _Run, reads: Sequence[_Read]) -> list[PrintedCase | None]:
    """Put the copies of cases on record and in place; None for a case whose record was corrected since it was read."""
    drawn = [_checked(run, each) for each in reads]
    left: list[PrintedCase | None] = [None] * len(reads)
    session = run.session
    prints: list[PrintOfCase] = []
    unmade = partial(record_unfinished_prints, session, prints, reason_code=run.wanted.reason_code)
    # By reference, so that two who print the same cases in another order do not wait for each other.
    in_turn = sorted(range(len(reads)), key=lambda at: reads[at].target.case_ref)
    with files_on_record(session, act_of_print(session, run.wanted), "print_case_summary", unmade) as (new, tx):
        view = read_ahead(tx, [each.target.case_ref for each in reads])
        for at in in_turn:
            read, pdfs = reads[at], drawn[at]
            wanted = replace(run.wanted, read_at=read.state.at)
            ref, paths = read.target.case_ref, read.target.paths
            case = open_for_print(session, tx, ref, wanted)
            if state_of(view, case, session.clock).corrections != read.state.corrections:
                continue
            for copy, pdf in zip(read.copies, pdfs, strict=True):
                register_summary(tx, case, copy.summary, pdf, wanted, is_protected=bool(run.passphrase))
            for path, pdf in zip(paths, pdfs, strict=bool(paths)):
                write_copy(new, path, pdf, overwrite=run.overwrite)
            mine = [PrintOfCase(ref, copy.summary.about.print_id) for copy in read.copies]
            prints += mine
            left[at] = PrintedCase(case_ref=ref, pdfs=pdfs, prints=tuple((each,) for each in mine), paths=paths)
    return left


def _checked(run: _Run, read: _Read) -> tuple[bytes, ...]:
    """Return the copies of a case as they leave, each drawn and the one that was looked at."""
    pdfs = tuple(each.drawn() for each in read.copies)
    _refuse_changed(run.shown, read.target.case_ref, pdfs)
    return tuple(protect_pdf(pdf, run.passphrase) for pdf in pdfs) if run.passphrase else pdfs


def _refuse_changed(shown: Shown, case_ref: str, pdfs: Sequence[bytes]) -> None:
    """Refuse what is not what was looked at."""
    for number, pdf in enumerate(pdfs, 1):
        digest = sha256(pdf).hexdigest()
        if shown.get((case_ref, number), digest) != digest:
            raise Stale(CHANGED.format(case_ref=case_ref))


def name_taken(where: Path | str) -> FileExists:
    """Return the refusal of a name that is taken."""
    return FileExists(f"{where} is already there. It was not replaced; choose another name.")


def place_unwritable(paths: Sequence[Path], failed: OSError) -> FileUnwritable:
    """Return the refusal of a place that cannot be written."""
    where = paths[0] if paths else "The place"
    unwritable = FileUnwritable(
        f"{where} could not be written: {failed.strerror or 'the place does not take it'}. Any file already there is "
        "unchanged, and this print is not on record. Choose another place."
    )
    unwritable.__cause__ = failed
    return unwritable


def _failed_by(fault: Exception) -> FailedByFault:
    """Log a fault, and return it as what a case failed by, without its text, which may repeat what the case says."""
    LOG.error("A paper could not be printed\n%s", fault_record(fault))
    failed = FailedByFault(NOT_PRINTED_BY_FAULT.format(why=type(fault).__name__))
    failed.__cause__ = fault
    return failed


def write_copy(new: NewFiles, path: Path, pdf: bytes, *, overwrite: bool) -> None:
    """Write a file; one that has these very bytes already is left as it is."""
    if not overwrite and path.is_file() and not path.is_symlink() and path.read_bytes() == pdf:
        return
    new.write(path, pdf, overwrite=overwrite or is_device(path))
