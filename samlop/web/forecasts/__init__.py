"""When municipalities may come to use a solution, and how well earlier forecasts did."""
