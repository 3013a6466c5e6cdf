/* Large type and dark colours, as the person chose or as the device says; in the head, so that nothing flashes. */
(function () {
  'use strict';
  const memory = window.luebao.memory;
  const root = document.documentElement;
  const night = window.matchMedia ? matchMedia('(prefers-color-scheme: dark)') : { matches: false };

  function isOn(name) {
    return memory.get(name, name === 'dark' && night.matches);
  }

  function apply() {
    for (const name of ['large', 'dark']) {
      root.classList.toggle(name, isOn(name));
      const button = document.getElementById(name);
      if (button) button.setAttribute('aria-pressed', String(isOn(name)));
    }
  }

  /** Make the two buttons work. */
  window.luebao.startLook = function () {
    for (const name of ['large', 'dark']) {
      document.getElementById(name).addEventListener('click', () => {
        memory.set(name, !isOn(name));
        apply();
      });
    }
    if (night.addListener) night.addListener(apply); // the form old browsers know, too
    apply();
  };

  apply();
})();
