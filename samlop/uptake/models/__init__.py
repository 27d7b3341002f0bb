"""Tables of uptake, one topic per module."""

from samlop.uptake.models.benefit import (
    Benefit,
    BenefitFigure,
    BenefitLink,
    BenefitNode,
    BenefitOverlap,
    BenefitPlan,
    ChosenBenefit,
)
from samlop.uptake.models.card import CarryDecision, HindranceReport, QuarterCard
from samlop.uptake.models.ledger import LedgerEntry, LedgerPlace, LedgerRemark
from samlop.uptake.models.push import UsagePush, UsageToken
from samlop.uptake.models.stage import StageDefinition, StageEvent
from samlop.uptake.models.usage import (
    ImportedFigure,
    ImportProblem,
    Indicator,
    IndicatorDefinition,
    IndicatorPeriod,
    Observation,
    UsageFilePart,
    UsageImport,
    UsageSource,
)
from samlop.uptake.models.watch import UseAlert

__all__ = [
    "Benefit",
    "BenefitFigure",
    "BenefitLink",
    "BenefitNode",
    "BenefitOverlap",
    "BenefitPlan",
    "CarryDecision",
    "ChosenBenefit",
    "HindranceReport",
    "ImportProblem",
    "ImportedFigure",
    "Indicator",
    "IndicatorDefinition",
    "IndicatorPeriod",
    "LedgerEntry",
    "LedgerPlace",
    "LedgerRemark",
    "Observation",
    "QuarterCard",
    "StageDefinition",
    "StageEvent",
    "UsageFilePart",
    "UsageImport",
    "UsagePush",
    "UsageSource",
    "UsageToken",
    "UseAlert",
]
