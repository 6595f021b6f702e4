"""From text to a typed graph: words, tree, names, types; nothing is evaluated here."""
