"""The reference data of a database: code lists, policy versions, enforcement ladder."""

from dataclasses import dataclass

from ioms_desktop.domain.policy.ladder import LadderStep, build_ladder
from ioms_desktop.domain.policy.policy import Policy
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.storage.records.code_lists import list_documents, policy_documents
from ioms_desktop.storage.records.read import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The reference data that rules and forms need."""

    lists: CodeLists
    policies: tuple[Policy, ...]
    ladder: tuple[LadderStep, ...]


def load_rulebook(reading: Reading) -> Rulebook:
    """Read the reference data.

    Raises:
        Refused: A code list or policy in the database cannot be read.
    """
    documents = list_documents(reading)
    return Rulebook(
        lists=CodeLists.from_lists(CodeList.from_document(name, document) for name, document in documents.items()),
        policies=tuple(Policy.from_document(document) for document in policy_documents(reading)),
        ladder=build_ladder(documents["enforcement_step"]["code"]),
    )
