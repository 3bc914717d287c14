/** A graph to draw: each node with the nodes before it. */
export interface GraphNode {
  name: string;
  inputs: string[];
}

export interface Placed {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  nodes: Map<string, Placed>;
  /** From the bottom of one box to the top of another, through the gaps that were left for it. */
  edges: Placed[][];
}

interface Spot {
  width: number;
  x: number;
  above: Spot[];
  below: Spot[];
}

export const box = { width: 168, height: 46 };
const gap = 18, step = 74, lane = 14;

/**
 * Places a directed acyclic graph in rows (Sugiyama, Tagawa and Toda 1981): a node stands one row below the lowest of its inputs, an edge over several
 * rows keeps a lane in each, rows are ordered by the mean place of their neighbours, and everything is drawn towards the neighbours as far as there is room.
 */
export function layOut(graph: GraphNode[]): Layout {
  const ranks = new Map<string, number>();
  for (const n of graph) ranks.set(n.name, 1 + Math.max(-1, ...n.inputs.map((i) => ranks.get(i) ?? -1)));
  const rows: Spot[][] = Array.from({ length: 1 + Math.max(0, ...ranks.values()) }, () => []);
  const put = (rank: number, width: number): Spot => {
    const spot: Spot = { width, x: 0, above: [], below: [] };
    rows[rank]!.push(spot);
    return spot;
  };
  const join = (upper: Spot, lower: Spot) => { upper.below.push(lower); lower.above.push(upper); };
  const spots = new Map(graph.map((n) => [n.name, put(ranks.get(n.name)!, box.width)]));
  const paths: { spots: Spot[]; from: number }[] = [];
  for (const n of graph) {
    for (const input of n.inputs) {
      const start = spots.get(input);
      if (!start) continue;
      const path = [start];
      for (let rank = ranks.get(input)! + 1; rank < ranks.get(n.name)!; rank++) path.push(put(rank, lane));
      path.push(spots.get(n.name)!);
      path.slice(1).forEach((s, i) => join(path[i]!, s));
      paths.push({ spots: path, from: ranks.get(input)! });
    }
  }
  for (const row of rows) pack(row);
  for (let turn = 0; turn < 6; turn++) {
    const down = turn % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) {
      const wanted = new Map(row.map((s) => [s, mean(down ? s.above : s.below) ?? s.x]));
      row.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      settle(row, wanted);
    }
  }
  const left = Math.min(...rows.flat().map((s) => s.x - s.width / 2)) - gap / 2, right = Math.max(...rows.flat().map((s) => s.x + s.width / 2)) + gap / 2;
  const y = (rank: number) => gap / 2 + rank * step;
  return {
    width: right - left,
    height: y(rows.length - 1) + box.height + gap / 2,
    nodes: new Map([...spots].map(([name, s]) => [name, { x: s.x - left, y: y(ranks.get(name)!) }])),
    edges: paths.map(({ spots: path, from }) => path.flatMap((s, i): Placed[] => {
      const x = s.x - left, top = y(from + i);
      // A lane goes straight past the boxes of its row.
      return i === 0 ? [{ x, y: top + box.height }] : i === path.length - 1 ? [{ x, y: top }] : [{ x, y: top }, { x, y: top + box.height }];
    })),
  };
}

const mean = (spots: Spot[]) => (spots.length ? spots.reduce((sum, s) => sum + s.x, 0) / spots.length : null);
const apart = (a: Spot, b: Spot) => (a.width + b.width) / 2 + gap;

function pack(row: Spot[]) {
  row.forEach((s, i) => { s.x = i === 0 ? 0 : row[i - 1]!.x + apart(row[i - 1]!, s); });
  const middle = (row[0]!.x + row.at(-1)!.x) / 2;
  row.forEach((s) => { s.x -= middle; });
}

/** As near to where each wants to be as the others let it: neighbours that would overlap move as one block, around the mean of their wishes. */
function settle(row: Spot[], wanted: Map<Spot, number>) {
  const blocks: { first: number; spots: Spot[]; offsets: number[] }[] = [];
  const end = (b: (typeof blocks)[number]) => b.first + b.offsets.at(-1)!;
  for (const s of row) {
    blocks.push({ first: wanted.get(s)!, spots: [s], offsets: [0] });
    while (blocks.length > 1 && end(blocks.at(-2)!) + apart(blocks.at(-2)!.spots.at(-1)!, blocks.at(-1)!.spots[0]!) > blocks.at(-1)!.first) {
      const right = blocks.pop()!, block = blocks.at(-1)!;
      const shift = block.offsets.at(-1)! + apart(block.spots.at(-1)!, right.spots[0]!);
      block.offsets.push(...right.offsets.map((o) => o + shift));
      block.spots.push(...right.spots);
      block.first = block.spots.reduce((sum, t, i) => sum + wanted.get(t)! - block.offsets[i]!, 0) / block.spots.length;
    }
  }
  for (const b of blocks) b.spots.forEach((s, i) => { s.x = b.first + b.offsets[i]!; });
}
