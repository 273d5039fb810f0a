'use strict';
// The explore page: runs a PromQL range query, draws it, and signs the request with Signature Version 4 when a key is
// given. Keys stay in the page's fields: they are neither stored nor sent anywhere.

const MaxDrawnSeries = 50;
const MaxPoints = 500;
const element = id => document.getElementById(id);
const encoder = new TextEncoder();

const hex = buffer => [...new Uint8Array(buffer)].map(byte => byte.toString(16).padStart(2, '0')).join('');

async function sha256(text) {
  return hex(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
}

async function hmac(key, text) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return crypto.subtle.sign('HMAC', imported, encoder.encode(text));
}

const percent = text => encodeURIComponent(text).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());

async function signature(method, path, body, keys) {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const scope = `${day}/${keys.region}/aps/aws4_request`;
  const headers = { host: location.host, 'x-amz-date': date };
  if (keys.token) {
    headers['x-amz-security-token'] = keys.token;
  }
  const names = Object.keys(headers).sort();
  const canonicalPath = path.split('/').map(segment => percent(segment)).join('/');
  const canonical = [
    method, canonicalPath, '', ...names.map(name => `${name}:${headers[name]}`), '', names.join(';'), await sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, await sha256(canonical)].join('\n');
  let key = encoder.encode('AWS4' + keys.secret);
  for (const part of [day, keys.region, 'aps', 'aws4_request']) {
    key = await hmac(key, part);
  }
  const sent = { ...headers };
  delete sent.host;
  sent.Authorization = `AWS4-HMAC-SHA256 Credential=${keys.access}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${hex(await hmac(key, toSign))}`;
  return sent;
}

async function call(name, parameters, method = 'POST') {
  const workspace = element('workspace').value.trim();
  const path = (workspace ? `/workspaces/${encodeURIComponent(workspace)}` : '') + `/api/v1/${name}`;
  const body = method === 'POST' ? new URLSearchParams(parameters).toString() : '';
  const keys = {
    region: element('region').value.trim(),
    access: element('access-key').value.trim(),
    secret: element('secret-key').value.trim(),
    token: element('session-token').value.trim(),
  };
  const headers = keys.access ? await signature(method, path, body, keys) : {};
  if (method === 'POST') {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  }
  const response = await fetch(path, { method, headers, body: method === 'POST' ? body : undefined });
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    answer = { message: text };
  }
  if (!response.ok) {
    throw new Error(answer.error || answer.message || `status ${response.status}`);
  }
  return answer;
}

const color = index => `hsl(${(index * 137.5) % 360} 65% 50%)`;

function labelText(metric) {
  const { __name__: name = '', ...labels } = metric;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return name + (pairs.length || !name ? `{${pairs.join(', ')}}` : '');
}

function draw(result, start, end, step) {
  const svg = element('graph');
  const values = result.flatMap(series => series.values.map(([, value]) => Number(value))).filter(Number.isFinite);
  svg.replaceChildren();
  if (!values.length) {
    return;
  }
  let low = values.reduce((a, b) => Math.min(a, b));
  let high = values.reduce((a, b) => Math.max(a, b));
  if (low === high) {
    [low, high] = [low - 1, high + 1];
  }
  const x = time => 60 + 930 * (time - start) / (end - start);
  const y = value => 325 - 310 * (value - low) / (high - low);
  const add = (tag, attributes, text) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    node.textContent = text ?? '';
    svg.append(node);
  };
  // As many digits as it takes to tell the grid lines apart.
  const digits = Math.min(15, 3 + Math.max(1, Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low)))));
  for (let tick = 0; tick <= 4; tick++) {
    const value = low + (high - low) * tick / 4;
    add('line', { class: 'grid', x1: 60, x2: 990, y1: y(value), y2: y(value) });
    add('text', { x: 2, y: y(value) + 4 }, Number(value.toPrecision(digits)).toString());
    const time = start + (end - start) * tick / 4;
    add('text', { x: Math.min(x(time), 940), y: 345 }, new Date(time * 1000).toTimeString().slice(0, 8));
  }
  result.forEach((series, index) => {
    let path = '';
    let previous = -Infinity;
    for (const [time, text] of series.values) {
      const value = Number(text);
      if (Number.isFinite(value)) {
        path += `${time - previous > step * 1.5 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
        previous = time;
      }
    }
    add('path', { d: path, stroke: color(index) });
  });
}

function list(result) {
  element('series').replaceChildren(...result.map((series, index) => {
    const row = document.createElement('tr');
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = color(index);
    row.insertCell().append(swatch);
    row.insertCell().textContent = labelText(series.metric);
    const last = row.insertCell();
    last.className = 'number';
    last.textContent = series.values[series.values.length - 1][1];
    return row;
  }));
}

function say(text, isError = false) {
  element('message').textContent = text;
  element('message').className = isError ? 'error' : '';
}

async function run(event) {
  event?.preventDefault();
  const end = Math.floor(Date.now() / 1000);
  const start = end - Number(element('range').value);
  const step = Math.max(1, Math.ceil((end - start) / MaxPoints));
  history.replaceState(null, '', '?' + new URLSearchParams({ query: element('query').value }));
  say('running…');
  try {
    const began = performance.now();
    const answer = await call('query_range', { query: element('query').value, start, end, step });
    const result = answer.data.result.slice(0, MaxDrawnSeries);
    draw(result, start, end, step);
    list(result);
    const notes = [...(answer.warnings ?? []), ...(answer.infos ?? [])];
    say(`${answer.data.result.length} series in ${Math.round(performance.now() - began)} ms` +
      (answer.data.result.length > MaxDrawnSeries ? `, the first ${MaxDrawnSeries} are shown` : '') +
      notes.map(note => `\n${note}`).join(''));
  } catch (error) {
    draw([], start, end, step);
    list([]);
    say(error.message, true);
  }
}

async function suggestMetrics() {
  try {
    const answer = await call('label/__name__/values', {}, 'GET');
    element('metrics').replaceChildren(...answer.data.map(name => new Option(name)));
  } catch (error) {
    say(`no metric names: ${error.message}`, true);
  }
}

element('query-form').addEventListener('submit', run);
element('metric').addEventListener('focus', suggestMetrics, { once: true });
element('metric').addEventListener('change', event => {
  element('query').value = event.target.value;
  event.target.value = '';
  run();
});
element('query').addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey) {
    run(event);
  }
});
const given = new URLSearchParams(location.search).get('query');
if (given) {
  element('query').value = given;
  run();
}
