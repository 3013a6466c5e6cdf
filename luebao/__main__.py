"""The command line of 鲁e宝: `luebao knowledge …` and `luebao guide …` for whoever keeps the knowledge base."""

from __future__ import annotations

import click

from luebao.cli.guide import guide
from luebao.cli.knowledge import knowledge


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """鲁e宝的命令行工具。"""


main.add_command(guide)
main.add_command(knowledge)

if __name__ == "__main__":
    main()
