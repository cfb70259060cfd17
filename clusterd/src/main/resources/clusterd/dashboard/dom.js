// Small helpers. Text only ever becomes text: nothing here takes markup.

export const byId = id => document.getElementById(id);

/** An element with attributes ("class", "aria-label", …; false and null leave one out) and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : String(value));
    }
  }
  made.append(...children);
  return made;
}

/** Sets an element's text if it is another: what does not change is not read out again. */
export function say(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** Makes the children of a list those of these items, in their order, each kept by its key. */
export function keep(list, items, keyOf, make, update) {
  const known = new Map([...list.children].map(child => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = known.get(key);
    known.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      list.insertBefore(child, place);
    }
  }
  for (const child of known.values()) {
    child.remove();
  }
}

export const plural = (count, one, several = one + 's') => `${count} ${count === 1 ? one : several}`;

export const clock = millis => new Date(millis).toLocaleTimeString([], { hour12: false });

export function since(millis) {
  const seconds = Math.max(0, Math.round((Date.now() - millis) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

export function bytes(amount) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount >= 10 || unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

/** The hue of a name, so that a service has the same colour everywhere; far from its neighbours'. */
export function hue(name) {
  let hash = 2166136261;
  for (const letter of name) {
    hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  }
  return Math.round((hash % 9973) * 137.508 % 360);
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
