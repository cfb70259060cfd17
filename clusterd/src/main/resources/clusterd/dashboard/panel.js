// The details of one service, task or node: facts, why, tasks, logs.

import { of, part } from './board.js';
import { byId, clock, element, keep, say, since } from './dom.js';
import { closeLogs, openLogs, prepareLogs } from './logs.js';
import { standing, word } from './nodes.js';
import { words } from './services.js';

let kind = '';
let id = '';
let opener = null;
let asked = 0;
let asking = null;

export function preparePanel() {
  byId('panel-close').addEventListener('click', close);
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !byId('panel').hidden) close();
  });
  prepareLogs();
}

export function select(newKind, newId, from) {
  const here = part(newKind, newId);
  if (!here) return;
  kind = newKind;
  id = newId;
  opener = byId('panel').contains(from) ? opener : from;
  byId('panel').hidden = false;
  document.body.classList.add('with-panel');
  byId('logs-section').hidden = kind === 'node';
  say(byId('why'), '');
  if (kind === 'node') closeLogs();
  else openLogs(kind === 'service' ? here.name : here.id);
  showPanel(true);
  byId('panel-title').focus({ preventScroll: true });
  byId('panel').scrollTop = 0;
}

function close() {
  closeLogs();
  byId('panel').hidden = true;
  document.body.classList.remove('with-panel');
  kind = '';
  if (opener?.isConnected) opener.focus();
}

function tasks() {
  const all = kind === 'service' ? of('task').filter(task => task.service === id)
    : kind === 'node' ? of('task').filter(task => task.node === id) : [];
  return all.sort((a, b) => Number(a.ended) - Number(b.ended)
    || a.name.localeCompare(b.name, undefined, { numeric: true }) || b.created - a.created);
}

export function showPanel(changed) {
  if (!kind) return;
  const here = part(kind, id);
  if (!here) {
    say(byId('panel-kind'), `${kind}, which is no more`);
    return;
  }
  say(byId('panel-kind'), kind);
  say(byId('panel-title'), here.name);
  keep(byId('panel-facts'), facts(here), fact => fact[0], fact => element('div', {}, element('dt', {}, fact[0]),
    element('dd')), (item, fact) => say(item.children[1], fact[1]));
  const list = tasks();
  byId('panel-tasks').hidden = kind === 'task';
  keep(byId('tasks'), list.slice(0, 100), task => task.id, makeTask, updateTask);
  if (changed) ask();
}

function makeTask(task) {
  const button = element('button', { type: 'button', class: 'row' }, element('span', { class: 'task' }),
    element('span', { class: 'word' }), element('span', { class: 'where' }), element('span', { class: 'message' }));
  button.addEventListener('click', () => select('task', task.id, button));
  return element('li', {}, button);
}

function updateTask(item, task) {
  const button = item.firstElementChild;
  button.dataset.state = standing(task);
  const [name, state, where, message] = button.children;
  say(name, task.name);
  say(state, word(task));
  say(where, (part('node', task.node)?.name ?? (task.node || 'no node yet')) + ', ' + since(task.since));
  say(message, task.message);
}

function facts(here) {
  if (kind === 'service') {
    return [['State', words(here)], ['Running', `${here.running} of ${here.wanted}`], ['Mode', here.mode],
      ['Image', here.image], ['Project', here.project], ['Made', new Date(here.created).toLocaleString()]];
  }
  if (kind === 'task') {
    const service = part('service', here.service);
    const list = [['State', word(here)], ['Since', clock(here.since)],
      ['Node', part('node', here.node)?.name ?? 'none yet'], ['Service', service?.name ?? here.service], ['Id', here.id]];
    if (here.exit !== undefined) list.push(['Exit code', String(here.exit)]);
    if (here.message) list.push(['Message', here.message]);
    return list;
  }
  const labels = Object.entries(here.labels).map(([name, value]) => `${name}=${value}`).join(', ');
  const list = [['State', here.state], ['Availability', here.availability], ['Role', here.leader ? 'manager, leads' : here.role],
    ['Address', here.address || 'not known'], ['Version', here.engine || 'not known'], ['Id', here.id]];
  if (labels) list.push(['Labels', labels]);
  return list;
}

/** The sentences of `jctl why`, not more often than a few times a second. */
function ask() {
  clearTimeout(asking);
  const wait = Math.max(0, asked + 300 - Date.now());
  asking = setTimeout(async () => {
    asked = Date.now();
    const [ofKind, ofId] = [kind, id];
    if (!ofKind) return;
    try {
      const answer = await fetch(`/why?kind=${ofKind}&id=${encodeURIComponent(ofId)}`);
      const text = await answer.text();
      if (ofKind === kind && ofId === id && answer.ok) say(byId('why'), text.trim());
    } catch {
      say(byId('why'), 'The agent does not answer just now.');
    }
  }, wait);
}
