// Languages, words, and the folding that makes a search find what a person means.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const page = read('page-words');
const root = document.documentElement;
let language = 0;

const said = (texts) => texts[language];

const word = (name, figures = {}) =>
  said(page.words[name]).replace(/\{(\w+)\}/g, (_, figure) => String(figures[figure]));

const figure = (value) => value.toLocaleString(page.languages[language]);

// Full- and half-width forms, case, and the two kana are one; so are the marks on half-width kana.
const fold = (text) =>
  text.normalize('NFKC').toLowerCase().replace(/[\u3041-\u3096]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));

// Everything is made as text, so that no name can become an element.
const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const statusMark = (status) => make('span', `status ${page.statuses[status].id}`, said(page.statuses[status].name));
const severityMark = (severity) =>
  make('span', `severity ${page.severities[severity].id}`, said(page.severities[severity].name));
