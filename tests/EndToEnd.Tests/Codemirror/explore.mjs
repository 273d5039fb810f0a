// On the explore page: puts Prometheus's own editor in the place of the text field, types as a person would, and runs what came of it.
// What the editor offered on the way stands in the document in the end, as lists in #offered; #failed has what went wrong.
import { autocompletion, startCompletion } from '@codemirror/autocomplete';
import { EditorView } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';

const field = document.getElementById('query');
const note = (id, text) => {
  const element = document.createElement('p');
  element.id = id;
  element.textContent = text;
  document.body.append(element);
};

const promQL = new PromQLExtension().setComplete({
  remote: { url: location.origin, httpErrorHandler: (error) => note('failed', String(error)) },
});
const view = new EditorView({
  parent: field.parentElement,
  extensions: [
    autocompletion(),
    promQL.asExtension(),
    EditorView.updateListener.of((update) => { field.value = update.state.doc.toString(); }),
  ],
});
field.hidden = true;

function type(text, back = 0) {
  const end = view.state.doc.length;
  view.focus();
  view.dispatch({
    changes: { from: end, insert: text }, selection: { anchor: end + text.length - back }, userEvent: 'input.type',
  });
  startCompletion(view);
}

/** The first value that is not undefined, asked for every few frames. */
async function eventually(what, find) {
  for (let tries = 0; tries < 500; tries++) {
    const found = find();
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not come`);
}

/** Waits until an option is on the screen, notes all of them, and clicks on it. */
async function choose(label) {
  const items = () => [...document.querySelectorAll('.cm-tooltip-autocomplete li')];
  const wanted = await eventually(label, () => items().find((item) => item.textContent.startsWith(label)));
  note('offered', items().map((item) => item.querySelector('.cm-completionLabel').textContent).join(' '));
  wanted.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, button: 0 }));
  await eventually('the end of the choice', () => (items().length === 0 ? true : undefined));
}

async function drive() {
  type('req');
  await choose('requests_total');
  type('{job=""}', 2);
  await choose('a');
  note('typed', view.state.doc.toString());
  document.getElementById('range').value = '86400';
  document.getElementById('query-form').requestSubmit();
  await eventually('a series', () => document.querySelector('#series tr') ?? undefined);
}

drive().catch((error) => note('failed', String(error)));
