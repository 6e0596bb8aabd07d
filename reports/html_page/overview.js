// Switch language and colours, print.
const root = document.documentElement;
document.getElementById('controls').hidden = false;

const speak = (language) => {
  root.lang = language;
  root.dataset.lang = language;
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  }
};
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => speak(button.dataset.language));
}
speak(root.lang);

document.getElementById('theme-button').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
});
document.getElementById('print-button').addEventListener('click', () => print());
