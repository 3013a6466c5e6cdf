// Keys of the answer assistant. What a key does is a button with data-key (Alt and this key) or data-digit (the digit
// alone, outside of fields); a field with data-focus is entered. A key that an input method is using is left alone.
window.luebaoCopy = async (text) => {
  try { await navigator.clipboard.writeText(text); return true; } catch (refused) { /* no https: the older way */ }
  const before = document.activeElement;
  const box = document.createElement('textarea');
  box.value = text;
  box.readOnly = true;
  box.style.cssText = 'position:fixed;top:0;opacity:0';
  document.body.append(box);
  box.select();
  let done = false;
  try { done = document.execCommand('copy'); } catch (refused) { /* by hand then */ }
  box.remove();
  before?.focus?.();
  return done;
};
document.addEventListener('keydown', (e) => {
  if (e.isComposing || e.keyCode === 229) return;
  const field = e.target.closest?.('input, textarea, select, [contenteditable=true]');
  const search = document.querySelector('input[data-search], [data-search] input');
  const press = (found) => { if (found) { e.preventDefault(); found.click(); } };
  if (document.querySelector('.q-dialog')) return;
  if ((e.ctrlKey || e.metaKey) && e.code === 'KeyK' || e.key === '/' && !field && !e.altKey) {
    e.preventDefault();
    search?.focus();
    search?.select();
  } else if (e.altKey && !e.ctrlKey && !e.metaKey) {
    const place = document.querySelector(`input[data-focus="${e.code}"], [data-focus="${e.code}"] input`);
    if (place) { e.preventDefault(); place.focus(); } else press(document.querySelector(`[data-key="${e.code}"]`));
  } else if (!field && !e.ctrlKey && !e.metaKey && /^[1-9]$/.test(e.key)) {
    press(document.querySelector(`.guide [data-digit="${e.key}"]`) || document.querySelector(`[data-digit="${e.key}"]`));
  } else if (!field && e.key === 'Escape') {
    search?.focus();
  }
});
