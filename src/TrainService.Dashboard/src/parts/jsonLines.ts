export interface Range {
  from: number;
  to: number;
}

/** Where the value of a JSON pointer stands in a text; the nearest enclosing one that is there. */
export function rangeOf(text: string, pointer: string): Range {
  const wanted = pointer.split('/').slice(1).map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at = 0, depth = -1;
  let best: Range = { from: 0, to: Math.min(1, text.length) };
  const path: string[] = [];

  const blank = () => { while (at < text.length && /\s/.test(text[at]!)) at++; };
  const matched = () => path.length <= wanted.length && path.every((p, i) => p === wanted[i]);
  const string = () => {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    try { return JSON.parse(text.slice(start, at)) as string; } catch { return ''; }
  };
  const container = (object: boolean) => {
    at++;
    for (let i = 0; at < text.length; i++) {
      blank();
      if (text[at] === '}' || text[at] === ']') { at++; return; }
      if (object) {
        if (text[at] !== '"') { at = text.length; return; }
        path.push(string());
        blank();
        at++;
      } else path.push(String(i));
      value();
      path.pop();
      blank();
      if (text[at] === ',') at++;
    }
  };
  const value = () => {
    blank();
    const mine = matched() && path.length > depth;
    const from = at;
    if (mine) depth = path.length;
    const c = text[at];
    if (c === '{' || c === '[') container(c === '{');
    else if (c === '"') string();
    else while (at < text.length && !/[\s,\]}]/.test(text[at]!)) at++;
    if (mine && depth === path.length) best = { from: Math.min(from, text.length), to: Math.min(at, text.length) };
  };
  value();
  // Of a value over many lines its beginning: the whole would be marked otherwise.
  const end = text.indexOf('\n', best.from);
  return end > best.from && end < best.to ? { from: best.from, to: end } : best;
}

/** The line, from 0. */
export const lineOf = (text: string, pointer: string) => text.slice(0, rangeOf(text, pointer).from).split('\n').length - 1;
