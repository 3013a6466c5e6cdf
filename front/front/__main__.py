"""python -m front"""

from front.cli import main

main()
