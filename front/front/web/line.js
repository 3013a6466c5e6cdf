/* The line to the service. What the person says waits in this browser until the service has taken it, in order, each
   under an id that the service takes once; replies come by SSE, or by long poll where SSE does not get through. */
(function () {
  'use strict';
  const { memory, request } = window.luebao;
  const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds before the next try
  const PATIENCE = 5; // seconds after "taken, not answered yet" before the stream is doubted

  function pause(tries) {
    return PAUSES[Math.min(tries, PAUSES.length - 1)] * (0.7 + 0.6 * Math.random());
  }

  /** What is said and not yet taken by the service. `hear`: see app.js. */
  class Queue {
    constructor(hear) {
      this.hear = hear;
      this.tries = 0;
    }

    items() {
      return memory.get('queue', []);
    }

    add(item) {
      memory.set('queue', this.items().concat(item));
      this.flush();
    }

    drop(id) {
      memory.set('queue', this.items().filter((item) => item.id !== id));
    }

    /** Send all that waits, oldest first, one at a time; called again on its own after a failure. */
    async flush() {
      if (this.busy) return;
      clearTimeout(this.timer);
      this.busy = true;
      let going = true;
      while (going && this.items().length) going = await this.post(this.items()[0]);
      this.busy = false;
      if (!going) this.timer = setTimeout(() => this.flush(), this.next * 1000);
    }

    /** Try one item; false where it has to be tried again later. */
    async post(item) {
      const said = item.payload ? { id: item.id, payload: item.payload } : { id: item.id, text: item.text };
      const answer = await request('POST', '/api/chat', said, 15);
      if ((answer.status === 200 || answer.status === 202) && answer.body && answer.body.messages) {
        this.tries = 0;
        this.drop(item.id);
        this.hear.taken(item, answer.body.messages);
        return true;
      }
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
        this.drop(item.id);
        this.hear.refused(item, answer.body && answer.body.error);
        return true;
      }
      this.next = answer.wait || pause(this.tries++);
      this.hear.state(answer.status === 429 ? 'busy' : 'lost');
      return false;
    }
  }

  /** Where replies come in. */
  class Stream {
    constructor(hear) {
      this.hear = hear;
      this.tries = 0;
      this.failed = 0;
    }

    open() {
      clearTimeout(this.timer);
      if (this.source) this.source.close();
      this.source = null;
      if (!window.EventSource || this.failed > 1) return this.poll();
      const last = this.hear.last();
      this.listen(new EventSource('/api/chat/stream' + (last ? '?after=' + last : '')));
    }

    listen(source) {
      this.source = source;
      this.timer = setTimeout(() => this.giveUp(source), 10000);
      source.addEventListener('message', (event) => this.hear.messages([JSON.parse(event.data)]));
      source.onopen = () => {
        clearTimeout(this.timer);
        this.tries = this.failed = 0;
        this.sync(); // what came while nobody listened
      };
      source.onerror = () => {
        this.hear.state('silent');
        if (source.readyState === 2 && source === this.source) this.giveUp(source);
      };
    }

    /** This stream will not open, or the browser has stopped trying; it is to blame only where the service answers. */
    async giveUp(source) {
      source.close();
      clearTimeout(this.timer);
      if (await this.sync()) this.failed += 1;
      if (source !== this.source) return; // opened anew meanwhile
      this.timer = setTimeout(() => this.open(), pause(this.tries++) * 1000);
    }

    /** Bring the whole conversation; true where it came. */
    async sync() {
      const answer = await request('GET', '/api/chat/history', null, 15);
      const came = answer.status === 200 && Boolean(answer.body && answer.body.messages);
      this.hear.state(came ? 'ok' : 'silent');
      if (came) this.hear.history(answer.body.messages);
      return came;
    }

    async ask() {
      const answer = await request('GET', '/api/chat/poll?after=' + this.hear.last(), null, 35);
      return answer.status === 200 && answer.body ? answer.body.messages : null;
    }

    /** The long poll, for as long as the page is open. */
    async poll() {
      if (this.polling) return;
      this.polling = true;
      let synced = false;
      for (;;) {
        synced = synced || (await this.sync());
        const messages = synced && (await this.ask());
        if (messages) {
          this.tries = 0;
          this.hear.messages(messages);
        } else {
          synced = false;
          this.hear.state('silent');
        }
        const rest = messages ? 0.2 : pause(this.tries++); // never a busy loop, whatever answers
        await new Promise((done) => setTimeout(done, rest * 1000));
      }
    }

    /** A reply is due: where the stream stays silent and a poll brings it, something on the way holds SSE back. */
    expect() {
      clearTimeout(this.doubt);
      if (this.polling) return;
      this.doubt = setTimeout(async () => {
        if (!this.hear.waits()) return;
        const messages = (await this.ask()) || [];
        await new Promise((done) => setTimeout(done, 500)); // the stream may be just as fast
        if (!this.hear.messages(messages)) return;
        this.failed = 2;
        this.open();
      }, PATIENCE * 1000);
    }
  }

  /** Open the line. Returns say(item), expect() an answer, sync() with the service's record,
   *  waiting() items, again() after the device woke up, and renew() after an erasure. */
  window.luebao.openLine = function (hear) {
    const queue = new Queue(hear);
    const stream = new Stream(hear);
    stream.open();
    queue.flush();
    return {
      say: (item) => queue.add(item),
      expect: () => stream.expect(),
      sync: () => stream.sync(),
      waiting: () => queue.items(),
      renew() {
        memory.set('queue', []);
        stream.open();
      },
      again() {
        queue.flush();
        if (!stream.polling && (!stream.source || stream.source.readyState !== 1)) stream.open();
      },
    };
  };
})();
