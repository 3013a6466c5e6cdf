// Says that somebody sits here: keys, clicks, moving the mouse; at most every twenty seconds.
export default {
  template: `<span hidden></span>`,
  mounted() {
    let last = 0;
    this.seen = () => { if (Date.now() - last > 20000) { last = Date.now(); this.$emit("active"); } };
    for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) document.addEventListener(kind, this.seen, { passive: true });
  },
  beforeUnmount() {
    for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) document.removeEventListener(kind, this.seen);
  },
};
