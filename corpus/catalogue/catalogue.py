"""Document to its catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpus.catalogue.definitions import term_entries
from corpus.catalogue.drugs import drug_entries, target_entries
from corpus.catalogue.entry import Entry
from corpus.catalogue.marking import find_names, lines_of
from corpus.catalogue.rules import Rule, rules
from corpus.catalogue.trials import trial_entries
from corpus.document import Document, Passage
from corpus.vocabulary.terms import Terms


def catalogue_of(
    document: Document,
    passages: Sequence[Passage],
    terms: Terms,
    rules_of: Callable[[str], Sequence[Rule]] = rules,
) -> list[Entry]:
    """All that a document says of trials, drugs, targets and terms; each value is a slice of its sentence.

    ``passages``: the document's, in its order. ``terms``: those known beforehand joined by what it states itself.
    """
    text = document.text
    drugs, diseases = find_names(text, terms)
    lines = lines_of(document, passages, drugs, diseases)
    defined = term_entries(text, lines, rules_of("term"), terms)
    of_drugs = drug_entries(text, lines, drugs, rules_of("drug"), terms)
    return [
        *trial_entries(document, lines, rules_of("trial"), terms),
        *of_drugs,
        *target_entries(text, lines, of_drugs, defined, rules_of("target"), terms),
        *defined,
    ]
