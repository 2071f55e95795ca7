"""Check an audit that IOMS Desktop exported, with nothing but Python's standard library.

    python check_audit.py audit.jsonl
    python check_audit.py audit.jsonl --anchor anchor.json

It recomputes every hash from what the export says, and shares no code with the program that wrote it. The answer is 0
where the audit is whole, 1 where it is not, with the first thing that is wrong, and 2 where the files cannot be read.

What is hashed is a list of texts, each as the number of its bytes in UTF-8, a colon and the text; a dash stands for
none. H is SHA-256 of that list in hexadecimal digits.

    entry, version 1   H(id, at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref,
                         recipient, reason_code, reason_text, before, after, mark); before and after by their SHA-256
    entry, version 2   H("audit entry 2", header, about, words)
      header           H(id, mark, at, kind, actor, actor_role, workstation, request, object_type, reason_code)
      about            H(salt, object_ref, subject_ref, recipient, reason_text)
      words            H(salt, before, after)
    epoch              H(number, opened_at, opened_by, reason, system_id, base, superseded_from, superseded_to,
                         proposed_by, superseded)
    seal               H(n, at, epoch, from_mark, to_mark, rows, root, prev, database, epochs); root is SHA-256 of the
                         hashes of its entries, epochs that of the epochs' up to its own; version 1 without epochs

Of an entry of version 1, about is empty and words is H(object_ref, subject_ref, recipient, reason_text, before, after)
where the entry with which version 2 begins, and a disposal since then, hash it as one of version 2.

An entry that a disposal emptied no longer has the hash with which it was sealed. It must have the one that the disposal
left it with, its header must still give the sealed hash together with the digests of what went, and the disposal must
stand in the audit as the act of two people. An anchor is a seal that was kept elsewhere: it must be in the chain.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

Row = Dict[str, Any]
ENTRIES_PER_BLOCK = 1_000
FORMAT = 3
EMPTIED = "emptied"

HEADER = ("id", "mark", "at", "kind", "actor", "actor_role", "workstation", "request", "object_type", "reason_code")
ABOUT = ("object_ref", "subject_ref", "recipient", "reason_text")
FIRST = (
    *("id", "at", "kind", "actor", "actor_role", "workstation", "request", "object_type", "object_ref", "subject_ref"),
    *("recipient", "reason_code", "reason_text", "before", "after", "mark"),
)
EPOCH = (
    *("number", "opened_at", "opened_by", "reason", "system_id", "base", "superseded_from", "superseded_to"),
    *("proposed_by", "superseded"),
)
SEAL = ("n", "at", "epoch", "from_mark", "to_mark", "rows", "root", "prev")

MALFORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading a text that is not of an audit may end in."""

MIXED_VERSIONS = "Version 1 and version 2 entries are mixed, or the entry that starts version 2 is missing or repeated."


class NotWholeError(Exception):
    """The first thing that is wrong, in a sentence."""


def plain(text: str) -> str:
    """Hash a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def listed(*texts: object) -> str:
    """Hash a list of texts."""
    written = b""
    for text in texts:
        octets = None if text is None else str(text).encode("utf-8", "surrogatepass")
        written += b"-" if octets is None else b"%d:" % len(octets) + octets
    return hashlib.sha256(written).hexdigest()


def refuse(is_wrong: object, sentence: str) -> None:
    """Stop where something is wrong."""
    if is_wrong:
        raise NotWholeError(sentence)


class Audit:
    """An exported audit, read line by line."""

    def __init__(self, lines: Iterator[str]) -> None:
        """Read what database it is of."""
        first = json.loads(next(lines))
        if first.get("part") != "database" or first.get("format") != FORMAT:
            raise ValueError("This is no exported audit.")
        self.begin(first["id"], lines)

    def begin(self, database: str, lines: Iterator[str]) -> None:
        """Begin with nothing but a database and the lines that follow."""
        self.database, self.lines = database, lines
        self.after: Optional[Row] = None
        self.heads = 0
        self.kept: List[str] = []
        self.epochs: List[Row] = []
        self.seals: List[Row] = []
        self.redactions: List[Row] = []
        self.emptied: Dict[int, Row] = {}
        self.entries = self.sealed = self.former = 0
        self.last_former = self.first_new = 0
        self.blocks: List[str] = []
        self.block = ""
        self.own: Dict[Tuple[str, str, str], List[Row]] = {}
        self.hashes: Dict[int, str] = {}

    def check(self) -> None:
        """Check every entry and seal, and then what they say of disposals and epochs."""
        entry = None
        for line in self.lines:
            row = json.loads(line)
            kinds = {"epoch": self.epochs, "seal": self.seals, "redaction": self.redactions}
            if row["part"] == "entry":
                entry = row
                break
            if row["part"] == "kept audit":
                self.begin_kept(row)
                break
            kinds[row["part"]].append(row)
        self.emptied = {row["entry"]: row for row in self.redactions}  # the latest of each
        stream = self.checked_entries(entry)
        waiting, last, has_second = next(stream, None), None, False
        for seal in self.seals:
            self.check_seal(seal, last)
            hashes = []
            while waiting is not None and waiting[0] < seal["to_mark"]:
                hashes.append(waiting[1])
                has_second = has_second or waiting[2]
                waiting = next(stream, None)
            place, rows = f"Seal {seal['n']}", seal["rows"]
            refuse(len(hashes) != rows, f"{place} covers {rows} entries but {len(hashes)} were found.")
            refuse(plain("".join(hashes)) != seal["root"], f"{place} was put on other entries than are there now.")
            refuse(has_second and seal["epochs"] is None, f"{place} does not cover the epochs.")
            self.sealed += len(hashes)
            last = seal
        while waiting is not None:
            waiting = next(stream, None)
        self.check_itself()

    def begin_kept(self, head: Row) -> None:
        """Count the audits that are kept beside this one, and take note of the next."""
        self.after = head
        self.heads += 1

    def check_itself(self) -> None:
        """Check what the audit says of its versions, disposals, epochs, and of other audits that are kept beside it."""
        self.check_versions()
        self.check_disposals()
        self.check_epochs()
        while self.after is not None:
            kept = KeptAudit(self)
            try:
                kept.check()
            except NotWholeError:
                if kept.records:
                    raise
            except MALFORMED:
                refuse(kept.records, f"What is kept of {kept.database} by {kept.by} is no audit.")
            kept.pass_over()
            self.kept.append(kept.description)
        is_unread = len(self.kept) != self.heads or next(self.lines, None) is not None
        refuse(is_unread, "Of what is kept of other databases, not all was checked.")

    def checked_entries(self, row: Optional[Row]) -> Iterator[Tuple[int, str, bool]]:
        """Give mark, sealed hash and version of each entry, once its own hash was recomputed."""
        while row is not None:
            self.entries += 1
            yield int(row["mark"]), self.check_entry(row), row["about_salt"] is not None
            line = next(self.lines, None)
            row = None if line is None else json.loads(line)
            if row is not None and row["part"] != "entry":
                self.begin_kept(row)
                row = None

    def check_entry(self, row: Row) -> str:
        """Check an entry; give the hash with which it was sealed."""
        place, was = f"Entry {row['id']}", self.emptied.get(int(row["id"]))
        is_second = row["about_salt"] is not None
        header = listed(*(row[name] for name in HEADER))
        about, words = "", row["words_digest"]
        if is_second:
            about = listed(row["about_salt"], *(row[name] for name in ABOUT))
        else:
            words = listed(*(row[name] for name in (*ABOUT, "before", "after")))
        now = listed("audit entry 2", header, about, words)
        before = now
        by_second = was is not None and was["about_hash"] is not None
        if by_second:
            before = listed("audit entry 2", header, was["about_hash"], was["words_hash"])
            refuse(now != was["kept_hash"], f"{place} was changed after {was['disposal_ref']} emptied it.")
            refuse(
                is_second and before != row["hash"],
                f"{place} has been altered beyond the emptying: its header no longer matches.",
            )
            is_empty = words == listed("", None, None) if is_second else not (row["before"] or row["after"])
            is_neutral = (
                (not row["object_ref"] or row["object_ref"].startswith(f"{was['disposal_ref']}/"))
                and row["subject_ref"] in {None, "", was["disposal_ref"]}
                and not row["recipient"]
                and not row["reason_text"]
                and is_empty
            )
            is_same = about == was["about_hash"] if is_second else not is_empty
            refuse(
                not is_same and not is_neutral,
                f"{place} no longer refers to what it originally referred to.",
            )
        elif is_second:
            refuse(was is not None or now != row["hash"], f"{place} was changed after it was written.")
        else:
            expected = row["hash"] if was is None else was["kept_hash"]
            refuse(listed(*(row[name] for name in FIRST)) != expected, f"{place} was changed after it was written.")
        refuse(not row["hash"], f"{place} has no hash.")
        self.note(row, before, is_second=is_second)
        return row["hash"]

    def note(self, row: Row, before: str, *, is_second: bool) -> None:
        """Keep what an entry says of the audit itself, and what version 1 left."""
        number = int(row["id"])
        if is_second:
            self.first_new = min(self.first_new or number, number)
        else:
            self.block += before + row["hash"]
            self.former += 1
            self.last_former = max(self.last_former, number)
            if self.former % ENTRIES_PER_BLOCK == 0:
                self.blocks.append(plain(self.block))
                self.block = ""
        is_own = row["kind"] in {"ALTERATION", "ERASURE"} and row["object_type"] in {"audit", "redaction", "disposal"}
        if not is_own and (row["kind"], row["object_type"]) != ("COMBINATION", "promotion"):
            return
        detail, recorded = row["detail"], None if row["detail"] is None else plain(row["detail"])
        if detail is not None:
            right = (
                row["words_digest"] == listed(row["words_salt"], None, recorded)
                if is_second
                else row["after"] == recorded
            )
            refuse(not right, f"Entry {number} does not say what it was sealed with.")
        try:
            said = json.loads(detail or "{}")
        except ValueError:
            said = {}
        said = said if isinstance(said, dict) else {}
        if said.get("denied"):
            return
        name = row["object_ref"] if row["object_type"] in {"audit", "promotion"} else row["subject_ref"] or ""
        self.own.setdefault((row["object_type"], row["kind"], name), []).append(
            {
                "id": number,
                "mark": int(row["mark"]),
                "actor": row["actor"],
                "ref": row["object_ref"],
                "said": said,
                "second": is_second,
            }
        )

    def check_seal(self, seal: Row, last: Optional[Row]) -> None:
        """Check a seal by itself, and that it follows the one before."""
        number, place = (last["n"] if last else 0) + 1, f"Seal {seal['n']}"
        refuse(seal["n"] != number, f"Seal {number} is missing.")
        covers = () if seal["epochs"] is None else (seal["epochs"],)
        right = listed(*(seal[name] for name in SEAL), self.database, *covers)
        refuse(right != seal["hash"], f"{place} was changed after it was made.")
        follows = (
            seal["prev"] == (last["hash"] if last else "")
            and seal["from_mark"] == (last["to_mark"] if last else 0)
            and seal["epoch"] >= (last["epoch"] if last else 1)
            and any(epoch["number"] == seal["epoch"] for epoch in self.epochs)
        )
        refuse(not follows, f"{place} does not follow the one before.")
        named = any(f"{seal['n']}:{seal['hash']}" in (epoch["superseded"] or "").split() for epoch in self.epochs)
        refuse(named, f"{place} is in the chain, and an epoch says that a restore discarded it.")
        if seal["epochs"] is not None:
            upto = (listed(*(e[name] for name in EPOCH)) for e in self.epochs if e["number"] <= seal["epoch"])
            refuse(plain("".join(upto)) != seal["epochs"], f"An epoch is not as it was when {place.lower()} was made.")
        self.hashes[seal["n"]] = seal["hash"]

    def about_audit(self, ref: str) -> List[Row]:
        """What the audit says of itself under a reference."""
        return self.own.get(("audit", "ALTERATION", ref), [])

    def beginnings(self) -> List[Row]:
        """The entries that say that version 2 begins; one that is of version 1 itself is from before a downgrade."""
        return [each for each in self.about_audit("version 2") if each["second"]]

    def former_epochs(self) -> int:
        """The last epoch that was opened under version 1."""
        begins = self.beginnings()
        counted = begins[0]["said"].get("epochs") if begins else None
        return counted if isinstance(counted, int) else 1

    def check_versions(self) -> None:
        """Check that the entries of version 1 are those that were there when version 2 began."""
        begins = self.beginnings()
        if not self.first_new or not (self.former or begins):
            return
        mixed = len(begins) != 1 or self.last_former >= self.first_new
        refuse(mixed, MIXED_VERSIONS)
        root = plain("".join([*self.blocks, *([plain(self.block)] if self.block else [])]))
        same = begins[0]["said"].get("entries") == self.former and begins[0]["said"].get("root") == root
        refuse(not same, "The entries of version 1 are not those that were there when version 2 began.")

    def check_disposals(self) -> None:
        """Check that what was emptied was emptied once, on record, by a disposal of two people."""
        rows = {}
        for row in self.redactions:
            rows.setdefault(row["disposal_ref"], []).append(row)
        listed_too = {name for kind, verb, name in self.own if (kind, verb) == ("redaction", "ERASURE")}
        for ref in sorted({*rows, *listed_too}):
            found = sorted(rows.get(ref, []), key=lambda row: row["entry"])
            done = self.own.get(("redaction", "ERASURE", ref), [])
            refuse(len(done) > 1, f"Entries were emptied under {ref} more than once.")
            texts = [ref]
            for row in found:
                texts += [row["entry"], row["kept_hash"]]
                originals = [row["about_hash"], row["words_hash"]]
                texts += [] if originals == [None, None] else originals
            right = bool(done) and done[0]["ref"] == (listed(*texts) if found else "")
            refuse(not right, f"The entries emptied under {ref} are not those that its disposal put on record.")
            lacking = done[0]["second"] and any(row["about_hash"] is None for row in found)
            refuse(lacking, f"The entries emptied under {ref} lack the digests of what they said.")
            refuse(not self.by_two(ref, done[0]), f"What was emptied under {ref} was not a disposal of two people.")

    def by_two(self, ref: str, done: Row) -> bool:
        """Whether one proposed a disposal and another authorised it, each by an entry of their own."""
        certificates = self.own.get(("disposal", "ERASURE", ref), [])
        if len(certificates) != 1:
            return False
        said = certificates[0]["said"]
        proposer, authoriser = str(said.get("proposed_by")), str(said.get("authorised_by"))
        proposals = self.own.get(("disposal", "ALTERATION", ref), [])
        return (
            proposer != authoriser
            and authoriser == certificates[0]["actor"] == done["actor"]
            and any(
                each["actor"] == proposer
                and each["id"] < done["id"]
                and (not done["second"] or self.is_sealed_between(each["mark"], done["mark"]))
                for each in proposals
            )
        )

    def is_sealed_between(self, first: int, then: int) -> bool:
        """Whether a seal ends between two marks: nothing is emptied before the proposal is sealed."""
        return any(first < seal["to_mark"] <= then for seal in self.seals)

    def check_epochs(self) -> None:
        """Check that each epoch is on record, and by two on a server where it supersedes a seal."""
        for number, epoch in enumerate(self.epochs, 1):
            refuse(epoch["number"] != number, f"Epoch {number} of the audit is missing.")
            if number <= self.former_epochs():
                continue
            opened = self.about_audit(f"epoch {number}")
            right = len(opened) == 1 and opened[0]["actor"] == epoch["opened_by"]
            right = right and opened[0]["said"].get("epoch") == listed(*(epoch[name] for name in EPOCH))
            if right and epoch["superseded"] and any(each["system_id"] for each in self.epochs):
                before = [each["id"] for each in self.about_audit(f"epoch {number} withdrawn")]
                withdrawn = max((each for each in before if each < opened[0]["id"]), default=0)
                right = epoch["proposed_by"] != epoch["opened_by"] and any(
                    each["actor"] == epoch["proposed_by"]
                    and withdrawn < each["id"] < opened[0]["id"]
                    and each["said"].get("superseded") == epoch["superseded"]
                    for each in self.about_audit(f"epoch {number} proposed")
                )
            refuse(not right, f"Epoch {number} of the audit is not as it was put on record, or not by two people.")
        last = len(self.epochs) + 1
        refuse(self.about_audit(f"epoch {last}"), f"Epoch {last} of the audit is missing.")

    def check_anchor(self, heads: List[Row], accepted: Sequence[int]) -> None:
        """Check that the seals that were kept elsewhere are in the chain."""
        heads = [head for head in heads if head["database_id"] == self.database]
        if not heads:
            raise ValueError("The anchor is of another database.")
        for head in heads:
            if self.hashes.get(head["n"]) == head["hash"]:
                continue
            by = next((epoch for epoch in self.epochs if self.supersedes(epoch, head)), None)
            why = "is not in the chain: the end of the audit was taken away, or it was written anew."
            if by is not None:
                if by["number"] in accepted:
                    continue
                people = " and ".join(filter(None, (by["proposed_by"], by["opened_by"])))
                why = f"was superseded by epoch {by['number']}, opened by {people}: {by['reason']}"
            raise NotWholeError(f"Seal {head['n']}, which the anchor holds, {why}")

    def supersedes(self, epoch: Row, head: Row) -> bool:
        """Whether an epoch says that a restore discarded a seal that was kept elsewhere."""
        if epoch["superseded"] is not None:
            return f"{head['n']}:{head['hash']}" in epoch["superseded"].split()
        is_former = head["epoch"] < epoch["number"] <= self.former_epochs() and epoch["superseded_from"] is not None
        return is_former and epoch["superseded_from"] <= head["n"] <= epoch["superseded_to"]


class KeptAudit(Audit):
    """The audit of another database, kept beside the one that says what was imported of it, and by whom."""

    def __init__(self, beside: Audit) -> None:
        """Read it from where the other one has come to."""
        first = beside.after or {}
        beside.after = None
        self.by, self.beside = first["by"], beside
        self.digests: Dict[str, Any] = {}
        self.with_emptied: Set[str] = set()
        self.left: Dict[int, str] = {}
        self.emptied_there = 0
        records = beside.own.get(("promotion", "COMBINATION", first["database"]), [])
        self.records = [each["said"] for each in records if each["actor"] == self.by and each["said"]]
        self.begin(first["database"], self.as_exported())

    def rows(self) -> Iterator[Row]:
        """Give what is kept, unread, up to where the next kept audit begins."""
        while self.beside.after is None and (line := next(self.beside.lines, None)) is not None:
            row = json.loads(line)
            if row["part"] == "kept audit":
                self.beside.begin_kept(row)
            else:
                yield row

    def pass_over(self) -> None:
        """Leave unread what is left of one that nobody put on record; whoever may bring an audit may bring anything."""
        for _ in self.rows():
            pass

    def as_exported(self) -> Iterator[str]:
        """Give what is kept in the lines of an export; what was emptied comes before the entries."""
        entries = []
        for row in self.rows():
            self.digests.setdefault(row["at"], hashlib.sha256()).update(row["fields"].encode("utf-8"))
            said = json.loads(row["fields"])
            if row["of"] == "ENTRY":
                entries.append(said)
                self.note_emptied(said, row)
            else:
                yield json.dumps({"part": row["of"].lower(), **said})
        for said in entries:
            if said[17] is not None:
                yield json.dumps({"part": "redaction", **self.redaction(said)})
        for said in entries:
            yield json.dumps({"part": "entry", **self.row(said)})

    def note_emptied(self, said: List[Any], row: Row) -> None:
        """Keep the text of an entry that was emptied where it is kept."""
        if said[17] not in {None, EMPTIED}:
            self.emptied_there = max(self.emptied_there, int(said[0]))
        if said[17] == EMPTIED:
            self.with_emptied.add(row["at"])
            self.left[int(said[0])] = row["fields"]
            stays = {0, 1, 2, 3, 4, 5, 7, 11, 15, 16, 17} | (set() if len(said) == len(FIRST) + 2 else {6, 18, 20, 21})
            beyond = any(value is not None for place, value in enumerate(said) if place not in stays)
            refuse(beyond, f"In the audit of {self.database}: entry {said[0]} was altered beyond the emptying.")

    def row(self, said: List[Any]) -> Row:
        """Give an entry as an export has it."""
        row: Row = {name: said[place] for place, name in enumerate(FIRST)}
        row.update(hash=said[16], about_salt=None, words_digest=None, words_salt=None, detail=None)
        if len(said) > len(FIRST) + 2:
            row["about_salt"], row["words_digest"] = said[18], said[19]
            if said[17] == EMPTIED and said[18] is not None:
                row["words_digest"] = listed("", None, None)
        return row

    def redaction(self, said: List[Any]) -> Row:
        """Give what an export would have of an entry that was emptied."""
        row, kept_hash, about_hash, words_hash = self.row(said), said[17], None, None
        if len(said) > len(FIRST) + 2:
            about_hash, words_hash = said[20], said[21]
        if kept_hash == EMPTIED and about_hash is None:
            kept_hash = listed(*(row[name] for name in FIRST))
        elif kept_hash == EMPTIED:
            header = listed(*(row[name] for name in HEADER))
            about = listed(row["about_salt"], *(row[name] for name in ABOUT)) if row["about_salt"] is not None else ""
            words = row["words_digest"] or listed(*(row[name] for name in (*ABOUT, "before", "after")))
            kept_hash = listed("audit entry 2", header, about, words)
        ref = (row["object_ref"] or "").partition("/")[0]
        numbers = {"entry": int(said[0]), "disposal_ref": ref, "kept_hash": kept_hash}
        return {**numbers, "about_hash": about_hash, "words_hash": words_hash}

    def check_itself(self) -> None:
        """Check that it is what was put on record as imported, and what disposals left of it."""
        if not self.records:
            return
        place = f"In the audit of {self.database}, kept by {self.by}:"
        faults = [each["fault"] for each in self.records if "fault" in each]
        refuse(faults, f"{place} when it was imported, {' '.join(faults)}")
        count = sum(each["entries"] for each in self.records)
        refuse(count != self.entries, f"{place} {count} entries were put on record, and {self.entries} are there.")
        refuse(self.last_former > self.first_new > 0, f"{place} {MIXED_VERSIONS}")
        disposals = [each for (what, _, _), found in self.own.items() if what == "redaction" for each in found]
        late = self.emptied_there and self.emptied_there >= max((each["id"] for each in disposals), default=0)
        refuse(late, f"{place} an entry was changed after it was written: no disposal emptied it.")
        if all("sha256" in each for each in self.records):
            nothing = hashlib.sha256().hexdigest()
            recorded = [each["sha256"] for each in self.records if each["sha256"] != nothing]
            there = Counter(made.hexdigest() for at, made in self.digests.items() if at not in self.with_emptied)
            same = len(self.digests) == len(recorded) and not there - Counter(recorded)
            refuse(not same, f"{place} what is kept is not what was imported.")
        known: Set[int] = set()
        for each in self.beside.own.get(("audit", "ERASURE", f"kept {self.database}"), []):
            if each["said"].get("kept_by") == self.by:
                numbers = each["said"]["entries"]
                known.update(numbers)
                whole = plain("".join(self.left.get(number, "") for number in sorted(numbers)))
                refuse(whole != each["said"]["sha256"], f"{place} a disposal left other entries than are there.")
        refuse(set(self.left) - known, f"{place} entries were emptied, and no disposal put that on record.")

    @property
    def description(self) -> str:
        """What was checked of it."""
        whose = f"Kept of another database ({self.database}, by {self.by})"
        if not self.records:
            return f"{whose}: nobody put on record that it was imported; it proves nothing."
        return f"{whose}: {self.entries} entries, of them sealed: {self.sealed}."


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Check the audit that the command line names."""
    parser = argparse.ArgumentParser(description="Check an exported audit of IOMS Desktop.")
    parser.add_argument("audit", help="what audit export wrote")
    parser.add_argument("--anchor", help="what audit anchor wrote earlier, kept elsewhere")
    parser.add_argument("--accept-epoch", type=int, action="append", default=[], help="a restore that you know of")
    options = parser.parse_args(arguments)
    try:
        with Path(options.audit).open(encoding="utf-8") as lines:
            audit = Audit(lines)
            heads = None
            if options.anchor:
                heads = json.loads(Path(options.anchor).read_text(encoding="utf-8"))["heads"]
            audit.check()
            if heads is not None:
                audit.check_anchor(heads, options.accept_epoch)
    except NotWholeError as wrong:
        print(f"The audit is not whole. {wrong}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        print(f"This cannot be read as an audit and its anchor: {error}")
        return 2
    print(f"Entries: {audit.entries}, of them sealed: {audit.sealed}. Seals: {len(audit.seals)}.")
    for ref in sorted({row["disposal_ref"] for row in audit.redactions}):
        said = audit.own["disposal", "ERASURE", ref][0]["said"]
        print(f"Disposal {ref}, proposed by {said['proposed_by']} and authorised by {said['authorised_by']}")
    for epoch in audit.epochs[1:]:
        people = " and ".join(filter(None, (epoch["proposed_by"], epoch["opened_by"])))
        print(f"Epoch {epoch['number']}, opened {epoch['opened_at']} by {people}: {epoch['reason']}")
    for kept in audit.kept:
        print(kept)
    if heads is None:
        print("Without an anchor, an end that was taken away and a trail that was written anew are not found.")
    print("The audit is whole.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
