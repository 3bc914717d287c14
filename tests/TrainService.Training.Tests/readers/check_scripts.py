"""python3 check_scripts.py API FOLDER: compiles every script of a folder and holds each keras.… that it calls, and what it hands over, against a list of Keras's classes."""
import ast
import pathlib
import sys

api = dict(line.strip().split(":") for line in open(sys.argv[1], encoding="utf-8") if not line.startswith("#"))
# Functions and classes of other modules.
api |= {"keras.Input": "shape name", "keras.Sequential": "layers name", "keras.Model": "inputs outputs name", "keras.utils.set_random_seed": ""}
api |= {"keras.ops.cast": "", "keras.ops.reshape": "", "keras.ops.shape": "", "keras.ops.one_hot": "", "keras.losses.categorical_crossentropy": "from_logits label_smoothing axis"}
faults = set()


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


for path in sorted(pathlib.Path(sys.argv[2]).glob("*.py")):
    tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
    compile(tree, path.name, "exec")
    for node in ast.walk(tree):
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        if not name.startswith("keras."):
            continue
        if name not in api:
            faults.add(f"{name} (in {path.name})")
            continue
        known = api[name].split()
        faults |= {f"{name}({k.arg}=…) (in {path.name})" for k in node.keywords if k.arg not in known}
print("\n".join(sorted(faults)))
sys.exit(1 if faults else 0)
