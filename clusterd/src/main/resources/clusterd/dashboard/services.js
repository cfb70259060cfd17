// Services: how many run of how many, and how far a change has come.

import { of } from './board.js';
import { byId, element, hue, keep, plural, say } from './dom.js';
import { standing } from './nodes.js';

const UPDATES = {
  updating: 'updating', paused: 'update paused', 'rolling back': 'rolling back',
  'rollback paused': 'rollback paused', 'rolled back': 'rolled back',
};

/** Whether its tasks shall come to an end. */
export function isJob(service) {
  return service.mode === 'replicated-job' || service.mode === 'global-job';
}

/** Good, on its way, or in need of somebody. */
export function tone(service) {
  if (service.removed) return 'idle';
  if (/paused|rolled/.test(service.update)) return 'bad';
  if (service.update === 'updating' || service.update === 'rolling back') return 'warn';
  if (isJob(service)) return service.completed >= service.wanted ? 'idle' : 'good';
  return service.running >= service.wanted ? 'good' : 'warn';
}

export function words(service) {
  if (service.removed) return 'being removed';
  const update = UPDATES[service.update];
  if (update === 'updating' || update === 'rolling back') {
    return `${update}: ${service.current} of ${service.wanted} are new`;
  }
  if (update) return service.updateMessage ? `${update}: ${service.updateMessage}` : update;
  if (isJob(service)) return `${service.completed} of ${service.wanted} done`;
  const missing = service.wanted - service.running;
  return missing > 0 ? `${plural(missing, 'task')} missing` : service.wanted === 0 ? 'scaled to none' : 'as wanted';
}

export function showServices(select) {
  const services = of('service').sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  byId('no-services').hidden = services.length > 0;
  keep(byId('services'), services, service => service.id, service => make(service, select), update);
}

function make(service, select) {
  const button = element('button', { type: 'button', class: 'service' },
    element('span', { class: 'name' }), element('span', { class: 'count' }), element('span', { class: 'mode' }),
    element('span', { class: 'segments', 'aria-hidden': 'true' }), element('span', { class: 'words' }));
  button.addEventListener('click', () => select('service', service.id, button));
  return element('li', {}, button);
}

function update(item, service) {
  const button = item.firstElementChild;
  const [name, count, mode, segments, state] = button.children;
  button.style.setProperty('--hue', hue(service.name));
  button.dataset.tone = tone(service);
  button.dataset.name = service.name;
  const job = isJob(service);
  say(name, service.name);
  say(count, `${job ? service.completed : service.running}/${service.wanted}`);
  say(mode, `${service.mode} · ${service.image}`);
  say(state, words(service));
  button.setAttribute('aria-label', `Service ${service.name}, ${service.mode}, `
    + `${job ? service.completed : service.running} of ${service.wanted} ${job ? 'done' : 'running'}, ${words(service)}`);
  keep(segments, shares(service), share => share[0], share => element('i', { 'data-state': share[0] }),
    (child, share) => child.style.setProperty('flex-grow', share[1]));
}

/** How many of its tasks stand how, as parts of a bar; what is missing too. */
function shares(service) {
  const counts = new Map();
  for (const task of of('task')) {
    if (task.service === service.id && !task.ended) {
      const state = standing(task);
      const old = state === 'running' && task.version !== service.version ? 'outdated' : state;
      counts.set(old, (counts.get(old) ?? 0) + 1);
    }
  }
  if (isJob(service) && service.completed > 0) counts.set('complete', service.completed);
  // Copies on their way out, or on a node that is down, do not matter once their places are filled.
  if (service.running >= service.wanted) ['stopping', 'unreachable'].forEach(state => counts.delete(state));
  const sum = [...counts.values()].reduce((a, b) => a + b, 0);
  if (sum < service.wanted) counts.set('missing', service.wanted - sum);
  return [...counts].sort((a, b) => a[0] === 'running' ? -1 : b[0] === 'running' ? 1 : a[0] < b[0] ? -1 : 1);
}
