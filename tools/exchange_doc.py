"""Write docs/exchange.md, the tables and columns of the exchange files, from the declarations of the record types.

python -m tools.exchange_doc
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from ioms_desktop.domain.records.code_lists import CodeList
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.paths import resource

DOC = Path(__file__).resolve().parent.parent / "docs" / "exchange.md"
HEAD = """# Exchange files

Every table of the exchange files with its columns, in their order. This page is written from the declarations of the
record types by `python -m tools.exchange_doc`; a test holds it to them. New tables and columns come last.

One table a file, `.csv` or a sheet of one `.xlsx`; the file is named after its table. Dates are `YYYY-MM-DD`, with a
time `YYYY-MM-DDTHH:MM`, local. A column marked * must have a value. A column that a file leaves out stays as it is.

The last three columns of every table are `struck_out_on` (date and time), `struck_out_by` and `struck_out_reason`. A
row with them was entered in error: it counts nowhere, and is known by its key and that time, so that another row may
have its key. An export lists such rows after the others; an import may leave the columns out. A row that was entered
in error here is not brought back by a file without them, which is told as a warning. An import cannot take out people
or cases.

Some columns of `people` have what the current entries of another table say: `address` and `postcode` that of
`addresses`, say. An import of one brings the other along. A folder with both must say the same in both: an entry that a
column leaves out is kept with a warning where there is room for it, and refused where the column has another value. A
column that would end an entry which the same folder has as current is refused.
"""
KINDS = {
    ColumnKind.REF: "reference",
    ColumnKind.TEXT: "text",
    ColumnKind.LONG_TEXT: "long text",
    ColumnKind.DATE: "date",
    ColumnKind.DAY_TIME: "date, or date and time",
    ColumnKind.YES_NO: "yes or no",
    ColumnKind.NUMBER: "number",
}


def exchange_text() -> str:
    """Return the page."""
    tables = "".join(_table(record_type) for record_type in EXCHANGE_RECORD_TYPES)
    named = {column.codes for each in EXCHANGE_RECORD_TYPES for column in columns_of(each) if column.codes}
    return f"{HEAD}{tables}\n## Lists\n\nA list marked + accepts other values too, with a warning.\n{_lists(named)}"


def _table(record_type: type[Record]) -> str:
    doc = (record_type.__doc__ or "").split("\n")[0]
    key = ", ".join(f"`{name}`" for name in record_type.key)
    rows = "".join(_row(column) for column in columns_of(record_type))
    return f"\n## {record_type.table}\n\n{doc} Known by {key}.\n\n| column | holds |\n|---|---|\n{rows}"


def _row(column: Column) -> str:
    mark = "*" if column.required else ""
    return f"| `{column.exchange_name}`{mark} | {_holds(column)} |\n"


def _holds(column: Column) -> str:
    if column.kind is ColumnKind.CODE:
        return f"a code of `{column.codes}`"
    if column.codes:
        return f"codes of `{column.codes}`, separated by semicolons"
    if column.kind is ColumnKind.WHOLE:
        return f"a whole number, {column.low} to {column.high}"
    if column.owner:
        return f"a reference of `{column.owner}`"
    return KINDS[column.kind]


def _lists(names: set[str]) -> str:
    said = []
    for name in sorted(names):
        document = tomllib.loads((resource("reference") / f"{name}.toml").read_text(encoding="utf-8"))
        codes = CodeList.from_document(name, document)
        entries = "".join(f"- `{code.code}` {code.label}\n" for code in codes if not code.synonym_of)
        said.append(f"\n### {name}{'+' if codes.open else ''}\n\n{codes.title}\n\n{entries}")
    return "".join(said)


def main() -> int:
    """Write the page and print where it is."""
    DOC.write_text(exchange_text(), encoding="utf-8")
    print(DOC)
    return 0


if __name__ == "__main__":
    sys.exit(main())
