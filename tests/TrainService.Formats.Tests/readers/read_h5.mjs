// Prints what h5wasm finds in an HDF5 file, as JSON: every array with its shape, kind and check sum, every attribute.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import h5wasm from "h5wasm/node";

const { FS } = await h5wasm.ready;
FS.writeFile("file.h5", readFileSync(process.argv[2]));
const file = new h5wasm.File("file.h5", "r");
const arrays = {}, attributes = {}, groups = [];

function visit(path, item) {
  const names = Object.keys(item.attrs);
  if (names.length > 0 || path === "") attributes[path] = Object.fromEntries(names.map((name) => [name, item.attrs[name].value]));
  if (item instanceof h5wasm.Dataset) {
    const value = item.value;
    const bytes = ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(0);
    arrays[path] = { shape: item.shape, type: item.dtype, sha256: createHash("sha256").update(bytes).digest("hex") };
    return;
  }
  if (path !== "") groups.push(path);
  for (const name of item.keys()) visit(path === "" ? name : `${path}/${name}`, item.get(name));
}

visit("", file);
console.log(JSON.stringify({ arrays, attributes, groups }));
