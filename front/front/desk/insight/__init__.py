"""数据: what citizens asked and how it went, in figures. Nothing here holds or exports a citizen's words."""
