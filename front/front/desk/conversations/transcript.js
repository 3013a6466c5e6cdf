// A conversation as the staff see it. Text is interpolated, never HTML. Stays at the end while the reader is there.
const NAMES = { citizen: "市民", robot: "机器人", system: "系统", human: "工作人员", note: "备注", event: "" };
export default {
  template: `
    <div class="talk" ref="box" role="log" aria-live="polite" aria-label="会话记录" tabindex="0">
      <div v-for="(one, place) in messages" :key="one.id" class="said" :class="'said-' + one.who" :data-id="one.id">
        <p v-if="newDay(place)" class="talk-day">{{ day(one.at) }}</p>
        <p v-if="one.who === 'event'" class="talk-event">{{ time(one.at) }} {{ one.text }}</p>
        <div v-else class="bubble">
          <p class="bubble-head">
            <b>{{ names[one.who] || one.who }}</b><span v-if="one.by"> {{ one.by }}</span>
            <span v-if="one.kind" class="tag">{{ one.kind }}</span>
            <span>{{ time(one.at) }}</span>
            <span v-if="one.waits">机器人在答</span><b v-if="one.sending" class="danger">{{ one.sending }}</b>
          </p>
          <p class="pre bubble-text">{{ one.text }}</p>
          <p v-if="one.why" class="bubble-why">{{ one.why }}</p>
          <p v-for="entry in one.entries || []" :key="entry.id" class="bubble-why">
            依据条目：<button type="button" class="bubble-entry" @click="$emit('entry', entry.id)">{{ entry.title }}</button> {{ entry.clauses }}
          </p>
        </div>
      </div>
    </div>`,
  props: { messages: Array, conversation: Number },
  data() { return { names: NAMES, end: true }; },
  watch: {
    conversation() { this.end = true; },
    messages: { flush: "pre", handler() {
      const box = this.$refs.box;
      if (box && !this.end) this.end = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    } },
  },
  mounted() { this.toEnd(); },
  updated() { if (this.end) this.toEnd(); },
  methods: {
    toEnd() { this.$nextTick(() => { const box = this.$refs.box; if (box) box.scrollTop = box.scrollHeight; this.end = false; }); },
    date(at) { return new Date((at + 8 * 3600) * 1000); },
    time(at) { return this.date(at).toISOString().slice(11, 16); },
    day(at) { const d = this.date(at); return `${d.getUTCFullYear()}年${d.getUTCMonth() + 1}月${d.getUTCDate()}日`; },
    newDay(place) { return !place || this.day(this.messages[place].at) !== this.day(this.messages[place - 1].at); },
  },
};
