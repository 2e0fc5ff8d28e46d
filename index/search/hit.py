"""Hit: one passage that a search gives."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.document import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and why it was found."""

    passage: Passage
    score: float
    """Higher is better; comparable within one search only."""
    similarity: float
    """Cosine of question and passage with their languages' mean vectors taken out, -1 to 1."""
    coverage: float
    """Share of the question's informative words and concepts that the passage holds, up to 1; below 0 where it
    has what the question asks the absence of."""
    dense_rank: int | None
    """Place by meaning among all passages, from 1; None where that search missed it."""
    keyword_rank: int | None
    """Place by shared words among all passages, from 1; None where it shares none."""
    terms: tuple[str, ...]
    """The question's words and concepts that the passage holds, as the question prints them."""
    translations: tuple[str, ...]
    """For each of ``terms``, its name in the passage's language where that is another; else ""."""
    lead: Passage | None
    """The passage that opens its trial's paragraph, where that is another one: it names the trial."""
    sentence_scores: tuple[float, ...]
    """For each of ``passage.sentences``, how well it alone answers; higher is better."""
    bodies: tuple[str, ...] = ()
    """For each of them, what the keyword index would hold of it."""
