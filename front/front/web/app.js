/* The page: what is typed and tapped, and what the line brings. */
(function () {
  'use strict';
  const { memory, request, newId, el, button, Log, openLine, startLook } = window.luebao;
  const MOST = 500; // characters of one message
  const QUIET = 6000; // ms of a silent stream before the person is told
  const by = (id) => document.getElementById(id);
  const words = by('words');
  let line = null;
  let quiet = null;

  const log = new Log(by('log'), by('waiting'), { choose: (option) => say(option.title, option.payload), rate, rated, copy });

  // What the line tells.
  const hear = {
    last: () => log.last,
    waits: () => log.due.size > 0,
    messages: arrive,
    history,
    taken,
    refused,
    state: showState,
  };

  /** Send what a person typed or tapped; it is on the page and safe in this browser at once. */
  function say(text, payload) {
    const item = { id: newId(), text, at: new Date().toISOString() };
    if (payload) item.payload = payload;
    line.say(item);
    showPending(item);
    log.show({ from: 'me', id: item.id });
  }

  function showPending(item) {
    log.add({ from: 'me', id: item.id, text: item.text, at: item.at });
    log.mark(item.id, '正在发送');
    log.expect(item.id);
  }

  function taken(item, messages) {
    log.mark(item.id, '');
    showState('ok');
    if (messages.length) arrive(messages);
    else line.expect();
  }

  function refused(item, why) {
    log.settle(item.id);
    const reason = typeof why === 'string' && why ? why : '没发出去，请换个说法再试，或拨打5190857。';
    log.mark(item.id, reason, () => {
      log.expect(item.id);
      log.mark(item.id, '正在发送');
      line.say(item);
    });
  }

  /** New messages of the service; true where one of them was new. */
  function arrive(messages) {
    const near = log.atEnd() || hear.waits();
    const fresh = messages.filter((message) => log.add(message));
    if (!fresh.length) return false;
    // An answer to what another window of the same person asked: bring that, too.
    if (fresh.some((message) => message.reply_to && !asked(message))) line.sync();
    if (near) log.show(asked(fresh[0]) || fresh[0]);
    else by('newer').hidden = false;
    return true;
  }

  /** The question of a reply, where it is on the page: it is shown with the answer below it. */
  function asked(message) {
    const question = { from: 'me', id: message.reply_to };
    return message.reply_to && log.has(question) ? question : null;
  }

  function history(messages) {
    const first = by('log').getAttribute('aria-live') === 'off';
    const before = log.last;
    const near = log.atEnd() || hear.waits();
    log.history(messages);
    line.waiting().forEach(showPending); // what a reload interrupted
    const newest = messages.filter((message) => message.from !== 'me' && message.id > before);
    const mine = messages.concat(line.waiting()).filter((message) => !message.from || message.from === 'me');
    if (first && mine.length) log.show({ from: 'me', id: mine[mine.length - 1].id });
    else if (!first && newest.length && near) log.show(asked(newest[0]) || newest[0]);
    by('log').setAttribute('aria-live', 'polite');
  }

  const STATES = {
    lost: '网络不通，正在重连。您说的话已经存好，会自动发出。着急请拨打5190857。',
    silent: '网络不稳，正在重连。着急请拨打5190857。',
    busy: '问得有点快，稍等一会儿会自动发出。',
  };

  function showState(name) {
    clearTimeout(quiet);
    if (name === 'silent') {
      if (by('state').hidden) quiet = setTimeout(() => put(STATES.silent), QUIET);
    } else put(STATES[name] || '');
  }

  function put(text) {
    if (by('state').textContent !== text) by('state').textContent = text;
    by('state').hidden = !text;
  }

  async function rate(id, good, reason) {
    const answer = await request('POST', '/api/feedback', { message: id, good, reason }, 10);
    if (answer.status < 200 || answer.status > 299) return false;
    const kept = memory.get('rated', []).filter((one) => one[0] !== id);
    memory.set('rated', kept.concat([[id, good]]).slice(-100));
    return true;
  }

  function rated(id) {
    const found = memory.get('rated', []).filter((one) => one[0] === id)[0];
    return found ? found[1] : null;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      return copyOldWay(text);
    }
  }

  function copyOldWay(text) {
    const box = el('textarea', 'unseen');
    box.value = text;
    document.body.appendChild(box);
    box.select();
    const done = document.execCommand('copy');
    box.remove();
    return done;
  }

  function count() {
    const over = Array.from(words.value.trim()).length - MOST;
    by('count').textContent = over > 0 ? '太长了，多出' + over + '个字。请用一两句话说最想问的那一件事。' : '';
    words.style.height = 'auto';
    words.style.height = Math.min(words.scrollHeight + 2, 160) + 'px';
    return over;
  }

  function submit(event) {
    event.preventDefault();
    const text = words.value.trim();
    if (!text || count() > 0) return words.focus();
    words.value = '';
    memory.set('draft', '');
    count();
    say(text);
  }

  function startForm() {
    words.value = memory.get('draft', '');
    count();
    by('form').addEventListener('submit', submit);
    words.addEventListener('input', () => {
      memory.set('draft', words.value);
      count();
    });
    words.addEventListener('keydown', (event) => {
      // Enter that ends the writing of Chinese characters is not meant for us (229: old browsers).
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
    });
    document.querySelectorAll('[data-say]').forEach((one) => {
      one.addEventListener('click', () => say(one.dataset.say));
    });
  }

  async function startHot() {
    const answer = await request('GET', '/api/hot', null, 10);
    const questions = answer.status === 200 && answer.body ? answer.body.questions : [];
    for (const question of questions) by('hot-list').appendChild(el('li', '', '', button('', question, () => say(question))));
    by('hot').hidden = by('to-hot').hidden = !questions.length;
    by('to-hot').addEventListener('click', () => {
      by('hot-list').querySelector('button').focus();
      window.scrollTo(0, 0);
    });
  }

  function startErase() {
    const ask = (open) => {
      by('erase-ask').hidden = !open;
      by('erase').setAttribute('aria-expanded', String(open));
      by(open ? 'erase-no' : 'erase').focus();
    };
    by('erase').addEventListener('click', () => ask(true));
    by('erase-no').addEventListener('click', () => ask(false));
    by('erase-ask').addEventListener('keydown', (event) => event.key === 'Escape' && ask(false));
    by('erase-yes').addEventListener('click', async () => {
      ask(false);
      const answer = await request('DELETE', '/api/me', null, 15);
      const done = answer.status >= 200 && answer.status <= 299;
      by('erase-said').textContent = done ? '您的记录已经删除。' : '没删成，请稍后再试，或拨打5190857。';
      if (!done) return;
      memory.set('rated', []);
      log.clear();
      line.renew();
    });
  }

  function startWaking() {
    by('newer').addEventListener('click', () => window.scrollTo(0, document.documentElement.scrollHeight));
    window.addEventListener('scroll', () => log.atEnd() && (by('newer').hidden = true), { passive: true });
    window.addEventListener('online', () => line.again());
    window.addEventListener('offline', () => showState('lost'));
    document.addEventListener('visibilitychange', () => document.hidden || line.again());
  }

  startLook();
  startForm();
  startErase();
  startHot();
  line = openLine(hear);
  line.waiting().forEach(showPending);
  startWaking();
})();
