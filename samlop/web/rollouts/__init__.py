"""Pages of joint rollouts, one module per topic."""
