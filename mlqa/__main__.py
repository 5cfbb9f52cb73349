"""``python -m mlqa``: the same as the command ``mlqa``."""

from mlqa.cli import main

if __name__ == "__main__":
    main(prog_name="mlqa")
