"""Makes the files beside it with Keras 3 itself: models with every layer that the service has too, weights that are no defaults, and their outputs.

Run with Keras 3 and any backend: python make_files.py
"""
import json
import os

import numpy as np

import keras
from keras import layers as L

here = os.path.dirname(os.path.abspath(__file__))
random_of = lambda name: np.random.default_rng([7, *name.encode()])


def images():
    """Branches, a model within the model, and a layer that is called twice."""
    a = keras.Input((8, 8, 3), name="picture")
    inner_in = keras.Input((8, 8, 4))
    h = L.Conv2D(4, 3, padding="same", activation="relu", name="conv2d")(inner_in)
    h = L.BatchNormalization(name="norm")(h)
    inner = keras.Model(inner_in, L.Add()([h, inner_in]), name="block")
    x = L.Rescaling(0.5, offset=-0.1)(a)
    x = L.ZeroPadding2D(((1, 0), (0, 1)))(x)
    x = L.Conv2D(4, (2, 2), name="first", use_bias=False)(x)
    x = L.BatchNormalization(scale=False, epsilon=1e-5)(x)
    x = L.LeakyReLU(negative_slope=0.1)(x)
    x = inner(x)
    twice = L.Conv2D(4, 1, name="twice", activation="elu")
    y = L.Concatenate()([twice(x), twice(L.ReLU(max_value=6.0)(x))])
    y = L.SpatialDropout2D(0.2)(y)
    y = L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", strides=2)(y)
    y = L.SeparableConv2D(6, 3, padding="same", activation="silu")(y)
    y = L.ELU(alpha=0.7)(y)
    z = L.AveragePooling2D(2, strides=1, padding="same")(y)
    y = L.Maximum()([y, z])
    y = L.Multiply()([y, L.Activation("sigmoid")(z)])
    y = L.UpSampling2D(2)(y)
    y = L.Cropping2D(((1, 0), (0, 1)))(y)
    y = L.MaxPooling2D(2)(y)
    y = L.Subtract()([y, L.GaussianNoise(0.1)(y)])
    y = L.GlobalAveragePooling2D()(y)
    return keras.Model(a, L.Dense(3, activation="softmax", name="classes")(y), name="pictures")


def rows():
    """One layer after the other."""
    return keras.Sequential([
        keras.Input((12,)),
        L.Dense(8, activation="gelu", kernel_regularizer=keras.regularizers.L2(1e-4), kernel_constraint=keras.constraints.MaxNorm(3)),
        L.LayerNormalization(),
        L.Dropout(0.5),
        L.Dense(6, activation="selu", kernel_initializer="lecun_normal"),
        L.AlphaDropout(0.1),
        L.Reshape((3, 2)),
        L.Conv1D(4, 2, padding="causal", dilation_rate=2),
        L.Flatten(),
        L.GaussianDropout(0.1),
        L.BatchNormalization(),
        L.Dense(2, activation=keras.layers.LeakyReLU(negative_slope=0.4)),
    ], name="rows")


def nested():
    """A stack of stacks, as transfer learning leaves it, the lower one frozen."""
    base = keras.Sequential([keras.Input((5,)), L.Dense(4, activation="relu"), L.BatchNormalization()], name="base")
    base.trainable = False
    return keras.Sequential([keras.Input((5,)), base, keras.Sequential([keras.Input((4,)), L.Dense(3, activation="tanh"), L.Dense(2)], name="head")], name="whole")


def more():
    """What stands on sequences and pictures besides."""
    a = keras.Input((9, 4), name="sequence")
    x = L.SpatialDropout1D(0.2)(a)
    x = L.ZeroPadding1D((1, 2))(x)
    x = L.Conv1D(4, 3, strides=2, padding="same", name="line")(x)
    x = L.PReLU(shared_axes=[1])(x)
    x = L.GroupNormalization(groups=2)(x)
    x = L.UpSampling1D(2)(x)
    x = L.Cropping1D((1, 1))(x)
    x = L.Concatenate()([L.MaxPooling1D(2)(x), L.AveragePooling1D(2)(x)])
    y = L.Reshape((5, 2, 4))(x)
    y = L.Resizing(4, 3, interpolation="nearest")(y)
    y = L.PReLU()(y)
    y = L.GlobalMaxPooling2D()(L.Conv2DTranspose(3, 2, strides=2, padding="same")(y))
    z = L.Normalization(mean=[0.1] * 8, variance=[0.5] * 8)(L.GlobalAveragePooling1D()(x))
    z = L.Dense(3)(z)
    return keras.Model(a, L.Dot(axes=1)([y, z]), name="more")


def words():
    """Looks numbers up in a table."""
    return keras.Sequential([keras.Input((6,)), L.Embedding(11, 4), L.GlobalMaxPooling1D(), L.Dense(2, activation="tanh")], name="words")


for make in (images, rows, nested, more, words):
    name = make.__name__
    model = make()
    random = random_of(name)
    model.set_weights([(0.5 + random.uniform(size=w.shape) if "variance" in v.path else random.normal(0, 0.4, w.shape)).astype("float32") for w, v in zip(model.get_weights(), model.weights)])
    model.save(os.path.join(here, f"{name}.keras"))
    model.save(os.path.join(here, f"{name}.h5"))
    model.save_weights(os.path.join(here, f"{name}.weights.h5"))
    shape = (2,) + model.input_shape[1:]
    x = random.integers(0, 11, shape).astype("float32") if make is words else random.uniform(-1, 1, shape).astype("float32")
    y = np.asarray(model.predict(x, verbose=0))
    with open(os.path.join(here, f"{name}.json"), "w") as f:
        json.dump({"keras": keras.__version__, "model": json.loads(model.to_json()), "inputs": x.tolist(), "outputs": y.tolist()}, f)
        f.write("\n")
