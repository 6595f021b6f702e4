"""Neurons that compose, and nets that learn: models as expressions with parameters."""
