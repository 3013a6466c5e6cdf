/* The conversation on the page: every message once, in order, with what is still due. */
(function () {
  'use strict';
  const { el, button } = window.luebao;
  const GAP = 10 * 60 * 1000; // ms between two messages after which the time is shown
  const RECENT = 60000; // ms within which a question without an answer is still being worked on
  const LONG = 12000; // ms after which a person deserves to hear that it takes longer
  const calm = window.matchMedia && matchMedia('(prefers-reduced-motion: reduce)').matches;

  function keyOf(message) {
    return (message.from === 'me' ? 'me-' : 'to-') + message.id;
  }

  function clock(at) {
    const two = (number) => String(number).padStart(2, '0');
    const time = two(at.getHours()) + ':' + two(at.getMinutes());
    const today = at.toDateString() === new Date().toDateString();
    return today ? time : at.getMonth() + 1 + '月' + at.getDate() + '日 ' + time;
  }

  class Log {
    /** `box`: where messages go; `waiting`: the line that says an answer is due; `does`: see cards.js. */
    constructor(box, waiting, does) {
      Object.assign(this, { box, waiting, does });
      this.clear();
    }

    clear() {
      this.box.textContent = '';
      this.shown = new Map();
      this.due = new Map(); // client id of a message without an answer yet → its timer
      this.last = 0; // the newest id of the service's messages
      this.staffed = false; // whether a person of the office answers now
      this.showDue();
    }

    has(message) {
      return this.shown.has(keyOf(message));
    }

    /** Show a message after `anchor` (null: at the start; none: at the end); false where it is there already. */
    add(message, anchor) {
      if (this.has(message)) return false;
      const element = message.from === 'me' ? this.bubble(message) : window.luebao.card(message, this.does);
      const before = anchor === undefined ? this.box.lastElementChild : anchor;
      element.dataset.at = message.at;
      this.shown.set(keyOf(message), element);
      this.box.insertBefore(element, before ? before.nextSibling : this.box.firstChild);
      this.stamp(element, before, message.at);
      if (message.from !== 'me') this.replied(message);
      return true;
    }

    stamp(element, before, at) {
      if (before && new Date(at) - new Date(before.dataset.at || at) < GAP) return;
      const time = el('p', 'time', clock(new Date(at)));
      time.dataset.at = at;
      this.box.insertBefore(time, element);
    }

    bubble(message) {
      return el('div', 'me', '', el('p', '', message.text), el('small', 'fate'));
    }

    replied(message) {
      this.last = Math.max(this.last, Number(message.id) || 0);
      const asked = message.custom && message.custom.handoff && message.custom.handoff.reason === 'asked';
      this.staffed = message.from === 'human' || Boolean(asked) || (this.staffed && message.from === 'system');
      if (message.reply_to) this.settle(message.reply_to);
      else if (message.from === 'human') Array.from(this.due.keys()).forEach((id) => this.settle(id));
    }

    /** Take over the service's record: what is missing goes in at its place. */
    history(messages) {
      let anchor = null;
      for (const message of messages) {
        this.add(message, anchor);
        this.mark(message.id, '');
        anchor = this.shown.get(keyOf(message));
      }
      const newest = messages[messages.length - 1];
      const due = newest && newest.from === 'me' && new Date() - new Date(newest.at) < RECENT;
      if (due) this.expect(newest.id); // the page was loaded while the answer was being looked for
    }

    /** Say under a person's message what became of it: "" once the service has it. */
    mark(id, words, again) {
      const element = this.shown.get('me-' + id);
      if (!element) return;
      const fate = element.querySelector('.fate');
      fate.textContent = words;
      if (again) fate.appendChild(button('again', '再试一次', again));
    }

    expect(id) {
      clearTimeout(this.due.get(id));
      this.due.set(id, setTimeout(() => this.showDue(true), LONG));
      this.showDue();
    }

    settle(id) {
      clearTimeout(this.due.get(id));
      this.due.delete(id);
      this.showDue();
    }

    showDue(long) {
      const words = this.staffed ? '已送达，请等工作人员回复。着急请拨打5190857。' : '鲁e宝正在找答案…';
      this.waiting.hidden = !this.due.size;
      this.waiting.classList.toggle('still', this.staffed);
      if (!this.due.size) this.waiting.lastElementChild.textContent = '';
      else this.waiting.lastElementChild.textContent = long && !this.staffed ? '还在找，请再等一等。着急请拨打5190857。' : words;
    }

    /** Whether the person sees the end of the conversation. */
    atEnd() {
      return window.innerHeight + window.pageYOffset > document.documentElement.scrollHeight - 240;
    }

    /** Bring a message's first line into view, so that reading starts at its start. */
    show(message) {
      const element = this.shown.get(keyOf(message));
      if (!element) return;
      const top = document.querySelector('.top').offsetHeight + 12;
      const y = element.getBoundingClientRect().top + window.pageYOffset - top;
      if (calm || !('scrollBehavior' in document.documentElement.style)) window.scrollTo(0, y);
      else window.scrollTo({ top: y, behavior: 'smooth' });
    }
  }

  window.luebao.Log = Log;
})();
