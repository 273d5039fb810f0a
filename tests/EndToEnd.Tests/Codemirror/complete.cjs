// Asks a server for completions as Prometheus's own editor does, and prints what it offers where a text has a bar. The editor
// closes braces and quotes itself, so they stand behind it: node complete.cjs URL 'up{|}'...
const { EditorState } = require('@codemirror/state');
const { CompletionContext } = require('@codemirror/autocomplete');
const { ensureSyntaxTree } = require('@codemirror/language');
const { newCompleteStrategy, PromQLExtension } = require('@prometheus-io/codemirror-promql');

const [url, ...texts] = process.argv.slice(2);
const fail = (error) => {
  console.error(error);
  process.exit(1);
};

async function offer() {
  const extensions = new PromQLExtension().asExtension();
  const offered = {};
  for (const text of texts) {
    // One for each text: a strategy remembers what it has heard and offers that alone.
    const strategy = newCompleteStrategy({ remote: { url, httpErrorHandler: fail } });
    const cursor = text.indexOf('|');
    const doc = text.replace('|', '');
    const state = EditorState.create({ doc, extensions });
    ensureSyntaxTree(state, doc.length, 60_000);
    const result = await strategy.promQL(new CompletionContext(state, cursor, true));
    offered[text] = (result?.options ?? []).map((option) => option.label);
  }
  console.log(JSON.stringify(offered));
  process.exit(0);
}

offer().catch(fail);
