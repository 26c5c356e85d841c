// Unpack what `packing.py` packed.

/** The header of a packed view, with its arrays. */
export const unpack = async (text) => {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
  let start = 4 + new DataView(buffer).getUint32(0);
  const header = JSON.parse(
    new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)),
  );
  for (const [name, shape] of Object.entries(header.arrays)) {
    const size = shape.reduce((a, b) => a * b, 1);
    header[name] = nested(new Uint8Array(buffer, start, size), shape);
    start += size;
  }
  return header;
};

/** Flat numbers as lists of lists; the innermost stay typed arrays, which are small. */
const nested = (flat, shape) => {
  if (shape.length === 1) return flat;
  const size = flat.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) =>
    nested(flat.subarray(i * size, (i + 1) * size), shape.slice(1)),
  );
};
