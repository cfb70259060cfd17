// What was decided and what happened, the newest first, in the words of `jctl why`.

import { board, of, part } from './board.js';
import { byId, clock, element, hue, keep, say } from './dom.js';
import { WORDS, word } from './nodes.js';

const MOST = 150;
const TOGETHER_MILLIS = 3000;
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
  const newest = new Map();
  for (const decision of of('decision').sort((a, b) => b.number - a.number)) {
    const later = newest.get(decision.service);
    const isVain = decision.placed === 0 && decision.wanted > 0;
    if (isVain && later?.isVain) {
      // The same in vain once more: told once, with how often.
      later.times++;
      continue;
    }
    const entry = { key: 'decision-' + decision.number, at: decision.at, title: decision.name, service: decision.service,
      tone: decision.placed < decision.wanted ? 'bad' : 'good', text: sentences(decision), isVain, times: 1 };
    newest.set(decision.service, entry);
    all.push(entry);
  }
  all.push(...groups());
  return all.sort((a, b) => b.at - a.at).slice(0, MOST);
}

/** Tasks that failed, and tasks that were made anew, those of one cause and moment together. */
function groups() {
  const found = new Map();
  function add(kind, task, at, tone, text) {
    const key = [kind, task.service, text, Math.floor(at / TOGETHER_MILLIS)].join('\n');
    const group = found.get(key) ?? { key, at, tone, service: task.service, names: new Set(), text,
      title: part('service', task.service)?.name ?? task.name };
    group.names.add(task.name);
    found.set(key, group);
  }
  for (const task of of('task')) {
    if (task.state === 'failed' || task.state === 'rejected') {
      const where = part('node', task.node)?.name;
      add('end', task, task.since, 'bad', `${word(task)}${where ? ' on ' + where : ''}${task.message ? ': ' + task.message : ''}`);
    }
    const before = /^task \S+ is (\w+)(?: \((.*)\))?$/s.exec(task.reason);
    if (before) {
      const how = WORDS[before[1].toLowerCase()] ?? before[1].toLowerCase();
      add('made', task, task.created, 'warn', `made anew, since the one before is ${how}${before[2] ? ': ' + before[2] : ''}`);
    } else if (task.reason && task.reason !== 'wanted') {
      add('made', task, task.created, 'warn', `made: ${task.reason}`);
    }
  }
  return [...found.values()].map(group => {
    const names = [...group.names].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    const some = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
    return { ...group, text: `${some}: ${group.text}` };
  });
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
    say(item.firstElementChild.children[1], (entry.times > 1 ? `${entry.times} times, last ` : '') + clock(entry.at));
    say(item.children[1], entry.text);
  });
}
