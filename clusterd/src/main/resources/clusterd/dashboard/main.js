// Puts the page together: each step of the board is drawn once, in the next frame.

import { board, follow, of, part } from './board.js';
import { byId, element, keep, plural, say } from './dom.js';
import { note, showFeed } from './feed.js';
import { WORDS, remember, showNodes } from './nodes.js';
import { preparePanel, select, showPanel } from './panel.js';
import { isJob, showServices } from './services.js';

const LIVE = { live: 'live', lost: 'connection lost, trying again', refused: 'this link holds no more' };

let drawing = false;
let changed = false;
let first = true;

follow(before => {
  note(before, first);
  changed = true;
  schedule();
}, word => {
  byId('live').dataset.live = word;
  say(byId('live'), LIVE[word]);
  banner();
});

function schedule() {
  if (drawing) return;
  drawing = true;
  // A page in the background draws no frames, and must not fall behind for ever.
  if (document.hidden) setTimeout(draw, 500);
  else requestAnimationFrame(draw);
}

function draw() {
  drawing = false;
  const cluster = board.get('cluster');
  if (!cluster) return;
  const here = cluster.situation === 'manager';
  byId('main').hidden = !here;
  byId('elsewhere').hidden = here;
  banner();
  if (!here) {
    elsewhere(cluster);
    first = false;
    return;
  }
  figures(cluster);
  showServices(select);
  showNodes(select, !first);
  remember();
  showFeed();
  showPanel(changed);
  changed = false;
  first = false;
}

function figures(cluster) {
  const nodes = of('node');
  const ready = nodes.filter(node => node.state === 'ready').length;
  const steady = of('service').filter(service => !isJob(service));
  const running = steady.reduce((sum, service) => sum + service.running, 0);
  const wanted = steady.reduce((sum, service) => sum + service.wanted, 0);
  const leader = part('node', cluster.leader)?.name;
  say(byId('cluster-name'), cluster.id ? cluster.id.slice(0, 8) : '');
  document.title = `${running}/${wanted} running, ${ready}/${nodes.length} nodes · jctl`;
  keep(byId('figures'), [['nodes', `${ready}/${cluster.nodes}`, ready < cluster.nodes ? 'warn' : 'good'],
    [cluster.services === 1 ? 'service' : 'services', String(cluster.services), ''], ['tasks running', `${running}/${wanted}`, running < wanted ? 'warn' : 'good'],
    ['leader', leader ?? 'none', leader ? '' : 'bad']],
  figure => figure[0], figure => element('div', {}, element('dd'), element('dt', {}, figure[0])), (item, figure) => {
    item.dataset.tone = figure[2];
    say(item.firstElementChild, figure[1]);
  });
}

function banner() {
  const cluster = board.get('cluster');
  const live = byId('live').dataset.live;
  let text = '';
  if (live === 'refused') {
    text = 'This link holds no more: the agent has been started again, or the dashboard turned off and on. Open the link that `jctl dashboard` prints now.';
  } else if (live === 'lost') {
    text = 'The agent of this node does not answer. What is shown may be old; this page tries again by itself.';
  } else if (cluster?.situation === 'manager' && !cluster.leader) {
    text = 'No manager leads just now: more than half of them must be in reach of each other. Tasks go on; nothing is changed until then.';
  }
  if (text !== byId('banner').textContent) say(byId('banner'), text);
  byId('banner').hidden = !text;
}

function elsewhere(cluster) {
  const texts = {
    alone: ['This node is in no cluster yet', 'The first service founds one of this node alone; it appears here by itself. To join another cluster, start the agent with --join.'],
    locked: ['This manager is locked', 'It waits for the unlock key since its start: give it with jctl cluster unlock.'],
    member: [`This node is a ${cluster.role} of a cluster`, 'The cluster\'s state is with its managers. On one of them, run jctl dashboard:'],
  };
  const [title, text] = texts[cluster.situation] ?? ['', ''];
  say(byId('elsewhere-title'), title);
  say(byId('elsewhere-text'), text);
  document.title = `${title} · jctl`;
  const list = cluster.situation === 'alone' ? ['jctl service create --name web --replicas 3 IMAGE']
    : cluster.managers ?? [];
  keep(byId('elsewhere-list'), list, each => each, each => element('li', {}, element('code', {}, each)), () => {});
}

function prepareTheme() {
  const root = document.documentElement;
  const kept = localStorage.getItem('jctl-theme');
  if (kept) root.dataset.theme = kept;
  byId('theme').addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    localStorage.setItem('jctl-theme', root.dataset.theme);
  });
}

function prepareLegend() {
  for (const state of ['running', 'starting', 'pending', 'stopping', 'unreachable']) {
    byId('legend').append(element('span', { 'data-state': state }, WORDS[state] ?? state));
  }
}

prepareTheme();
prepareLegend();
preparePanel();
// "3 min" becomes "4 min" though nothing else changes.
setInterval(schedule, 10000);
