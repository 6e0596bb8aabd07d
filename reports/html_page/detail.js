// Everything about one finding: the fact, its evidence, and what to do.
const detail = document.getElementById('detail');

const line = (name, value) => [make('dt', '', name), make('dd', '', value)];
// What has an inside of its own stands below its name, not beside it.
const branch = (name, value) => {
  const element = tree(value);
  const deep = element instanceof Element && element.matches('dl, ul') ? 'deep' : '';
  return [make('dt', deep, name), make('dd', deep, element)];
};
const isText = (value) => page.languages.every((name) => typeof value[name] === 'string') &&
  Object.keys(value).every((name) => name === 'en' || name === 'ja');

const tree = (value) => {
  if (value === null || value === '') return make('span', 'quiet', word('none'));
  if (value === true) return word('yes');
  if (value === false) return word('no');
  if (Array.isArray(value)) {
    if (!value.length) return make('span', 'quiet', word('none'));
    if (value.every((item) => item === null || typeof item !== 'object')) return value.map(String).join(', ');
    return make('ul', 'flat', ...value.map((item) => make('li', '', tree(item))));
  }
  if (typeof value === 'object') {
    if (isText(value)) return value[page.languages[language]];
    return make('dl', '', ...Object.entries(value).flatMap(([name, item]) => branch(name, item)));
  }
  return String(value);
};

const evidence = (value) => (Object.keys(value).length
  ? make('div', 'tree', tree(value))
  : make('p', 'quiet', word('no_evidence')));

const link = (address) => {
  if (!/^https:\/\//.test(address)) return address;
  const anchor = make('a', '', address);
  anchor.href = address;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
  return anchor;
};

const section = (name, ...content) => [make('h4', '', word(name)), ...content];

const part = (one) => make(
  'div', 'part',
  make('div', 'marks', statusMark(one.status), severityMark(one.severity), make('span', 'code', one.key)),
  make('p', '', said(one.reason)),
  Object.keys(one.evidence).length ? evidence(one.evidence) : null,
);

const bodyOf = (row) => {
  const check = checkOf(row);
  const resource = resourceOf(row);
  const more = detailOf(row);
  const body = [
    make('div', 'marks', severityMark(severityOf(row)), statusMark(statusOf(row)),
      check.theme ? make('span', 'quiet', said(page.themes[check.theme])) : null),
    make('h3', '', said(check.title)),
    ...section('reason', make('p', '', reasonOf(row))),
  ];
  if (more.cause) body.push(...section('cause', make('p', '', said(more.cause))));
  if (more.grant) body.push(...section('permissions', make('ul', 'flat code', ...more.grant.map((name) => make('li', '', name)))));
  body.push(...section(
    'resource',
    make('p', 'name code', resource.name),
    make('dl', '', ...line(word('id'), make('span', 'code', resource.id)), ...line(word('kind'), resource.kind),
      ...line(word('region'), resource.region), ...line(word('account'), `${resource.provider} ${resource.account}`)),
  ));
  if (check.remediation) {
    body.push(...section('remediation', make('p', '', said(check.remediation))));
    if (check.command) body.push(...section('command', make('pre', '', make('code', '', check.command))));
  }
  if (more.action) {
    // The names: 'action_cause' 'action_action' 'action_owner' 'action_due' 'action_progress' 'action_done_on' 'action_note'.
    body.push(...section('action', make('dl', '', ...more.action.flatMap(([name, texts]) => line(word(name), said(texts))))));
  }
  if (more.parts) body.push(...section('parts', ...more.parts.map(part)));
  body.push(...section('evidence', evidence(more.evidence)));
  if (check.rationale) body.push(...section('rationale', make('p', '', said(check.rationale))));
  if (check.references && check.references.length) {
    body.push(...section('references', make('ul', 'flat small', ...check.references.map((address) => make('li', '', link(address))))));
  }
  body.push(...section('id', make('dl', '', ...line(word('check'), make('span', 'code', check.id)),
    ...line(word('finding_id'), make('span', 'code small', more.id)))));
  return body;
};

const loaded = () => document.readyState !== 'loading';

const describe = (row) => {
  // A page of fifty thousand findings is shown before the last of it has been read.
  if (row !== null && !loaded()) {
    document.addEventListener('DOMContentLoaded', () => describe(row), { once: true });
    return;
  }
  const close = make('button', 'close', word('close'));
  close.type = 'button';
  close.addEventListener('click', () => closeDetail());
  detail.replaceChildren(close, ...(row === null ? [make('p', 'empty', word('choose'))] : bodyOf(row)));
  detail.scrollTop = 0;
};

const openDetail = () => {
  detail.classList.add('open');
  detail.focus({ preventScroll: true });
};

const closeDetail = () => {
  detail.classList.remove('open');
  list.focus({ preventScroll: true });
};
