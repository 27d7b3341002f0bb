"""Tables of the portfolio, one topic per module."""

from samlop.portfolio.models.assessment import Answer, Assessment, Confirmation, Evidence
from samlop.portfolio.models.card import CardAnswer, TypeChoice
from samlop.portfolio.models.copies import LocalCopy, LocalRow
from samlop.portfolio.models.cost import CostHours, CostLine, CostModel, VendorDeal
from samlop.portfolio.models.criteria import CriteriaSet, Criterion
from samlop.portfolio.models.gate import Gate, GateCase
from samlop.portfolio.models.health import (
    Condition,
    HealthAssessment,
    HealthAssessor,
    HealthFinding,
    HealthQuestion,
)
from samlop.portfolio.models.material import (
    Material,
    MaterialSolution,
    MaterialText,
    MaterialUse,
    MaterialVersion,
    TemplateRow,
)
from samlop.portfolio.models.readiness import ReadinessEvent, ReadinessLink
from samlop.portfolio.models.solution import (
    Offer,
    PhaseEvent,
    Prerequisite,
    Solution,
    SolutionLink,
    TrialMunicipality,
)

__all__ = [
    "Answer",
    "Assessment",
    "CardAnswer",
    "Condition",
    "Confirmation",
    "CostHours",
    "CostLine",
    "CostModel",
    "CriteriaSet",
    "Criterion",
    "Evidence",
    "Gate",
    "GateCase",
    "HealthAssessment",
    "HealthAssessor",
    "HealthFinding",
    "HealthQuestion",
    "LocalCopy",
    "LocalRow",
    "Material",
    "MaterialSolution",
    "MaterialText",
    "MaterialUse",
    "MaterialVersion",
    "Offer",
    "PhaseEvent",
    "Prerequisite",
    "ReadinessEvent",
    "ReadinessLink",
    "Solution",
    "SolutionLink",
    "TemplateRow",
    "TrialMunicipality",
    "TypeChoice",
    "VendorDeal",
]
