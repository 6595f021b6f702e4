"""The language, as a document; imported as symgrad.grammar so that an installed symgrad finds the files."""
