"""The page of the exchange files says what the record types declare."""

from tools.exchange_doc import DOC, exchange_text

from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES


def test_the_page_of_the_exchange_files_is_as_the_record_types_declare() -> None:
    written = DOC.read_text(encoding="utf-8")
    assert written == exchange_text(), "Write it again: python -m tools.exchange_doc"


def test_it_names_every_table_and_column() -> None:
    """The control of the test above: a page that leaves something out is not enough, however it was written."""
    text = exchange_text()
    for record_type in EXCHANGE_RECORD_TYPES:
        _, _, own = text.partition(f"\n## {record_type.table}\n")
        section = own.partition("\n## ")[0]
        for column in columns_of(record_type):
            assert f"| `{column.exchange_name}`" in section
