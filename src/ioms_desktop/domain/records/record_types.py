"""All record types: those of the exchange files, in the order of the files, and those that are never exchanged."""

from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.records.compliance.conditions import OrderCondition
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer
from ioms_desktop.domain.records.documents.delivery import LetterDelivery
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.own_words import OwnWords
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.care import (
    Carer,
    CareStatus,
    PersonNeed,
    SafeguardingCheck,
    WarningMarker,
)
from ioms_desktop.domain.records.person_sets.names import PersonName
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.protection import GroupResponse, MappaPeriod, VictimContact
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import ScreeningCheck
from ioms_desktop.domain.records.workers.case_workers import CaseWorker

EXCHANGE_RECORD_TYPES: tuple[type[Record], ...] = (
    Person,
    Case,
    RagEntry,
    CustodySpell,
    Assessment,
    Need,
    Offer,
    Contact,
    Rating,
    Concern,
    Decision,
    Order,
    Offence,
    Referral,
    Notification,
    Action,
    MappaPeriod,
    VictimContact,
    OwnWords,
    GroupResponse,
    PersonName,
    Address,
    PersonNumber,
    Carer,
    WarningMarker,
    PersonNeed,
    CareStatus,
    SafeguardingCheck,
    Appointment,
    ScreeningCheck,
    PanelDecision,
    CustodyTransfer,
    OrderCondition,
    ComplianceStep,
    EligibilityCriterion,
    PlanGoal,
    CaseWorker,
    CaseExit,
    Associate,
    GroupMembership,
    Document,
    LetterDelivery,
)

INTERNAL_RECORD_TYPES: tuple[type[Record], ...] = (Proposal,)
"""Stored like the others but not part of the exchange files: proposals, which are not yet decisions."""

RECORD_TYPE_BY_TABLE: dict[str, type[Record]] = {
    record_type.table: record_type for record_type in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
}

NOT_STRUCK_OUT: frozenset[type[Record]] = frozenset({Person, Case, Proposal})
"""What is not struck out: a person and a case are no entries, and a proposal is answered or withdrawn."""

MOVABLE_PREFIXES: dict[type[Record], str] = {Contact: "CT", Offer: "OF", Concern: "CN", Rating: ""}
"""What is moved to another case, and how its new reference begins."""

PLAIN_RECORD_TYPES: tuple[type[Record], ...] = tuple(
    record_type for record_type in RECORD_TYPE_BY_TABLE.values() if record_type.is_plain
)
"""The record types that no rule of the policy reads."""

ADD_FORM_TYPES: tuple[type[Record], ...] = tuple(
    record_type
    for record_type in RECORD_TYPE_BY_TABLE.values()
    if record_type.has_add_form or (record_type.is_plain and not record_type.has_own_add)
)
"""The record types of which records are added by the generated form and command."""

CHANGE_FORM_TYPES: tuple[type[Record], ...] = tuple(
    record_type for record_type in RECORD_TYPE_BY_TABLE.values() if record_type.is_plain or record_type.has_change_form
)
"""The record types of which records are changed by the generated form and command."""
