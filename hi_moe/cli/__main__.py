"""`python -m hi_moe.cli`: the command where its script is not on the path."""

from hi_moe.cli import main

if __name__ == "__main__":
    main(prog_name="hi-moe")
