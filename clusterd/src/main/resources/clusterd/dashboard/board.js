// The board as the agent tells it: a snapshot, then deltas. Comes again by itself after a break.

const BREAK_MILLIS = 1500;
const AGAIN_MILLIS = 2000;

export const board = new Map();

/** The parts of a kind: of('node') gives all nodes. */
export function of(kind) {
  const found = [];
  for (const [key, part] of board) {
    if (key.startsWith(kind + '/')) found.push(part);
  }
  return found;
}

export const part = (kind, id) => board.get(kind + '/' + id);

/** Calls changed(before) after each step, with the parts that were otherwise by key; live(word) as the stream goes. */
export function follow(changed, live) {
  let silence = 0;

  function take(entries, gone) {
    const before = new Map();
    for (const key of gone) {
      before.set(key, board.get(key));
      board.delete(key);
    }
    for (const [key, value] of entries) {
      before.set(key, board.get(key));
      board.set(key, value);
    }
    changed(before);
  }

  function begin() {
    const source = new EventSource('/events');
    source.addEventListener('open', () => {
      clearTimeout(silence);
      silence = 0;
      live('live');
    });
    source.addEventListener('snapshot', event => {
      const parts = JSON.parse(event.data);
      take(Object.entries(parts), [...board.keys()].filter(key => !Object.hasOwn(parts, key)));
    });
    source.addEventListener('delta', event => {
      const delta = JSON.parse(event.data);
      take(Object.entries(delta.put), delta.gone);
    });
    source.addEventListener('error', async () => {
      // Each try that fails is told; the first one counts.
      silence ||= setTimeout(() => live('lost'), BREAK_MILLIS);
      if (source.readyState === EventSource.CLOSED) {
        if (await refused()) {
          clearTimeout(silence);
          live('refused');
        } else {
          setTimeout(begin, AGAIN_MILLIS);
        }
      }
    });
  }

  begin();
}

/** Whether the agent answers, and knows this page's token no more. */
async function refused() {
  try {
    const answer = await fetch('/session');
    return answer.status === 401 || answer.status === 403;
  } catch {
    return false;
  }
}
