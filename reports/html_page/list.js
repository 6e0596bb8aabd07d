// The list shows only the rows in sight, so that fifty thousand findings cost no more than fifty.
const list = document.getElementById('list');
const spacer = document.getElementById('spacer');
const SPARE = 6;
let view = new Uint32Array(0);
let chosen = -1;
let shownFrom = -1;
let shownTo = -1;

const rowHeight = () => (matchMedia('(max-width: 900px)').matches ? 96 : 68);

const rowElement = (place) => {
  const row = view[place];
  const resource = resourceOf(row);
  const element = make(
    'div', 'row',
    severityMark(severityOf(row)),
    make('span', 'title', said(checkOf(row).title)),
    statusMark(statusOf(row)),
    make('span', 'about', make('b', 'code', resource.name), reasonOf(row)),
  );
  element.id = `row-${place}`;
  element.setAttribute('role', 'option');
  element.setAttribute('aria-setsize', String(view.length));
  element.setAttribute('aria-posinset', String(place + 1));
  element.setAttribute('aria-selected', String(place === chosen));
  element.dataset.place = String(place);
  element.style.transform = `translateY(${place * rowHeight()}px)`;
  return element;
};

const paint = (again = false) => {
  const height = rowHeight();
  const from = Math.max(0, Math.floor(list.scrollTop / height) - SPARE);
  const to = Math.min(view.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + SPARE);
  if (!again && from === shownFrom && to === shownTo) return;
  shownFrom = from;
  shownTo = to;
  const elements = [];
  for (let place = from; place < to; place += 1) elements.push(rowElement(place));
  spacer.style.height = `${view.length * height}px`;
  spacer.replaceChildren(...elements);
  if (chosen >= from && chosen < to) list.setAttribute('aria-activedescendant', `row-${chosen}`);
  else list.removeAttribute('aria-activedescendant');
};

const show = (found) => {
  view = found;
  chosen = -1;
  list.scrollTop = 0;
  paint(true);
};

const choose = (place) => {
  chosen = Math.max(0, Math.min(view.length - 1, place));
  const height = rowHeight();
  if (chosen * height < list.scrollTop) list.scrollTop = chosen * height;
  else if ((chosen + 1) * height > list.scrollTop + list.clientHeight) {
    list.scrollTop = (chosen + 1) * height - list.clientHeight;
  }
  paint(true);
};
