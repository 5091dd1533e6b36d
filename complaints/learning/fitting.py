"""Fits a `Model` to labelled texts. Takes seconds on one core and gives the same model for the same texts.

A linear classifier on weighed n-grams, fitted by least squares with a penalty (ridge): one factorisation serves all outputs,
and the score each text would have got from a model that had not seen it follows from the same factorisation (leave-one-out).
All that comes after the scores (blend, probabilities, lines) is fitted to those scores, so that nothing is judged by texts it
has learnt. What was tried instead stands in `docs/routing.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import strtri
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from complaints.catalogue import Catalogue
from complaints.folding import fold
from complaints.keywords import matcher
from complaints.learning.features import counted
from complaints.learning.model import FLAGS, FORM, Model
from complaints.learning.texts import COURT, EMERGENCY, PRAISE, Labelled, digest, of_catalogue

_FEWEST = 2  # texts in which an n-gram must occur
_PENALTY = 0.3
_CANDIDATES = 12  # leaves a text that are looked at when the rule for `also` is fitted
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A model, and for each of the texts what it would have scored had it not been learnt: `scores` and keywords' `spoken`."""

    model: Model
    scores: _Floats
    spoken: _Floats


def train(texts: Sequence[Labelled], catalogue: Catalogue) -> Model:
    """A model of these texts and of the catalogue's own words. Texts of leaves the catalogue does not have are left out."""
    return fit(texts, catalogue).model


def fit(texts: Sequence[Labelled], catalogue: Catalogue) -> Fitted:
    """The same with the leave-one-out scores, for measuring."""
    codes = tuple(leaf.code for leaf in catalogue.leaves)
    known = set(codes)
    kept = [row for row in texts if row.leaf in known]
    everything = [*kept, *of_catalogue(catalogue)]
    vocabulary, rarity, matrix = _matrix([row.text for row in everything])
    wanted = _wanted(everything, codes)
    weight = np.array([row.weight for row in everything])
    gram = (matrix @ matrix.T).toarray().astype(np.float32)
    gram[np.diag_indices_from(gram)] += (_PENALTY / weight).astype(np.float32)
    factor = cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    shares = cho_solve(factor, wanted.astype(np.float32), check_finite=False).astype(np.float64)
    inverse_diagonal = _inverse_diagonal(factor[0])
    unseen = (wanted - shares / inverse_diagonal[:, None])[: len(kept)]
    spoken = keywords_say([row.text for row in kept], catalogue)
    lead = np.array([codes.index(row.leaf) for row in kept])
    blend = _blend(unseen, spoken, lead, len(codes))
    pairs = _pairs(kept, codes)
    also_odds, also_line = _also(kept, codes, unseen, spoken, pairs)
    model = Model(
        codes=codes,
        vocabulary=vocabulary,
        rarity=rarity.astype(np.float32),
        weights=(matrix.T @ shares).astype(np.float16),
        blend=blend.astype(np.float32),
        odds=np.array(
            [_odds(unseen[:, 2 * len(codes) + at], wanted[: len(kept), 2 * len(codes) + at]) for at in range(len(FLAGS))]
        ).astype(np.float32),
        pairs=pairs.astype(np.float32),
        also_odds=also_odds.astype(np.float32),
        also_line=also_line,
        catalogue_version=catalogue.version,
        made_from=digest(texts, catalogue, form=FORM),
        texts=len(kept),
    )
    return Fitted(model, unseen, spoken)


def keywords_say(texts: Sequence[str], catalogue: Catalogue) -> _Floats:
    """What the keyword matcher says for each leaf, a text a row, in the form `Model.chances` takes."""
    found = matcher(catalogue)
    scored = [found.scores(fold(text))[0] for text in texts]
    return np.log1p([[scores.get(leaf.code, 0.0) for leaf in catalogue.leaves] for scores in scored])


def _matrix(texts: Sequence[str]) -> tuple[tuple[str, ...], _Floats, Any]:
    """Vocabulary, weight of each n-gram by its rarity, and the texts as rows of length 1."""
    counts = [counted(text) for text in texts]
    occurs = Counter(gram for row in counts for gram in row)
    vocabulary = tuple(sorted(gram for gram, times in occurs.items() if times >= _FEWEST))
    column = {gram: at for at, gram in enumerate(vocabulary)}
    rarity = np.log((1 + len(texts)) / (1 + np.array([occurs[gram] for gram in vocabulary]))) + 1
    places, values, ends = [], [], [0]
    for row in counts:
        at = np.array([column[gram] for gram in row if gram in column], dtype=np.intp)
        share = (1 + np.log(np.array([times for gram, times in row.items() if gram in column], dtype=float))) * rarity[at]
        places.append(at)
        values.append(share / max(float(np.linalg.norm(share)), 1e-9))
        ends.append(ends[-1] + len(at))
    matrix = csr_matrix((np.concatenate(values), np.concatenate(places), ends), shape=(len(texts), len(vocabulary)))
    return vocabulary, rarity, matrix


def _wanted(texts: Sequence[Labelled], codes: tuple[str, ...]) -> _Floats:
    """+1 or -1 for each output of each text: its leading leaf, the leaves it touches, the flags."""
    n = len(codes)
    place = {code: at for at, code in enumerate(codes)}
    wanted = np.full((len(texts), 2 * n + len(FLAGS)), -1.0)
    for at, row in enumerate(texts):
        wanted[at, place[row.leaf]] = 1
        for code in (row.leaf, *row.also):
            if code in place:
                wanted[at, n + place[code]] = 1
        for flag, action in enumerate((EMERGENCY, PRAISE, COURT)):
            if row.action == action:
                wanted[at, 2 * n + flag] = 1
    return wanted


def _inverse_diagonal(lower: _Floats) -> _Floats:
    """The diagonal of the inverse of L·Lᵀ: the squared columns of the inverse of L."""
    inverse, _problem = strtri(lower, lower=1)
    diagonal: _Floats = np.einsum("ij,ij->j", np.tril(inverse), np.tril(inverse)).astype(np.float64)
    return diagonal


def _blend(scores: _Floats, spoken: _Floats, lead: NDArray[np.intp], n: int) -> _Floats:
    """How much lead score, touch score and keywords count: the likeliest, given what the texts are about."""
    parts = np.stack([scores[:, :n], scores[:, n : 2 * n], spoken], axis=-1)
    rows = np.arange(len(lead))

    def loss(blend: _Floats) -> tuple[float, _Floats]:
        odds = parts @ blend
        odds -= odds.max(axis=1, keepdims=True)
        chance = np.exp(odds)
        chance /= chance.sum(axis=1, keepdims=True)
        slope = np.einsum("ij,ijk->k", chance, parts) - parts[rows, lead].sum(axis=0)
        return -float(np.log(chance[rows, lead] + 1e-12).mean()), slope / len(lead)

    found: _Floats = minimize(loss, np.array([5.0, 1.0, 0.5]), jac=True, method="L-BFGS-B", bounds=[(0.1, 30), (0, 30), (0, 5)]).x
    return found


def _odds(scores: _Floats, wanted: _Floats) -> tuple[float, float]:
    """Slope and intercept that make a probability of a flag's score; never, where no text had the flag."""
    if len(set(wanted.tolist())) < 2:
        return 0.0, -20.0
    fitted = LogisticRegression(C=100.0).fit(scores[:, None], wanted)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _pairs(texts: Sequence[Labelled], codes: tuple[str, ...]) -> _Floats:
    """Log-odds, for each leading leaf, that another comes along, with one text in a hundred assumed where none was seen."""
    place = {code: at for at, code in enumerate(codes)}
    seen = np.zeros((len(codes), len(codes)))
    led = np.zeros(len(codes))
    for row in texts:
        led[place[row.leaf]] += 1
        for code in row.also:
            if code in place:
                seen[place[row.leaf], place[code]] += 1
    chance = (seen + 0.1) / (led[:, None] + 10)
    odds: _Floats = np.log(chance / (1 - chance))
    return odds


def _also(
    texts: Sequence[Labelled], codes: tuple[str, ...], scores: _Floats, spoken: _Floats, pairs: _Floats
) -> tuple[_Floats, float]:
    """Weights of touch score, keywords, pair and a constant, and the probability from which a leaf is named as touched.

    The line is the one with the best F1 over these texts. A text's own share in `pairs` is taken out, or the rule would trust
    them too much.
    """
    n = len(codes)
    place = {code: at for at, code in enumerate(codes)}
    rows, answers, owners = [], [], []
    for at, text in enumerate(texts):
        lead = place[text.leaf]
        touched = {place[code] for code in text.also if code in place}
        touch = scores[at, n : 2 * n]
        near = set(np.argsort(-touch)[:_CANDIDATES].tolist()) | set(np.argsort(-pairs[lead])[:_CANDIDATES].tolist()) | touched
        for leaf in sorted(near - {lead}):
            pair = pairs[lead, leaf] - (0.7 if leaf in touched else 0.0)
            rows.append((touch[leaf], spoken[at, leaf], pair))
            answers.append(leaf in touched)
            owners.append(at)
    if not any(answers):
        return np.array([0.0, 0.0, 0.0, -20.0]), 0.5
    fitted = LogisticRegression(C=10.0, max_iter=500).fit(np.array(rows), np.array(answers))
    chance = fitted.predict_proba(np.array(rows))[:, 1]
    return np.array([*fitted.coef_[0], fitted.intercept_[0]]), _best_line(chance, np.array(answers))


def _best_line(chance: _Floats, answers: NDArray[np.bool_]) -> float:
    order = np.argsort(-chance)
    right = np.cumsum(answers[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + answers.sum())
    return float(chance[order][int(f1.argmax())])
