"""Those who train with other libraries, which are imported only here."""

from __future__ import annotations

import os
from importlib import import_module
from itertools import pairwise
from typing import Any

import torch
from torch.nn import functional as F

from benchmarks.training.contenders import network
from benchmarks.training.recipe import Epochs, Images, Recipe
from grading.data import Batches


def scikit_learn(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """scikit-learn's MLPClassifier, an epoch a call."""
    network_class: Any = import_module("sklearn.neural_network").MLPClassifier
    X, X_val = images.X.flatten(1).numpy(), images.X_val.flatten(1).numpy()
    y, y_val = images.y.numpy(), images.y_val.numpy()
    model = network_class(
        recipe.widths,
        solver="sgd",
        alpha=0.0,
        batch_size=recipe.batch_size,
        learning_rate_init=recipe.lr,
        momentum=0.0,
        random_state=recipe.seed,
    )
    epochs.begin()
    for _ in range(recipe.epochs):
        model.partial_fit(X, y, classes=range(10))
        epochs.mark(float(model.score(X_val, y_val)))


def lightning(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """PyTorch Lightning, with everything switched off that it writes, on our batches."""
    library: Any = import_module("lightning")

    class Module(library.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = network(recipe)

        def training_step(self, batch: Any, _: int) -> Any:
            return F.cross_entropy(self.net(batch[0]), batch[1])

        def on_validation_epoch_start(self) -> None:
            self.right: list[Any] = []

        def validation_step(self, batch: Any, _: int) -> None:
            self.right.append((self.net(batch[0]).argmax(dim=1) == batch[1]).sum())

        def on_validation_epoch_end(self) -> None:
            epochs.mark(int(sum(self.right)) / len(images.y_val))

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=recipe.lr)

    trainer = library.Trainer(
        accelerator="cpu",
        max_epochs=recipe.epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    train = Batches(images.X, images.y, recipe.batch_size, shuffle=True)
    module = Module()
    epochs.begin()
    trainer.fit(module, train, Batches(images.X_val, images.y_val, recipe.batch_size))


def keras_on_torch(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """Keras 3 with PyTorch beneath."""
    os.environ["KERAS_BACKEND"] = "torch"
    keras: Any = import_module("keras")
    keras.utils.set_random_seed(recipe.seed)

    class Marks(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            epochs.mark(float(logs["val_accuracy"]))

    layers = [keras.layers.Dense(width, activation="relu") for width in recipe.widths]
    model = keras.Sequential([keras.layers.Input((784,)), *layers, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(recipe.lr), loss, metrics=["accuracy"])
    X, X_val = images.X.flatten(1).numpy(), images.X_val.flatten(1).numpy()
    held_out = X_val, images.y_val.numpy()
    options = {"batch_size": recipe.batch_size, "epochs": recipe.epochs, "verbose": 0, "callbacks": [Marks()]}
    epochs.begin()
    model.fit(X, images.y.numpy(), validation_data=held_out, **options)


def jax_with_optax(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """JAX with optax: one compiled step, which is compiled before the first epoch."""
    jax: Any = import_module("jax")
    optax: Any = import_module("optax")
    np: Any = jax.numpy
    X, X_val = np.asarray(images.X.flatten(1).numpy()), np.asarray(images.X_val.flatten(1).numpy())
    y, y_val = np.asarray(images.y.numpy()), np.asarray(images.y_val.numpy())
    keys = jax.random.split(jax.random.key(recipe.seed), len(recipe.sizes))
    params = [
        (jax.random.uniform(key, (a, b), minval=-(a**-0.5), maxval=a**-0.5), np.zeros(b))
        for key, (a, b) in zip(keys, pairwise(recipe.sizes), strict=False)
    ]
    optimizer = optax.sgd(recipe.lr)

    def logits(params: Any, X: Any) -> Any:
        for W, b in params[:-1]:
            X = jax.nn.relu(X @ W + b)
        return X @ params[-1][0] + params[-1][1]

    def loss(params: Any, X: Any, y: Any) -> Any:
        return optax.softmax_cross_entropy_with_integer_labels(logits(params, X), y).mean()

    @jax.jit  # type: ignore[untyped-decorator]
    def step(params: Any, state: Any, chosen: Any) -> Any:
        updates, state = optimizer.update(jax.grad(loss)(params, X[chosen], y[chosen]), state)
        return optax.apply_updates(params, updates), state

    right = jax.jit(lambda params, X, y: (logits(params, X).argmax(axis=1) == y).sum())
    state = optimizer.init(params)
    sizes = {min(recipe.batch_size, len(y)), len(y) % recipe.batch_size} - {0}
    for size in sizes:
        jax.block_until_ready(step(params, state, np.arange(size)))
    int(right(params, X_val, y_val))
    epochs.begin()
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(images.y)).split(recipe.batch_size):
            params, state = step(params, state, chosen.numpy())
        epochs.mark(int(right(params, X_val, y_val)) / len(images.y_val))
