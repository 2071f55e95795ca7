"""What the print centre does off the interface thread: the preview, and a run over all of its cases."""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.printing.many_summaries import (
    TOGETHER,
    PrintedCase,
    SummaryTarget,
    paper_stem,
    print_in_parts,
    unused_path,
)
from ioms_desktop.services.printing.packs.leaving_file import Places
from ioms_desktop.services.printing.packs.office_paper import preview_office_paper, print_office_paper
from ioms_desktop.services.printing.packs.pack import preview_pack, print_pack
from ioms_desktop.services.printing.packs.printed_papers import note_of_papers
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.printing.text_review import TextToReview, list_texts_to_review
from ioms_desktop.services.session import Session
from ioms_desktop.ui.printing.printed_papers import PrintNote
from ioms_desktop.ui.tasks import Cancelled, TaskProgress

MAX_SHOWN_CASES = 8
"""The most cases whose pages are shown at once; of more the first ones are."""
MAX_NAMED_FAILURES = 5
SUMMARIES, PACK = "summaries", "pack"
"""What is printed where it is none of the papers of the office: a file for each case, or one with all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """What is asked of a print, as the form says it.

    Attributes:
        case_refs: The cases, in order.
        copies: How many of each.
        asked: For whom, why, who receives it and the time of printing, as the services take them.
        shown: The digests of the copies that were looked at.
        paper: What is printed: summaries, a pack of them, or a paper of the office.
    """

    session: Session
    case_refs: tuple[str, ...]
    copies: int
    asked: dict[str, Any]
    paper: str = SUMMARIES
    shown: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all cases are in one paper."""
        return self.paper != SUMMARIES

    @property
    def is_one_paper(self) -> bool:
        """Whether one file is made."""
        return self.copies * (1 if self.is_whole else len(self.case_refs)) == 1

    def preview(self) -> list[SeenPaper]:
        """Draw the first copy of the first cases; that they were looked at is on record.

        Raises:
            Refused: One of them is not the user's to print, or something is missing.
        """
        if self.paper == PACK:
            return [preview_pack(self.session, self.case_refs, copies=self.copies, **self.asked)]
        if self.is_whole:
            kind = OfficePaper(self.paper)
            return [preview_office_paper(self.session, kind, self.case_refs, copies=self.copies, **self.asked)]
        return [
            preview_summary(self.session, ref, copy=(1, self.copies), **self.asked)
            for ref in self.case_refs[:MAX_SHOWN_CASES]
        ]

    def texts(self) -> list[TextToReview]:
        """List the texts that the copies would carry; what cannot be printed is told when it is printed.

        Raises:
            Refused: None of the cases can be printed.
        """
        found: list[TextToReview] = []
        paper = OfficePaper(self.paper) if self.paper in set(OfficePaper) else None
        asked = {name: said for name, said in self.asked.items() if name not in {"review", "without_texts"}}
        for ref in self.case_refs:
            try:
                found += list_texts_to_review(self.session, [ref], paper, **asked)
            except Refused:
                if len(self.case_refs) == 1:
                    raise
        return found

    def digests(self, papers: Sequence[SeenPaper]) -> dict[tuple[str, int], str]:
        """Return the digests of what was drawn for the preview, as a run compares them."""
        return {(ref, 1): sha256(seen.pdf).hexdigest() for ref, seen in zip(self.case_refs, papers, strict=False)}

    def targets_in(self, folder: Path) -> list[SummaryTarget]:
        """Name a file for each copy in a folder; a name that is taken gets a number."""
        taken: set[Path] = set()
        audience = self.asked["audience"]
        numbers = [""] if self.copies == 1 else [f"-copy-{number}" for number in range(1, self.copies + 1)]
        copies = [f"-{audience.value}{number}" for number in numbers]
        if self.is_whole:
            stem = (
                self.paper if len(self.case_refs) > 1 else f"{paper_stem(audience, self.case_refs[0], 1)}-{self.paper}"
            )
            paths = (unused_path(folder / safe_file_name(stem, f"{copy}.pdf"), taken) for copy in copies)
            return [SummaryTarget(case_ref=self.case_refs[0], paths=tuple(paths))]
        return [
            SummaryTarget(
                case_ref=ref,
                paths=tuple(
                    unused_path(folder / safe_file_name(paper_stem(audience, ref, number), f"{copy}.pdf"), taken)
                    for copy in copies
                ),
            )
            for number, ref in enumerate(self.case_refs, 1)
        ]

    def targets_at(self, paths: Sequence[Path]) -> list[SummaryTarget]:
        """Name the file of each case, or of the whole where all are in one paper."""
        refs = self.case_refs[:1] if self.is_whole else self.case_refs
        return [SummaryTarget(case_ref=ref, paths=(path,)) for ref, path in zip(refs, paths, strict=True)]

    def run(
        self,
        progress: TaskProgress,
        targets: Sequence[SummaryTarget] = (),
        *,
        overwrite: bool = False,
        passphrase: str = "",
        done: list[PrintedCase] | None = None,
    ) -> list[PrintedCase]:
        """Print every case, until it is stopped; what was printed by then stays on record.

        Args:
            progress: Told which case was printed.
            targets: Where each copy goes; none where the bytes are wanted alone.
            overwrite: Whether files that are there are replaced.
            passphrase: What opens the files; empty for files that anybody can open.
            done: Receives each case as well, so that it is known what is on record when the run fails.

        Raises:
            Refused: Something that is asked of every copy is missing; nothing was printed.
        """
        done = [] if done is None else done
        if self.is_whole:
            with suppress(Cancelled):
                done.append(self._run_whole(progress, targets, overwrite=overwrite, passphrase=passphrase))
            return done
        wanted = targets or [SummaryTarget(case_ref=ref) for ref in self.case_refs]
        printing = print_in_parts(
            self.session,
            wanted,
            copies=self.copies,
            overwrite=overwrite,
            shown=self.shown,
            passphrase=passphrase,
            together=min(TOGETHER, 1 + len(wanted) // 10),  # who stops a run does so within a tenth of it
            is_stopped=lambda: progress.cancelled,
            **self.asked,
        )
        with closing(printing), suppress(Cancelled):
            progress.report(0, len(wanted), "making the pages")
            for part in printing:
                done += part
                progress.report(len(done), len(wanted), part[-1].case_ref)
        return done

    def run_noted(self, note: PrintNote, done: list[PrintedCase], progress: TaskProgress) -> list[PrintedCase]:
        """Keep a note that something is to be printed, and then put it on record, as `run` does."""
        run = note.keep(partial(note_of_papers, self.session, self.case_refs))
        return replace(self, asked={**self.asked, "run": run}).run(progress, done=done)

    def _run_whole(
        self, progress: TaskProgress, targets: Sequence[SummaryTarget], *, overwrite: bool, passphrase: str
    ) -> PrintedCase:
        """Print all cases as one paper; it can be stopped until every case is read, and then nothing leaves."""
        read: list[str] = []

        def told(case_ref: str) -> None:
            read.append(case_ref)
            progress.report(len(read), len(self.case_refs), case_ref)

        places = Places(
            paths=targets[0].paths if targets else (),
            overwrite=overwrite,
            passphrase=passphrase,
            shown=next(iter(self.shown.values()), ""),
        )
        progress.report(0, len(self.case_refs), "making the pages")
        if self.paper == PACK:
            return print_pack(self.session, self.case_refs, places, copies=self.copies, told=told, **self.asked)
        kind = OfficePaper(self.paper)
        return print_office_paper(
            self.session, kind, self.case_refs, places, copies=self.copies, told=told, **self.asked
        )


def describe_run(done: Sequence[PrintedCase], total: int, verb: str) -> tuple[str, bool]:
    """Say what a run did, and whether something was left out.

    Args:
        done: What became of each case.
        total: How many cases there were.
        verb: What was done with them: `Saved`.
    """
    failed = [each for each in done if each.error is not None]
    made = [each for each in done if each.error is None]
    made_cases = sum(len(each.case_refs) for each in made)
    left = total - made_cases - len(failed)
    if total == 1 and failed:
        return failed[0].sentence, True
    paths = [path for each in made for path in each.paths]
    where = f" as {paths[0]}" if len(paths) == 1 else f" in {paths[0].parent}" if paths else ""
    what = "" if total == 1 else f" {made_cases} of {total} cases"
    sentences = [f"{verb}{what}{where}, and put on record."] if made else ["Nothing was printed."]
    if left:
        sentences.append(f"Stopped: {pluralise(left, 'case')} {'was' if left == 1 else 'were'} not printed.")
    if failed:
        named = [f"{each.case_ref} ({each.sentence})" for each in failed[:MAX_NAMED_FAILURES]]
        more = [f"{len(failed) - MAX_NAMED_FAILURES} more"] if len(failed) > MAX_NAMED_FAILURES else []
        sentences.append(f"Not printed: {join_words([*named, *more])}")
    return " ".join(sentences), bool(left or failed)
