import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, syntaxHighlighting, syntaxTree } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, type Extension, type Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { JsonObject, SpecError } from '../lib/types';
import { rangeOf } from './jsonLines';
import { chosen, down, members, start, values, type Places } from './schema';

export interface Editor {
  show(text: string): void;
  mark(errors: SpecError[]): void;
  close(): void;
}

type Node = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>;

/**
 * Where an editor lives: a shadow root, for there its styles are constructed sheets, which the service's content security policy has nothing
 * against; in the page itself they would be inline ones.
 */
export const shadowOf = (host: HTMLElement) => host.shadowRoot ?? host.attachShadow({ mode: 'open' });

/** How JSON looks here. */
export const looks = (): Extension => [lineNumbers(), json(), syntaxHighlighting(colours), theme, EditorState.tabSize.of(2)];

/** What it takes to write a job. */
export function writing(label: string, schema: JsonObject | null, changed: (text: string) => void): Extension {
  let leaving = false;
  return [
    looks(), foldGutter(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
    EditorView.contentAttributes.of({ 'aria-label': label }),
    autocompletion({ override: schema ? [(context) => complete(schema, context)] : [], activateOnTyping: true, icons: false }),
    keymap.of([
      ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap,
      // Escape gives Tab back to moving on.
      { key: 'Escape', run: () => { leaving = true; return false; } },
      { key: 'Tab', run: (v) => !leaving && indentMore(v), shift: (v) => !leaving && indentLess(v) },
    ]),
    EditorView.domEventHandlers({ focus: () => { leaving = false; } }),
    EditorView.updateListener.of((u) => { if (u.docChanged && !u.transactions.some((t) => t.annotation(shown))) changed(u.state.doc.toString()); }),
  ];
}

export const open = (host: HTMLElement, label: string, text: string, schema: JsonObject | null, onChange: (text: string) => void): Editor => {
  const root = shadowOf(host);
  return handle(new EditorView({ parent: root as unknown as HTMLElement, root, state: EditorState.create({ doc: text, extensions: writing(label, schema, onChange) }) }));
};

/** What the page does with an editor. */
export function handle(view: EditorView, close = () => view.destroy()): Editor {
  // By keyboard alone it scrolls too.
  view.scrollDOM.tabIndex = 0;
  return {
    show(next) {
      if (next !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, annotations: shown.of(true) });
    },
    mark(errors) {
      const all = view.state.doc.toString();
      view.dispatch(setDiagnostics(view.state, errors.map((e) => ({ ...rangeOf(all, e.pointer), severity: 'error' as const, message: e.did_you_mean ? `${e.detail} Did you mean ${e.did_you_mean}?` : e.detail }))));
    },
    close,
  };
}

function complete(schema: JsonObject, context: CompletionContext): CompletionResult | null {
  const doc = context.state.doc;
  let node: Node | null = syntaxTree(context.state).resolveInner(context.pos, -1);
  const word = context.matchBefore(/[\w.]*$/);
  if (!context.explicit && !word?.text && !context.matchBefore(/"$/)) return null;
  if (node.name === '⚠' && node.parent) node = node.parent;
  const isName = node.name === 'PropertyName' || node.name === 'Object' || (node.name === 'String' && node.parent?.name === 'Object');
  const from = node.name === 'PropertyName' || node.name === 'String' ? node.from : word?.from ?? context.pos;
  const to = node.name === 'PropertyName' || node.name === 'String' ? Math.max(node.to, context.pos) : undefined;
  if (isName) {
    const object = node.name === 'Object' ? node : node.name === 'PropertyName' ? node.parent!.parent! : node.parent!;
    const here = chosen(places(schema, object, doc), typeOf(object, doc));
    const taken = new Set(object.getChildren('Property').map((p) => nameOf(p, doc)));
    const after = /^\s*:/.test(doc.sliceString(to ?? context.pos, (to ?? context.pos) + 5)) ? '' : ': ';
    const options = members(here).filter((m) => !taken.has(m.label) || (node!.name === 'PropertyName' && m.label === nameOf(node!.parent!, doc)))
      .map((m): Completion => ({ label: `"${m.label}"`, detail: m.detail, info: m.info, apply: `"${m.label}"${after}`, type: 'property' }));
    return { from, to, options, validFor: /^"?[\w.]*"?$/ };
  }
  const holder: Node | null = node.name === 'Property' || node.name === 'Array' ? node : node.parent;
  if (!holder) return null;
  const options = values(valuePlaces(schema, holder, doc)).map((v): Completion => ({ label: v.label, detail: v.detail, info: v.info || undefined, type: 'constant' }));
  return options.length > 0 ? { from, to, options, validFor: /^"?[\w.]*"?$/ } : null;
}

const nameOf = (property: Node, doc: Text): string => {
  const name = property.getChild('PropertyName');
  try { return name ? String(JSON.parse(doc.sliceString(name.from, name.to))) : ''; } catch { return ''; }
};

function typeOf(object: Node, doc: Text): string | null {
  for (const property of object.getChildren('Property')) {
    if (!['type', 'class_name', 'architecture'].includes(nameOf(property, doc))) continue;
    const value = property.getChild('String');
    if (value) try { return String(JSON.parse(doc.sliceString(value.from, value.to))); } catch { return null; }
  }
  return null;
}

/** What may stand as the value of a property, or in a list. */
function valuePlaces(schema: JsonObject, holder: Node, doc: Text): Places {
  if (holder.name === 'Property') {
    const object = holder.parent!;
    return down(schema, chosen(places(schema, object, doc), typeOf(object, doc)), nameOf(holder, doc));
  }
  return holder.name === 'Array' ? down(schema, places(schema, holder, doc), null) : [];
}

/** What may stand where this value stands. */
function places(schema: JsonObject, node: Node, doc: Text): Places {
  const parent = node.parent;
  if (!parent || parent.name === 'JsonText') return start(schema);
  return valuePlaces(schema, parent, doc);
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' }, { tag: tags.string, color: 'var(--good)' }, { tag: [tags.number, tags.bool, tags.null], color: 'var(--warm)' },
]);

/** Set by the page, not typed. */
const shown = Annotation.define<boolean>();

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '13px' },
  '.cm-scroller': { fontFamily: 'ui-monospace, monospace', lineHeight: '1.5' },
  '&.cm-focused': { outline: 'none' },
  '.cm-gutters': { backgroundColor: 'var(--page)', color: 'var(--soft)', border: '0' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { background: 'color-mix(in srgb, var(--accent) 30%, transparent) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--text)', border: '1px solid var(--mark)', maxWidth: '30rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--panel)' },
  '.cm-completionDetail': { color: 'inherit', opacity: '.8' },
  '.cm-completionInfo': { maxWidth: '22rem' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', border: '1px solid var(--line)', color: 'var(--soft)' },
});
