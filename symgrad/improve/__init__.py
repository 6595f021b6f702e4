"""Improvement of an expression's accuracy: measured, searched for, and verified."""
