"""Pages of decisions on «klar til bruk», and of health-professional assessments."""
