"""Write the lowest dependencies that setup.cfg allows, as requirements: `python lowest.py FILE`."""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path


def lowest(setup_cfg: str) -> list[str]:
    """Return each requirement with its lower bound as the only version; a marker stays."""
    config = configparser.ConfigParser()
    config.read_string(setup_cfg)
    requirements = config["options"]["install_requires"].split("\n")
    return [re.sub(r">=([^,;\s]+)[^;]*", r"==\1", line) for line in requirements if line]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("\n".join(lowest(Path("setup.cfg").read_text("utf-8"))), "utf-8")
