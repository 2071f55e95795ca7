"""The steps of a case, one table for both programmes: what may follow, who may do it, what it needs.

Source: practice notes 2.3, 2.9 (IOM), 3 and 6 (Phoenix); policy, "Adopted" and "notified". The window, the service and
a shared database go by this table; an import may bring a case that went further meanwhile (`CodeList.leads_to`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case

FIRST_STATUS = {"IOM": "REFERRED", "PHOENIX": "POOL"}
"""The status of a new case, by programme."""


class StatusNeed(StrEnum):
    """What a step needs; the value is said where it is missing.

    Those of `ASKED` are asked with the step; the others must be on record before.
    """

    ADOPTED_ON = "the day of adoption"
    COHORT = "the cohort"
    NOTIFIED_ON = "the day of notification"
    CLOSED_ON = "the day on which the case closes"
    CLOSE_REASON = "the reason for closing"
    DELIVERED_NOTIFICATION = "a notification on record that was delivered"
    OFFER = "a support offer on record"
    ENFORCEMENT_DECISION = "an enforcement decision on record"
    MAPPA_CHECK = "MAPPA"
    MARAC_CHECK = "MARAC"
    EXPLOITATION_CHECK = "exploitation and NRM"
    SAFEGUARDING_CHECK = "safeguarding"
    ELSEWHERE_CHECK = "managed elsewhere"
    PANEL_ACCEPTED = "the panel's decision to accept"
    PANEL_ELIGIBLE = "the panel's decision that the person is eligible"
    PANEL_DESELECTED = "the panel's decision to de-select"
    SUSPENSION = "the suspension on record, with its reason"
    EXIT_PLAN = "an exit plan"


ASKED = {
    StatusNeed.ADOPTED_ON: "adopted_on",
    StatusNeed.COHORT: "cohort",
    StatusNeed.NOTIFIED_ON: "notified_on",
    StatusNeed.CLOSED_ON: "closed_on",
    StatusNeed.CLOSE_REASON: "close_reason",
}
"""The columns of the case that are asked together with a step."""
CLOSING = (StatusNeed.CLOSED_ON, StatusNeed.CLOSE_REASON)
CHECK_OF = {
    StatusNeed.MAPPA_CHECK: "MAPPA",
    StatusNeed.MARAC_CHECK: "MARAC",
    StatusNeed.EXPLOITATION_CHECK: "EXPLOITATION",
    StatusNeed.SAFEGUARDING_CHECK: "SAFEGUARDING",
    StatusNeed.ELSEWHERE_CHECK: "ELSEWHERE",
}
"""The check of the screening that a need is, by the code of the list `screening_check`."""
PANEL_DECISION_OF = {
    StatusNeed.PANEL_ACCEPTED: "ACCEPT",
    StatusNeed.PANEL_ELIGIBLE: "ELIGIBLE",
    StatusNeed.PANEL_DESELECTED: "DESELECT",
}
"""The decision of a panel that a need is, by the code of the list `panel_decision`."""
LEAVING_NEEDS = frozenset({StatusNeed.SUSPENSION, StatusNeed.EXIT_PLAN})
"""What is recorded together with leaving."""


@dataclass(frozen=True, slots=True)
class StatusRecords:
    """What is on record of a case that a step may need.

    Attributes:
        checks: The checks of the screening that are answered.
        panel_decisions: What the panel has decided so far.
    """

    has_delivered_notification: bool = False
    has_offer: bool = False
    has_enforcement_decision: bool = False
    checks: frozenset[str] = frozenset()
    panel_decisions: frozenset[str] = frozenset()
    has_suspension: bool = False
    has_exit_plan: bool = False

    def has(self, need: StatusNeed) -> bool:
        """Whether a need that is not asked with the step is met."""
        if need in CHECK_OF:
            return CHECK_OF[need] in self.checks
        if need in PANEL_DECISION_OF:
            return PANEL_DECISION_OF[need] in self.panel_decisions
        return {
            StatusNeed.DELIVERED_NOTIFICATION: self.has_delivered_notification,
            StatusNeed.OFFER: self.has_offer,
            StatusNeed.ENFORCEMENT_DECISION: self.has_enforcement_decision,
            StatusNeed.SUSPENSION: self.has_suspension,
            StatusNeed.EXIT_PLAN: self.has_exit_plan,
        }[need]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRule:
    """A status, and how a case comes to it.

    Attributes:
        status: The code of the list `case_status`.
        after: The statuses that it may follow; empty for the first one.
        by: The roles that may take the step.
        needs: What it needs.
    """

    programme: str
    status: str
    after: frozenset[str]
    by: frozenset[Role]
    needs: tuple[StatusNeed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStatus:
    """A status that may follow, as it is offered to a user.

    Attributes:
        status: Its code.
        asks: What is asked together with it.
        missing: What must be on record first.
        by: The roles that may take the step, where the user's is none of them.
    """

    status: str
    asks: tuple[StatusNeed, ...]
    missing: tuple[StatusNeed, ...] = ()
    by: tuple[Role, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether the user may take it now."""
        return not (self.missing or self.by)


Way = tuple[str, str, tuple[StatusNeed, ...]]
"""What a status may follow, the roles that may take the step, and what it needs."""


def _rules(programme: str, table: Mapping[str, Way | tuple[Way, ...]]) -> tuple[StatusRule, ...]:
    return tuple(
        StatusRule(
            programme=programme,
            status=status,
            after=frozenset(after.split()),
            by=frozenset(Role(role) for role in by.split()),
            needs=needs,
        )
        for status, ways in table.items()
        for after, by, needs in _several(ways)
    )


def _several(ways: Way | tuple[Way, ...]) -> Iterable[Way]:
    """Return the ways to a status, of which most have one."""
    return (ways,) if isinstance(ways[0], str) else ways


_PANEL = "supervisor coordinator"
_POLICE = "officer supervisor"
_OFFICE = "officer supervisor coordinator"
_TEAM = "officer navigator supervisor"
_EVERYBODY = "officer navigator supervisor coordinator"
_BEFORE_IOM = "REFERRED SCREENED PANEL_PENDING DEFERRED REFERRED_BACK"
_ADOPTED = "ACTIVE SUSPENDED"
_BEFORE_PHOENIX = "POOL ELIGIBLE RANDOMISED NOTIFY_DUE"
_ON_PHOENIX = "NOTIFIED OFFERED ENGAGED DISENGAGED LOST_CONTACT ENFORCEMENT_ACTIVE"
_ADOPTION = (StatusNeed.ADOPTED_ON, StatusNeed.COHORT)
_SCREENING = tuple(CHECK_OF)
_ACCEPTANCE = (*_SCREENING, StatusNeed.PANEL_ACCEPTED)
_EXIT = (StatusNeed.EXIT_PLAN, *CLOSING)
_NOTIFICATION = (StatusNeed.DELIVERED_NOTIFICATION, StatusNeed.NOTIFIED_ON)

STATUS_RULES: tuple[StatusRule, ...] = (
    *_rules(
        "IOM",
        {
            "REFERRED": ("", _OFFICE, ()),
            "SCREENED": ("REFERRED DEFERRED REFERRED_BACK", _OFFICE, _SCREENING),
            "PANEL_PENDING": ("REFERRED SCREENED DEFERRED REFERRED_BACK", _OFFICE, _SCREENING),
            "DEFERRED": ("REFERRED SCREENED PANEL_PENDING REFERRED_BACK", _PANEL, ()),
            "ACCEPTED": (_BEFORE_IOM, _PANEL, (*_ACCEPTANCE, StatusNeed.COHORT)),
            "NOT_ACCEPTED": (_BEFORE_IOM, _PANEL, CLOSING),
            "ACTIVE": (
                (_BEFORE_IOM, _OFFICE, (*_ACCEPTANCE, *_ADOPTION)),
                (
                    "ACCEPTED SUSPENDED",
                    _OFFICE,
                    _ADOPTION,
                ),  # a case that an import brought so far was screened elsewhere
            ),
            "SUSPENDED": ("ACCEPTED ACTIVE", _OFFICE, (StatusNeed.SUSPENSION,)),
            "DESELECTED": (f"ACCEPTED {_ADOPTED}", _PANEL, (StatusNeed.PANEL_DESELECTED, *_EXIT)),
            "TRANSFERRED_OUT": (f"ACCEPTED {_ADOPTED}", _PANEL, _EXIT),
            "DECEASED": (f"{_BEFORE_IOM} ACCEPTED {_ADOPTED}", _OFFICE, CLOSING),
        },
    ),
    *_rules(
        "PHOENIX",
        {
            "POOL": ("", _EVERYBODY, ()),
            "ELIGIBLE": ("POOL IN_CUSTODY", _PANEL, (*_SCREENING, StatusNeed.PANEL_ELIGIBLE)),
            "NOT_ELIGIBLE": ("POOL ELIGIBLE", _PANEL, CLOSING),
            "RANDOMISED": ("ELIGIBLE IN_CUSTODY", "", ()),  # the allocation comes with an import
            "NOTIFY_DUE": ("ELIGIBLE RANDOMISED LOST_CONTACT IN_CUSTODY", _EVERYBODY, ()),
            "NOTIFIED": ("ELIGIBLE RANDOMISED NOTIFY_DUE LOST_CONTACT IN_CUSTODY", _TEAM, _NOTIFICATION),
            "OFFERED": (
                "NOTIFIED ENGAGED DISENGAGED LOST_CONTACT ENFORCEMENT_ACTIVE IN_CUSTODY",
                _TEAM,
                (StatusNeed.OFFER,),
            ),
            "ENGAGED": ("NOTIFIED OFFERED DISENGAGED LOST_CONTACT ENFORCEMENT_ACTIVE IN_CUSTODY", _TEAM, ()),
            "DISENGAGED": ("NOTIFIED OFFERED ENGAGED LOST_CONTACT ENFORCEMENT_ACTIVE IN_CUSTODY", _TEAM, ()),
            "LOST_CONTACT": (
                "NOTIFY_DUE NOTIFIED OFFERED ENGAGED DISENGAGED ENFORCEMENT_ACTIVE IN_CUSTODY",
                _TEAM,
                (),
            ),
            "ENFORCEMENT_ACTIVE": (
                "NOTIFY_DUE NOTIFIED OFFERED ENGAGED DISENGAGED LOST_CONTACT IN_CUSTODY",
                _POLICE,
                (StatusNeed.ENFORCEMENT_DECISION,),
            ),
            "IN_CUSTODY": (f"{_BEFORE_PHOENIX} {_ON_PHOENIX}", _EVERYBODY, ()),
            "COMPLETED": (f"RANDOMISED NOTIFY_DUE {_ON_PHOENIX} IN_CUSTODY", _EVERYBODY, _EXIT),
            "WITHDRAWN": (f"ELIGIBLE RANDOMISED NOTIFY_DUE {_ON_PHOENIX} IN_CUSTODY", _EVERYBODY, CLOSING),
            "DECEASED": (f"{_BEFORE_PHOENIX} {_ON_PHOENIX} IN_CUSTODY", _EVERYBODY, CLOSING),
        },
    ),
)
"""A case that closed is not opened again: nothing follows a status that closes, and coming back is a new case."""

_BY_STEP = {(rule.programme, before, rule.status): rule for rule in STATUS_RULES for before in rule.after}


def status_rule(programme: str, present: str, wanted: str) -> StatusRule | None:
    """Return the rule by which a status follows another; None where it may not."""
    return _BY_STEP.get((programme, present, wanted))


def next_statuses(case: Case, records: StatusRecords, role: Role) -> tuple[NextStatus, ...]:
    """Return every status that may follow the present one, with what is missing, in the order of the table.

    Args:
        case: The case.
        records: What is on record of it.
        role: The role of whoever asks.
    """
    return tuple(
        NextStatus(
            status=rule.status,
            asks=tuple(need for need in rule.needs if need in ASKED),
            missing=missing_records(rule, records),
            by=() if role in rule.by else tuple(each for each in Role if each in rule.by),
        )
        for rule in STATUS_RULES
        if rule.programme == case.programme and case.status in rule.after and (rule.by or role in rule.by)
    )


def missing_records(rule: StatusRule, records: StatusRecords) -> tuple[StatusNeed, ...]:
    """Return what must be on record before a step and is not."""
    return tuple(need for need in rule.needs if need not in ASKED and not records.has(need))


def describe_needs(needs: Iterable[StatusNeed]) -> list[str]:
    """Word needs for the end of a sentence, the checks of the screening together."""
    wanted = tuple(needs)
    checks = [str(need) for need in wanted if need in CHECK_OF]
    others = [str(need) for need in wanted if need not in CHECK_OF]
    if not checks:
        return others
    together = f"the {'check' if len(checks) == 1 else 'checks'} of the screening ({', '.join(checks)})"
    return [together, *others]
