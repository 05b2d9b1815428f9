# Runs the README's Python as it stands there, and compares what it prints with its comments.

import contextlib
import io
import os
import re
import subprocess
import unittest
from pathlib import Path

from adze_classify._process import find_binary

README = Path(__file__).resolve().parents[1] / "README.md"


class Readme(unittest.TestCase):
    def test_every_example_prints_what_it_says(self):
        if subprocess.run([find_binary(None), "inspect", "@sentiment"], capture_output=True).returncode:
            self.skipTest("this adze was built without @sentiment")
        blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
        self.assertEqual(len(blocks), 3)
        folder = os.getcwd()
        self.addCleanup(os.chdir, folder)
        os.chdir(README.parents[1])
        for block in blocks:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(block, str(README), "exec"), {})
            self.assertEqual(printed.getvalue().splitlines(), re.findall(r"print\(.*\)  # (.*)$", block, re.M))


if __name__ == "__main__":
    unittest.main()
