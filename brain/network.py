"""A network of one hidden layer, from what a message is made of to its label.

What it reads: the runs of the text and what was answered before (sparse), and the sentence vectors (dense), each of
which may be missing. Several networks are trained apart and vote; their vote is one wider network
(docs/decisions/0017-one-network.md).
"""

from __future__ import annotations

from typing import Dict, List, Sequence, Tuple

import attrs
import numpy as np
from scipy import sparse

# How much a sentence vector weighs against the runs, whose norm is √1.5: a vector of 512 numbers has a norm near 1.
_WEIGHT = 512**-0.5
# How much what was answered before weighs against them.
TOLD = 2.0
_BATCH, _STEP, _DECAY = 256, 1.5e-3, 1e-5
_DROPPED = 0.5  # of the hidden layer
_SMOOTHED = 0.05
# Smoothed labels make a network modest; this gives its probabilities their size (make eval: ECE).
_SHARPENED = 0.65
# How often an example is read without any vector, and with the first alone: as it will be asked (decision 12).
_NO_VECTOR, _FIRST_ALONE = 0.1, 0.15
# A question that stands alone is sometimes read after some answer, so that what is asked in full is heard in full; a
# follow-up sometimes by the category of that answer alone, as after an entry nobody wrote any for.
_AFTER_ANY, _CATEGORY_ALONE = 0.15, 0.1


@attrs.frozen
class Lessons:
    """What a network learns from; every field has a row an example.

    `before`: the columns of the answer before it (entry, category) in `runs`, -1 for none. `whole`: whether the
    question says all it asks, and may be read after any answer.
    """

    runs: sparse.csr_matrix
    vectors: List[np.ndarray]
    before: np.ndarray
    whole: np.ndarray
    labels: np.ndarray


@attrs.frozen(eq=False)
class Network:
    """The weights: rows of `runs` and of each vector to the hidden layer, and from there to the labels."""

    runs: np.ndarray
    vectors: List[np.ndarray]
    offsets: List[np.ndarray]  # what a vector that is there adds, whatever it says: its mean is none
    hidden: np.ndarray
    out: np.ndarray
    bias: np.ndarray

    def heard(self, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The hidden layer, before its bend, of some columns of the runs."""
        return np.asarray(values @ self.runs[columns] + self.hidden)

    def with_vector(self, heard: np.ndarray, number: int, vector: np.ndarray) -> np.ndarray:
        """The same with a sentence vector more."""
        return np.asarray(heard + vector @ self.vectors[number] + self.offsets[number])

    def probabilities(self, heard: np.ndarray, temperature: float) -> np.ndarray:
        """One probability a label; `temperature` below 1 sharpens."""
        scores = np.maximum(heard, 0) @ self.out + self.bias
        odds = np.exp((scores - scores.max()) / temperature)
        return np.asarray(odds / odds.sum())

    def state(self) -> Dict[str, np.ndarray]:
        """The numbers by name, for npz."""
        numbers = {"runs": self.runs.astype(np.float16), "hidden": self.hidden, "out": self.out, "bias": self.bias}
        for number, (weights, offset) in enumerate(zip(self.vectors, self.offsets, strict=True)):
            numbers.update({f"vector{number}": weights, f"offset{number}": offset})
        return numbers

    @classmethod
    def from_state(cls, numbers: Dict[str, np.ndarray]) -> Network:
        """What `state` described. Raises KeyError where that is missing."""
        count = sum(name.startswith("vector") for name in numbers)
        vectors, offsets = ([numbers[f"{name}{i}"] for i in range(count)] for name in ("vector", "offset"))
        # Rows lie together in memory: the few features of a question are few rows to add up.
        runs = np.ascontiguousarray(numbers["runs"], dtype=np.float32)
        return cls(runs, vectors, offsets, numbers["hidden"], numbers["out"], numbers["bias"])


def fit(examples: Lessons, contexts: np.ndarray, width: int, networks: int, epochs: int) -> Network:
    """The vote of `networks` networks with hidden layers of `width`, each through all examples `epochs` times.

    `contexts`: the columns of every answer there can be before a message (a row each: entry, category).
    """
    middles = [matrix.mean(axis=0) for matrix in examples.vectors]
    scales = [_WEIGHT / np.maximum(matrix.std(axis=0), 1e-6) for matrix in examples.vectors]
    level = [(m - mid) * scale for m, mid, scale in zip(examples.vectors, middles, scales, strict=True)]
    trained = [_train(attrs.evolve(examples, vectors=level), contexts, width, epochs, seed) for seed in range(networks)]
    heard = zip(*(one[:-2] for one in trained), strict=True)
    runs, *vectors, hidden = (np.concatenate(some, axis=-1) for some in heard)
    folded = [weights * scale[:, None] for weights, scale in zip(vectors, scales, strict=True)]
    offsets = [-middle @ weights for middle, weights in zip(middles, folded, strict=True)]
    size = np.float32(networks * _SHARPENED)
    out = np.concatenate([one[-2] for one in trained]) / size
    return Network(runs, folded, offsets, hidden, out, sum(one[-1] for one in trained) / size)


def _train(examples: Lessons, contexts: np.ndarray, width: int, epochs: int, seed: int) -> List[np.ndarray]:
    """Weights of the runs, of each vector, hidden bias, weights out and bias of one network."""
    import tensorflow as tf  # Rasa brings it; only training needs it

    random = np.random.default_rng(seed)
    labels = int(examples.labels.max()) + 1
    parts = [examples.runs.shape[1], *(matrix.shape[1] for matrix in examples.vectors)]
    into = [tf.Variable(random.normal(0, 0.05, (rows, width)), dtype=tf.float32) for rows in parts]
    out = tf.Variable(random.normal(0, (2 / (width + labels)) ** 0.5, (width, labels)), dtype=tf.float32)
    hidden, bias = tf.Variable(tf.zeros(width)), tf.Variable(tf.zeros(labels))
    weights = [*into, hidden, out, bias]
    optimizer = tf.keras.optimizers.legacy.Adam(_STEP)

    @tf.function(reduce_retracing=True, autograph=False)
    def step(runs: tf.SparseTensor, vectors: List[tf.Tensor], wanted: tf.Tensor, kept: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            heard = tf.sparse.sparse_dense_matmul(runs, into[0]) + hidden
            for vector, matrix in zip(vectors, into[1:], strict=True):
                heard += vector @ matrix
            scores = (tf.nn.relu(heard) * kept) @ out + bias
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, scores))
            loss += _DECAY * tf.add_n([tf.nn.l2_loss(matrix) for matrix in (*into, out)])
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))

    wanted = np.eye(labels, dtype=np.float32) * (1 - _SMOOTHED) + _SMOOTHED / labels
    for epoch in range(epochs):
        optimizer.learning_rate = _STEP * (1 - epoch / epochs)
        order = random.permutation(len(examples.labels))
        for some in np.array_split(order, max(1, len(order) // _BATCH)):
            kept = (random.random((len(some), width)) >= _DROPPED).astype(np.float32) / (1 - _DROPPED)
            runs = tf.SparseTensor(*_with_contexts(examples, contexts, some, random))
            step(runs, _vectors(examples, some, random), wanted[examples.labels[some]], kept)
    return [variable.numpy() for variable in weights]


def _vectors(examples: Lessons, some: np.ndarray, random: np.random.Generator) -> List[np.ndarray]:
    """The vectors of some examples; some of them without the later ones, some without any."""
    drawn = random.random(len(some))
    rows = []
    for number, matrix in enumerate(examples.vectors):
        there = drawn >= (_NO_VECTOR if number == 0 else _NO_VECTOR + _FIRST_ALONE)
        rows.append((matrix[some] * there[:, None]).astype(np.float32))
    return rows


def _with_contexts(
    examples: Lessons, contexts: np.ndarray, some: np.ndarray, random: np.random.Generator
) -> Tuple[np.ndarray, np.ndarray, Sequence[int]]:
    """The runs of some examples and what was answered before them, as places, values and shape of a sparse matrix."""
    before = examples.before[some].copy()
    anywhere = (before[:, 0] < 0) & examples.whole[some] & (random.random(len(some)) < _AFTER_ANY)
    if len(contexts):
        before[anywhere] = contexts[random.integers(0, len(contexts), int(anywhere.sum()))]
    before[random.random(len(some)) < _CATEGORY_ALONE, 0] = -1
    runs = examples.runs[some]
    rows = np.repeat(np.arange(len(some)), np.diff(runs.indptr))
    said, told = np.stack([rows, runs.indices], axis=1), np.argwhere(before >= 0)
    told[:, 1] = before[before >= 0]
    places, values = np.concatenate([said, told]), np.concatenate([runs.data, np.full(len(told), TOLD)])
    order = np.lexsort((places[:, 1], places[:, 0]))
    return places[order].astype(np.int64), values[order].astype(np.float32), (len(some), examples.runs.shape[1])
