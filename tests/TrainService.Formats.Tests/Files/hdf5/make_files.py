"""Makes the HDF5 files beside it with h5py (Debian's python3-h5py), so that the reader is held to what the real library writes."""
import os
import h5py
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
open_file = lambda name, **options: h5py.File(os.path.join(here, name), "w", **options)


def ramp(shape, kind):
    return (np.arange(np.prod(shape)) * 3 - 5).reshape(shape).astype(kind)


# Every kind of element that is read, in each layout, as any h5py writes them by default.
with open_file("default.h5") as f:
    for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
        f[f"kinds/{kind}"] = ramp((2, 3), kind)
    f["kinds/bool"] = np.array([True, False, True])
    f["scalar"] = np.float32(2.5)
    f["empty"] = np.zeros((0, 4), "f4")
    f.create_dataset("chunks/plain", data=ramp((7, 5, 3), "f4"), chunks=(3, 2, 3))
    f.create_dataset("chunks/packed", data=ramp((7, 5, 3), "f4"), chunks=(3, 2, 3), compression="gzip", shuffle=True)
    f.create_dataset("chunks/many", data=ramp((80, 2), "i2"), chunks=(2, 1), compression="gzip")
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((2, 2)), compact).write(h5py.h5s.ALL, h5py.h5s.ALL, ramp((2, 2), "f4"))
    f.attrs["text"] = "größer"
    f.attrs["bytes"] = b"tensorflow"
    f.attrs["list"] = [b"a", b"bcd", b"ef"]
    f.attrs["nothing"] = []
    f.attrs["long"] = "x" * 20_000
    f.attrs["number"] = 3.5
    f.attrs["names0"] = [b"one", b"two"]
    f.attrs["names1"] = [b"three"]
    for i in range(40):
        f[f"many/array_{i:03}"] = np.int8(i)

# The newest format, as far as it is read.
with open_file("latest.h5", libver="latest") as f:
    f["a/b/c"] = ramp((2, 3), "f4")
    f["a/one_chunk"] = ramp((4, 4), "f8")
    f.create_dataset("a/packed", data=ramp((4, 4), "f8"), chunks=(4, 4), compression="gzip", shuffle=True)
    f.attrs["text"] = "new"
    f["a"].attrs["list"] = [b"x", b"yz"]

# What is refused, one reason each.
with open_file("many_latest.h5", libver="latest") as f:
    for i in range(20):
        f[f"d{i}"] = np.float32(i)
with open_file("soft.h5") as f:
    f["a"] = np.float32(1)
    f["b"] = h5py.SoftLink("/a")
with open_file("external_link.h5") as f:
    f["b"] = h5py.ExternalLink("/etc/passwd", "/a")
with open_file("external_data.h5") as f:
    f.create_dataset("a", (4,), "u1", external=[("/etc/passwd", 0, 4)])
with open_file("lzf.h5") as f:
    f.create_dataset("a", data=ramp((8, 8), "f4"), chunks=(4, 4), compression="lzf")
with open_file("circle.h5") as f:
    f.create_group("a")["b"] = f["/"]
with open_file("linked.h5") as f:
    f["a"] = ramp((1000,), "f4")
    for i in range(50):
        f[f"b{i:02}"] = f["a"]
with open_file("never_written.h5") as f:
    f.create_dataset("a", (1000, 1000), "f4")
    f.create_dataset("b", (100_000, 100_000), "f4", chunks=(10, 10))
with open_file("others.h5") as f:
    f["big_endian"] = ramp((2,), ">f4")
    f["compound"] = np.zeros((2,), [("x", "f4"), ("y", "i2")])
    f["complex"] = np.zeros((2,), "c8")
    f["texts"] = ["a", "b"]
