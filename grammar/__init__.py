"""The language of symgrad as a document: the grammar, and the parse tables made from it."""
