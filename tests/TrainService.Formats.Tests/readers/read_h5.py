"""Prints what h5py finds in an HDF5 file, as JSON: every array with its shape, kind and check sum, every attribute."""
import hashlib
import json
import sys
import h5py
import numpy as np


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def attributes(item):
    return {name: [text(v) for v in value] if isinstance(value, np.ndarray) else text(value) for name, value in item.attrs.items()}


arrays, notes, groups = {}, {}, []
with h5py.File(sys.argv[1], "r") as f:
    notes[""] = attributes(f)

    def visit(path, item):
        if item.attrs:
            notes[path] = attributes(item)
        if isinstance(item, h5py.Group):
            groups.append(path)
            return
        values = item[()]
        arrays[path] = {"shape": list(item.shape), "type": str(item.dtype), "sha256": hashlib.sha256(np.asarray(values).tobytes()).hexdigest()}

    f.visititems(visit)
print(json.dumps({"arrays": arrays, "attributes": notes, "groups": groups}))
