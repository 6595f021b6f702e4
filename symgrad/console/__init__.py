"""The terminal that faces share: two streams, colours, lines written over, and reports of our own mistakes."""
