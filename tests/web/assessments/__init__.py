"""The work page of an assessment: who sees it, answers it, and looks it over."""
