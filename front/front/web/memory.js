/* What this browser remembers (localStorage), and the one way to call the service. */
(function () {
  'use strict';
  const luebao = (window.luebao = {});
  const unsaved = {}; // where the browser refuses storage: remembered until the page is closed

  luebao.memory = {
    /** The value kept under a name, or `otherwise` where there is none or it cannot be read. */
    get(name, otherwise) {
      try {
        const kept = localStorage.getItem('luebao.' + name);
        return kept === null ? otherwise : JSON.parse(kept);
      } catch (error) {
        return name in unsaved ? unsaved[name] : otherwise;
      }
    },
    /** Keep a value that JSON can say. */
    set(name, value) {
      unsaved[name] = value;
      try {
        localStorage.setItem('luebao.' + name, JSON.stringify(value));
      } catch (error) {
        /* full or forbidden: `unsaved` has it */
      }
    },
  };

  /** Call the service: {status, body, wait}; status 0 where there was no usable answer. `wait`: its Retry-After, s. */
  luebao.request = async function (method, path, body, seconds) {
    const abort = window.AbortController ? new AbortController() : null;
    const timer = abort && setTimeout(() => abort.abort(), seconds * 1000);
    const options = { method, credentials: 'same-origin', cache: 'no-store', headers: { Accept: 'application/json' } };
    if (abort) options.signal = abort.signal;
    if (body) {
      options.headers['Content-Type'] = 'application/json';
      options.body = JSON.stringify(body);
    }
    try {
      const answer = await fetch(path, options);
      const wait = Number(answer.headers.get('Retry-After')) || 0;
      const json = await answer.json().catch(() => null); // a gateway's own page, or the 204 of an erasure
      return { status: answer.status, body: json, wait };
    } catch (error) {
      return { status: 0, body: null, wait: 0 };
    } finally {
      clearTimeout(timer);
    }
  };

  /** A new random id for a message; the service takes each id once. */
  luebao.newId = function () {
    const bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
  };
})();
