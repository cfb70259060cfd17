// The lines that a service or a task writes, as they come.

import { byId, clock, element, hue, say } from './dom.js';

const MOST_LINES = 2000;
const TAIL = 100;
const AGAIN_MILLIS = 1500;

let source = null;
let name = '';
let last = '';
let paused = false;
let held = [];
let again = 0;
let drawing = 0;
let fresh = [];
/** What the last lines were: after a break some come twice. */
const known = new Set();

export function openLogs(of) {
  closeLogs();
  name = of;
  byId('logs').replaceChildren();
  last = '';
  begin();
}

export function closeLogs() {
  source?.close();
  source = null;
  clearTimeout(again);
  name = '';
  held = [];
  fresh = [];
  known.clear();
  setPaused(false);
}

function begin() {
  clearTimeout(again);
  state('following');
  const query = last ? `since=${last}` : `tail=${TAIL}`;
  const stream = new EventSource(`/logs?name=${encodeURIComponent(name)}&${query}`);
  source = stream;
  stream.addEventListener('line', event => {
    last = event.lastEventId;
    const key = last + event.data;
    if (known.has(key)) return;
    known.add(key);
    if (known.size > MOST_LINES) known.delete(known.values().next().value);
    add(JSON.parse(event.data));
  });
  stream.addEventListener('over', event => {
    stream.close();
    const { why } = JSON.parse(event.data);
    state(why ? why : 'all was read');
    again = setTimeout(begin, AGAIN_MILLIS * 2);
  });
  stream.addEventListener('error', () => {
    if (stream === source && stream.readyState === EventSource.CLOSED) {
      state('not in reach');
      again = setTimeout(begin, AGAIN_MILLIS);
    }
  });
}

function state(text) {
  if (!paused) say(byId('logs-state'), text);
}

function add(line) {
  if (paused) {
    held.push(line);
    if (held.length > MOST_LINES) held.shift();
    say(byId('logs-state'), `paused, ${held.length} more`);
    return;
  }
  fresh.push(line);
  if (!drawing) drawing = requestAnimationFrame(draw);
}

function draw() {
  drawing = 0;
  const list = byId('logs');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(...fresh.slice(-MOST_LINES).map(row));
  fresh = [];
  while (list.childElementCount > MOST_LINES) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function row(line) {
  // NAME.SLOT.ID: the id is for machines.
  const task = line.task.slice(0, line.task.lastIndexOf('.'));
  const item = element('li', { class: line.error ? 'error' : null },
    element('time', { datetime: new Date(line.at).toISOString() }, clock(line.at)),
    element('span', { class: 'task' }, `${task}@${line.node}`), element('span', { class: 'text' }, line.text));
  item.style.setProperty('--hue', hue(task.slice(0, task.lastIndexOf('.'))));
  item.hidden = !matches(item);
  return item;
}

function matches(item) {
  const wanted = byId('logs-filter').value.toLowerCase();
  return !wanted || item.textContent.toLowerCase().includes(wanted);
}

function setPaused(now) {
  if (now && drawing) {
    // What came before the pause is still to be seen.
    cancelAnimationFrame(drawing);
    draw();
  }
  paused = now;
  byId('logs-pause').setAttribute('aria-pressed', String(now));
  say(byId('logs-pause'), now ? 'Go on' : 'Pause');
  if (!now) {
    say(byId('logs-state'), 'following');
    held.splice(0).forEach(add);
  } else {
    say(byId('logs-state'), 'paused');
  }
}

export function prepareLogs() {
  byId('logs-pause').addEventListener('click', () => setPaused(!paused));
  byId('logs-filter').addEventListener('input', () => {
    for (const item of byId('logs').children) item.hidden = !matches(item);
  });
}
