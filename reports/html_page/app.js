// What the person does: search, filter, move, switch language and colours, print.
const byId = (id) => document.getElementById(id);
const query = byId('query');
const themeChoice = byId('theme');
const filter = { query: '', statuses: new Set(), severities: new Set(), theme: '' };
const NOT_ASSESSED = page.statuses.findIndex((status) => status.id === 'not-assessed');
const WAIVED = page.statuses.findIndex((status) => status.id === 'waived');
const FIRST_SHOWN = ['fail', 'not-assessed', 'waived'];
const PRINTED = 300;
const totals = { unknown: countOfStatus(NOT_ASSESSED), waived: countOfStatus(WAIVED) };

const tally = () => {
  const line = byId('tally');
  line.replaceChildren(word('shown', { shown: figure(view.length), all: figure(total) }));
  const seen = [0, 0];
  for (const row of view) {
    if (statusOf(row) === NOT_ASSESSED) seen[0] += 1;
    else if (statusOf(row) === WAIVED) seen[1] += 1;
  }
  const unknown = totals.unknown - seen[0];
  const waived = totals.waived - seen[1];
  if (unknown || waived) {
    line.append(' · ', make('b', '', word('hidden', { unknown: figure(unknown), waived: figure(waived) })));
  }
};

const count = (group, chosenOnes, counts) => {
  [...byId(group).children].forEach((button, place) => {
    button.lastChild.textContent = figure(counts[place]);
    button.classList.toggle('none', !counts[place]);
    button.setAttribute('aria-pressed', String(chosenOnes.has(place)));
  });
};

const refresh = () => {
  const found = matching(filter);
  show(found.rows);
  count('statuses', filter.statuses, found.statusCounts);
  count('severities', filter.severities, found.severityCounts);
  tally();
  byId('nothing').hidden = view.length > 0;
  byId('clear').disabled = !(filter.query || filter.theme || filter.statuses.size || filter.severities.size);
  describe(null);
};

const chip = (names, chosenOnes, place) => {
  const button = make('button', '', said(names), make('i'));
  button.type = 'button';
  button.setAttribute('aria-pressed', String(chosenOnes.has(place)));
  button.addEventListener('click', () => {
    if (chosenOnes.has(place)) chosenOnes.delete(place);
    else chosenOnes.add(place);
    refresh();
  });
  return button;
};

const controls = () => {
  byId('statuses').replaceChildren(...page.statuses.map((status, place) => chip(status.name, filter.statuses, place)));
  byId('severities').replaceChildren(...page.severities.map((severity, place) => chip(severity.name, filter.severities, place)));
  const option = (value, name) => {
    const element = make('option', '', name);
    element.value = value;
    return element;
  };
  const used = new Set(tables.checks.map((check) => check.theme));
  themeChoice.replaceChildren(option('', word('all_themes')),
    ...Object.entries(page.themes).filter(([theme]) => used.has(theme)).map(([theme, names]) => option(theme, said(names))));
  themeChoice.value = filter.theme;
  query.placeholder = word('search');
  query.setAttribute('aria-label', word('search_label'));
  byId('statuses').setAttribute('aria-label', word('status'));
  byId('severities').setAttribute('aria-label', word('severity'));
  themeChoice.setAttribute('aria-label', word('all_themes'));
  byId('nothing').textContent = word('nothing');
};

const speak = (place) => {
  if (place > 0 && document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', () => speak(place), { once: true });
    return;
  }
  const chosenRow = chosen < 0 ? null : view[chosen];
  language = place;
  root.lang = page.languages[place];
  root.dataset.lang = page.languages[place];
  document.title = `${word('title')} · ${document.querySelector('h1').textContent}`;
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === root.lang));
  }
  controls();
  refresh();
  // In another language a search may find other rows.
  const again = chosenRow === null ? -1 : view.indexOf(chosenRow);
  if (again >= 0) pick(again, false);
};

const filterAtFirst = () => {
  FIRST_SHOWN.forEach((id) => filter.statuses.add(page.statuses.findIndex((status) => status.id === id)));
  // Where nothing of that kind is, an empty list would only puzzle.
  if (!matching(filter).rows.length) filter.statuses.clear();
};

const clear = () => {
  filter.query = '';
  filter.theme = '';
  filter.statuses.clear();
  filter.severities.clear();
  query.value = '';
  controls();
  refresh();
};

const pick = (place, open) => {
  if (!view.length) return;
  choose(place);
  describe(view[chosen]);
  if (open) openDetail();
};

const closedDetails = () => document.querySelectorAll('details:not([open])');

const printed = () => {
  for (const details of closedDetails()) {
    details.dataset.closed = 'yes';
    details.open = true;
  }
  const some = [...view.subarray(0, PRINTED)];
  const body = make('tbody', '', ...some.map((row) => make(
    'tr', '',
    make('td', '', severityMark(severityOf(row)), ' ', statusMark(statusOf(row))),
    make('td', '', make('span', 'title', said(checkOf(row).title)), make('br'), make('span', 'code', resourceOf(row).name)),
    make('td', '', reasonOf(row)),
  )));
  const heads = ['status', 'resource', 'reason'].map((name) => make('th', '', word(name)));
  byId('printed').replaceChildren(
    make('h2', '', word('findings')),
    make('p', 'quiet', byId('tally').textContent),
    make('table', 'lines', make('thead', '', make('tr', '', ...heads)), body),
    ...(view.length > PRINTED ? [make('p', 'quiet', word('printed', { count: figure(view.length - PRINTED) }))] : []),
  );
};

const moves = {
  ArrowDown: () => chosen + 1,
  ArrowUp: () => chosen - 1,
  PageDown: () => chosen + Math.floor(list.clientHeight / rowHeight()),
  PageUp: () => chosen - Math.floor(list.clientHeight / rowHeight()),
  Home: () => 0,
  End: () => view.length - 1,
};

list.addEventListener('keydown', (event) => {
  if (event.key in moves) {
    event.preventDefault();
    pick(moves[event.key](), false);
  } else if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    pick(Math.max(chosen, 0), true);
  }
});
list.addEventListener('click', (event) => {
  const row = event.target.closest('.row');
  if (!row) return;
  pick(Number(row.dataset.place), matchMedia('(max-width: 900px)').matches);
});
list.addEventListener('scroll', () => paint(), { passive: true });
new ResizeObserver(() => paint(true)).observe(list);

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest('input, select, textarea');
  if (event.key === '/' && !typing) {
    event.preventDefault();
    query.focus();
    query.select();
  } else if (event.key === 'Escape' && detail.contains(event.target)) closeDetail();
  else if (event.key === 'Escape' && event.target === query) {
    query.value = '';
    filter.query = '';
    refresh();
  } else if ((event.key === 'ArrowDown' || event.key === 'Enter') && event.target === query && !event.isComposing) {
    event.preventDefault();
    list.focus();
    pick(0, false);
  }
});
query.addEventListener('input', () => {
  filter.query = query.value;
  refresh();
});
themeChoice.addEventListener('change', () => {
  filter.theme = themeChoice.value;
  refresh();
});
byId('clear').addEventListener('click', clear);
for (const button of document.querySelectorAll('[data-check]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    clear();
    filter.statuses.add(0);
    filter.query = button.dataset.check;
    query.value = filter.query;
    controls();
    refresh();
    byId('findings').scrollIntoView();
    list.focus({ preventScroll: true });
  });
}
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => speak(page.languages.indexOf(button.dataset.language)));
}
byId('theme-button').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
});
byId('print-button').addEventListener('click', () => print());
addEventListener('beforeprint', printed);
addEventListener('afterprint', () => {
  byId('printed').replaceChildren();
  for (const details of document.querySelectorAll('details[data-closed]')) details.open = false;
});

byId('controls').hidden = false;
byId('explorer').hidden = false;
filterAtFirst();
speak(0);
// The first search must not wait for the tables to be folded.
(window.requestIdleCallback || setTimeout)(() => folded());
root.dataset.ready = 'yes';
performance.mark('list-shown');
