"""Whatever arrives: generated requests and bytes. See docs/reference/front.md, 模糊测试."""
