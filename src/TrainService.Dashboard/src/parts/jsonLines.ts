/** The line (from 0) on which the value of a JSON pointer starts; the nearest enclosing one that is there. */
export function lineOf(text: string, pointer: string): number {
  const wanted = pointer.split('/').slice(1).map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at = 0, best = 0;
  const path: string[] = [];

  const blank = () => { while (at < text.length && /\s/.test(text[at]!)) at++; };
  const matched = () => path.length <= wanted.length && path.every((p, i) => p === wanted[i]);
  const string = () => {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    try { return JSON.parse(text.slice(start, at)) as string; } catch { return ''; }
  };
  const value = () => {
    blank();
    if (matched()) best = Math.max(best, at);
    const c = text[at];
    if (c === '{' || c === '[') {
      at++;
      for (let i = 0; at < text.length; i++) {
        blank();
        if (text[at] === '}' || text[at] === ']') { at++; return; }
        if (c === '{') {
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
    } else if (c === '"') string();
    else while (at < text.length && !/[\s,\]}]/.test(text[at]!)) at++;
  };
  value();
  return text.slice(0, best).split('\n').length - 1;
}
