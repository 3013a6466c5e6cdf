// A list of people who wait or are served. Text is interpolated, never HTML; waiting times go on by themselves.
export default {
  template: `
    <div class="people" role="listbox" :aria-label="label">
      <p v-if="!rows.length" class="soft people-none">{{ none }}</p>
      <button v-for="row in rows" :key="row.id" type="button" role="option" class="person"
        :class="{ 'person-here': row.id === chosen, 'person-urgent': row.urgent && !row.agent }"
        :aria-selected="row.id === chosen" :data-conversation="row.id" @click="$emit('choose', row.id)">
        <span class="person-head">
          <b>{{ row.channel }}</b><span class="tag">{{ row.reason }}</span>
          <span v-if="row.who" class="tag">{{ row.who }}</span>
          <span v-if="row.fresh" class="tag person-new">新消息</span>
          <span class="soft person-wait">{{ held ? long(row.said_at) + '前说话' : '等了' + long(row.since) }}</span>
        </span>
        <span class="person-last">{{ row.last || '（没有文字）' }}</span>
      </button>
    </div>`,
  props: { rows: Array, chosen: Number, label: String, none: String, held: Boolean, server: Number },
  // The page's clock may be wrong: the difference to the server's when the page was made counts.
  data() { return { ahead: Date.now() - this.server * 1000, now: Date.now() }; },
  mounted() { this.tick = setInterval(() => { this.now = Date.now(); }, 5000); },
  beforeUnmount() { clearInterval(this.tick); },
  methods: {
    long(since) {
      const all = Math.max(0, Math.round((this.now - this.ahead) / 1000 - since));
      if (all < 60) return `${all}秒`;
      if (all < 3600) return `${Math.floor(all / 60)}分钟`;
      if (all < 86400) return `${Math.floor(all / 3600)}小时${Math.floor(all % 3600 / 60)}分`;
      return `${Math.floor(all / 86400)}天`;
    },
  },
};
