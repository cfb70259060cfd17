// Nodes as lanes, tasks as tiles in them. A task whose place was elsewhere before comes from there.

import { board, of, part } from './board.js';
import { byId, bytes, calm, element, hue, keep, plural, say, since } from './dom.js';

const MOVE_MILLIS = 1100;
const MOST_TILES = 150;

export const WORDS = {
  pending: 'waiting', assigned: 'assigned', preparing: 'preparing', ready: 'ready', starting: 'starting',
  running: 'running', complete: 'complete', shutdown: 'ended', failed: 'failed', rejected: 'rejected',
  orphaned: 'lost',
};

/** How a task stands, in a word that is also its colour's name. */
export function standing(task) {
  const node = part('node', task.node);
  if (task.ended) return task.state;
  if (node && node.state === 'down') return 'unreachable';
  return task.wanted ? task.state : 'stopping';
}

export const word = task => WORDS[standing(task)] ?? standing(task);

const place = task => task.service + '/' + (task.slot || task.node);

function nodeWord(node) {
  if (node.state !== 'ready') return node.state;
  if (node.availability === 'drain') return 'drained';
  if (node.availability === 'pause') return 'paused';
  return 'ready';
}

function nodeTone(node) {
  if (node.state === 'down') return 'bad';
  if (node.state !== 'ready') return 'idle';
  return node.availability === 'active' ? 'good' : 'warn';
}

const tiles = new Map();
/** Of each place, the task that was shown in it last. */
const lastOf = new Map();

function visible() {
  return of('task').filter(task => !task.ended);
}

export function showNodes(select, stepped) {
  const from = new Map();
  if (!calm() && stepped) {
    for (const [id, tile] of tiles) {
      from.set(id, tile.getBoundingClientRect());
    }
  }
  const waiting = visible().filter(task => !task.node);
  const lanes = of('node').sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  if (waiting.length > 0) lanes.unshift({ id: '', name: 'Waiting for a node' });
  keep(byId('nodes'), lanes, node => 'node-' + node.id, node => makeLane(node, select), updateLane);
  placeTiles(select);
  if (from.size > 0) animate(from);
}

function makeLane(node, select) {
  const lane = element('li', { class: node.id ? 'lane' : 'lane waiting', 'data-name': node.name });
  const name = node.id ? element('button', { type: 'button', class: 'name' }) : element('span', { class: 'name' });
  if (node.id) name.addEventListener('click', () => select('node', node.id, name));
  lane.append(element('header', {}, name, element('span', { class: 'marks' }), element('span', { class: 'state' })),
    element('p', { class: 'detail' }), element('div', { class: 'meters' }), element('ul', { class: 'tiles' }),
    element('p', { class: 'more' }));
  return lane;
}

function updateLane(lane, node) {
  const [head, detail, meters] = lane.children;
  say(head.children[0], node.name);
  if (!node.id) {
    say(detail, 'No node suits these tasks just now. Choose one to read why.');
    return;
  }
  lane.dataset.tone = nodeTone(node);
  lane.dataset.state = nodeWord(node);
  lane.dataset.name = node.name;
  const marks = [];
  if (node.leader) marks.push(['leader', '★ leader', 'Leads the managers']);
  else if (node.role === 'manager') marks.push(['manager', node.answers ? 'manager' : 'manager, silent', 'Keeps the state']);
  else marks.push([node.role, node.role, '']);
  if (node.self) marks.push(['self', 'this node', 'Shows this page']);
  if (node.site) marks.push(['site', node.site, 'Site']);
  keep(head.children[1], marks, mark => mark[0],
    mark => element('span', { class: 'mark ' + mark[0], title: mark[2] || null }), (child, mark) => say(child, mark[1]));
  say(head.children[2], nodeWord(node));
  const why = node.message ? node.message : '';
  const time = node.since ? ` for ${since(node.since)}` : '';
  say(detail, node.role === 'witness' ? 'Only votes: takes no tasks'
    : `${plural(node.tasks, 'task')}${node.state === 'ready' ? '' : ', ' + node.state + time}${why ? ': ' + why : ''}`);
  const amounts = [];
  if (node.capacity.cpu > 0) {
    amounts.push(['cpu', 'processors reserved', node.reserved.cpu, node.capacity.cpu,
      `${node.reserved.cpu / 1000} of ${node.capacity.cpu / 1000}`]);
  }
  if (node.capacity.memory > 0) {
    amounts.push(['memory', 'memory reserved', node.reserved.memory, node.capacity.memory,
      `${bytes(node.reserved.memory)} of ${bytes(node.capacity.memory)}`]);
  }
  keep(meters, amounts, each => each[0], makeMeter, updateMeter);
}

function makeMeter([name, title]) {
  return element('label', { class: 'meter' }, element('span', {}, name), element('meter', { min: 0, 'aria-label': title }),
    element('span', { class: 'amount' }));
}

function updateMeter(label, [, title, value, most, text]) {
  const meter = label.children[1];
  meter.max = most;
  meter.value = value;
  meter.title = `${text} ${title}`;
  say(label.children[2], text);
}

function placeTiles(select) {
  const lists = new Map([...byId('nodes').children].map(lane => [lane.dataset.key.slice('node-'.length), lane]));
  const shown = new Map();
  for (const task of visible()) {
    const of = shown.get(task.node) ?? [];
    of.push(task);
    shown.set(task.node, of);
  }
  const seen = new Set();
  for (const [id, lane] of lists) {
    const tasks = (shown.get(id) ?? []).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })
      || a.created - b.created);
    const list = lane.querySelector('.tiles');
    const few = tasks.slice(0, MOST_TILES);
    keep(list, few, task => task.id, task => {
      const tile = makeTile(task, select);
      tiles.set(task.id, tile);
      return tile;
    }, updateTile);
    few.forEach(task => seen.add(task.id));
    say(lane.lastElementChild, tasks.length > few.length ? `and ${tasks.length - few.length} more`
      : tasks.length === 0 ? 'no tasks' : '');
  }
  for (const id of [...tiles.keys()]) {
    if (!seen.has(id)) tiles.delete(id);
  }
}

function makeTile(task, select) {
  const button = element('button', { type: 'button', class: 'tile' },
    element('span', { class: 'task' }), element('span', { class: 'word' }));
  button.addEventListener('click', () => select('task', task.id, button));
  const tile = element('li', { 'data-task': task.id }, button);
  return tile;
}

function updateTile(tile, task) {
  const button = tile.firstElementChild;
  tiles.set(task.id, tile);
  tile.dataset.name = task.name;
  button.dataset.state = standing(task);
  button.style.setProperty('--hue', hue(part('service', task.service)?.name ?? task.service));
  // In its node's lane a global service's task needs no node's name.
  say(button.children[0], task.slot || !task.node ? task.name : part('service', task.service)?.name ?? task.name);
  say(button.children[1], word(task));
  const where = part('node', task.node)?.name;
  button.setAttribute('aria-label', `Task ${task.name}, ${word(task)}${where ? ', on ' + where : ''}`);
  button.title = task.message || task.reason;
}

/** First, last, invert, play: each tile goes from where it, or the task before it in its place, was. */
function animate(from) {
  for (const [id, tile] of tiles) {
    const task = board.get('task/' + id);
    if (!task) continue;
    const before = lastOf.get(place(task));
    const isNew = !from.has(id);
    const start = from.get(id) ?? (before && before !== id ? from.get(before) : undefined);
    const end = tile.getBoundingClientRect();
    if (!start) {
      if (isNew) {
        tile.animate([{ opacity: 0, transform: 'scale(.6)' }, { opacity: 1, transform: 'none' }],
          { duration: 350, easing: 'ease-out' });
      }
      continue;
    }
    const x = start.left - end.left;
    const y = start.top - end.top;
    if (Math.abs(x) + Math.abs(y) < 2) continue;
    const far = isNew || Math.hypot(x, y) > 400;
    if (far) tile.dataset.moving = 'yes';
    tile.animate(far
      ? [{ transform: `translate(${x}px, ${y}px) scale(1.12)`, offset: 0 },
        { transform: `translate(${x}px, ${y - 6}px) scale(1.18)`, offset: 0.15 },
        { transform: 'translate(0, -4px) scale(1.12)', offset: 0.85 }, { transform: 'none', offset: 1 }]
      : [{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }],
    { duration: far ? MOVE_MILLIS : 350, easing: 'cubic-bezier(.3, 0, .2, 1)' })
      .finished.catch(() => {}).then(() => delete tile.dataset.moving);
  }
}

/** To be called after the tiles are placed: what is where now is where the next ones come from. */
export function remember() {
  for (const task of visible().sort((a, b) => a.created - b.created)) {
    lastOf.set(place(task), task.id);
  }
  if (lastOf.size > 10000) lastOf.clear();
}
