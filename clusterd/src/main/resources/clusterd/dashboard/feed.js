// What was decided and what happened, the newest first, in the words of `jctl why`.

import { board, of, part } from './board.js';
import { byId, clock, element, hue, keep, say } from './dom.js';
import { word } from './nodes.js';

const MOST = 150;
/** What happened while this page looked, and is not in the board: leaders, nodes that came and went. */
const seen = [];

/** Notes what a step of the board tells. */
export function note(before, isFirst) {
  if (isFirst) return;
  for (const [key, old] of before) {
    const now = board.get(key);
    if (key === 'cluster' && old && now && now.leader !== old.leader) {
      const name = part('node', now.leader)?.name;
      seen.push({ key: `leader-${now.term}-${now.leader}`, at: Date.now(), tone: name ? 'warn' : 'bad', title: 'Managers',
        text: name ? `${name} leads now (term ${now.term})` : 'No manager leads: no change is possible for now' });
    } else if (key.startsWith('node/') && now && old && (now.state !== old.state || now.availability !== old.availability)) {
      const state = now.state !== old.state;
      seen.push({ key: `${key}-${now.since}-${now.state}-${now.availability}-${seen.length}`, at: Date.now(),
        tone: now.state === 'down' ? 'bad' : 'warn', title: now.name,
        text: state ? `is ${now.state}${now.message ? ': ' + now.message : ''}`
          : `is to ${{ drain: 'be drained: its tasks go elsewhere', pause: 'take no more tasks', active: 'take tasks again' }[now.availability] ?? now.availability}` });
    } else if (key.startsWith('node/') && !old && now) {
      seen.push({ key: key + '-new', at: Date.now(), tone: 'good', title: now.name, text: 'has joined' });
    }
  }
  seen.splice(0, seen.length - MOST);
}

function entries() {
  const all = [...seen];
  for (const decision of of('decision')) {
    all.push({ key: 'decision-' + decision.number, at: decision.at, title: decision.name, service: decision.service,
      tone: decision.placed < decision.wanted ? 'bad' : 'good', text: sentences(decision) });
  }
  for (const task of of('task')) {
    if (task.state === 'failed' || task.state === 'rejected' || task.state === 'orphaned') {
      const where = part('node', task.node)?.name;
      all.push({ key: `end-${task.id}`, at: task.since, title: task.name, service: task.service, tone: 'bad',
        text: `${word(task)}${where ? ' on ' + where : ''}${task.message ? ': ' + task.message : ''}` });
    }
    if (task.reason && !/^(the service|it) (was|is) (made|new|created)/.test(task.reason)) {
      all.push({ key: `made-${task.service}-${task.reason}-${Math.floor(task.created / 1000)}`, at: task.created - 1,
        title: task.name, service: task.service, tone: 'warn', text: `${task.name} was made: ${task.reason}` });
    }
  }
  const unique = new Map(all.map(entry => [entry.key, entry]));
  return [...unique.values()].sort((a, b) => b.at - a.at).slice(0, MOST);
}

/** The first line says when, which the entry does by itself. */
function sentences(decision) {
  return decision.text.split('\n').map(line => line.replace(/^Decided at \S+:$/, '').replace(/ at \d{4}-\S+Z:$/, ':')
    .trim()).filter(line => line).join('\n');
}

export function showFeed() {
  keep(byId('feed'), entries(), entry => entry.key, entry => element('li', {},
    element('p', { class: 'about' }, element('b'), element('time', { datetime: new Date(entry.at).toISOString() })),
    element('p', { class: 'text' })), (item, entry) => {
    item.dataset.tone = entry.tone;
    if (entry.service) item.style.setProperty('--hue', hue(part('service', entry.service)?.name ?? entry.title));
    item.classList.toggle('of-service', Boolean(entry.service));
    say(item.firstElementChild.children[0], entry.title);
    say(item.firstElementChild.children[1], clock(entry.at));
    say(item.children[1], entry.text);
  });
}
