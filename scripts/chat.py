"""A conversation with the running brain in the terminal."""

from __future__ import annotations

import readline  # noqa: F401  (line editing and history for input())
import secrets

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from scripts.client import Answer, BrainDown, ask

console = Console()
_LOOK = {
    "answer": ("green", "答复"),
    "clarify": ("yellow", "您想问的是"),
    "ask": ("yellow", "再问您一句"),
    "smalltalk": ("cyan", "鲁e宝"),
    "handoff": ("magenta", "请打电话"),
    "unsupported": ("magenta", "没有收录"),
}


def show(answer: Answer) -> None:
    """Draw one reply: the answer, its sources dimmed, what to ask next numbered."""
    custom = answer.custom
    colour, title = _LOOK.get(answer.kind, ("white", answer.kind))
    if custom.get("entries"):
        title = "、".join(entry["title"] for entry in custom["entries"])
    parts = [Text(custom.get("full") or answer.text)]
    for line in custom.get("citation", []):
        parts.append(Text(f"\n依据 {line}", style="dim"))
    if custom.get("options"):
        options = [f"  {number}  {option['title']}" for number, option in enumerate(custom["options"], 1)]
        parts.append(Text("\n" + "\n".join(options), style=colour))
    console.print(Panel(Group(*parts), title=title, title_align="left", border_style=colour, box=box.ROUNDED))


def main() -> None:
    """Talk until an empty line with Ctrl-D, or Ctrl-C."""
    sender = f"terminal-{secrets.token_hex(4)}"
    console.print("[bold]鲁e宝[/]  直接输入问题，或输入选项的数字；Ctrl-D 结束。")
    try:
        show(ask("你好", sender))
        while True:
            question = console.input("[bold blue]您[/] ")
            if question.strip():
                show(ask(question, sender))
    except (EOFError, KeyboardInterrupt):
        console.print("\n再见。")
    except BrainDown:
        console.print("[red]✗ 机器人没有在运行。请先在另一个终端执行 make run，等它显示“已就绪”。[/]")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
