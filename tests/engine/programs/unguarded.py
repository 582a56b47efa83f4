"""This program without the change guard, which applies what the guard refuses."""

import runpy

from planton.resources import guard
from tests.engine.harness import PROGRAM

guard.GuardHooks._register = lambda *_: None  # type: ignore[assignment]
runpy.run_path(str(PROGRAM), run_name="__main__")
