"""The fuzzer: `./dev fuzz [SECONDS]`.

Where atheris is installed it looks for inputs that reach new code. Elsewhere the same changes are
made blindly, by a seed that is printed. What is found is written to a file and ends the run: it
belongs into tests/reject/ or tests/accept/, with the fix.
"""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import mkdtemp

SECONDS = 60


def main(arguments: list[str]) -> int:
    """Runs for some seconds; `--blind` does without atheris, `--seed N` says where to begin."""
    seconds = next((int(a) for a in arguments if a.isdigit()), SECONDS)
    seed = int(time.time())
    if "--seed" in arguments:
        seed = int(arguments[arguments.index("--seed") + 1])
        seconds = int(arguments[0])
    folder = Path(mkdtemp(prefix="planton-fuzz-"))
    print(f"fuzz: {seconds} seconds, seed {seed}, finds go to {folder}", file=sys.stderr)
    if find_spec("atheris") and "--blind" not in arguments:
        return guided(seconds, seed, folder)
    return blind(seconds, seed, folder)


def blind(seconds: float, seed: int, folder: Path) -> int:
    """Changes at random until the time is over or something is found."""
    from tests.fuzz.mutate import corpus, mutated
    from tests.fuzz.target import timed

    random, texts = Random(seed), corpus()
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = mutated(texts, random)
        count += 1
        try:
            timed(data)
        except BaseException:
            (folder / "find.yaml").write_bytes(data)
            print(f"fuzz: input {count} is kept in {folder / 'find.yaml'}", file=sys.stderr)
            raise
    print(f"fuzz: {count:,} inputs, nothing found")
    return 0


def guided(seconds: int, seed: int, folder: Path) -> int:
    """The same changes and libFuzzer's own, led by which code they reach."""
    import atheris

    with atheris.instrument_imports(include=["planton"]):
        from tests.fuzz.mutate import MAX_LENGTH, corpus, mutated
        from tests.fuzz.target import timed

    texts = corpus()
    for number, text in enumerate(texts):
        (folder / f"{number:04}.yaml").write_text(text, encoding="utf-8", newline="")

    def change(data: bytes, max_size: int, number: int) -> bytes:
        random = Random(number)
        if random.random() < 0.2:
            return bytes(atheris.Mutate(data, len(data)))
        text = data.decode("utf-8", "replace")
        chosen = texts if random.random() < 0.1 else [text]
        return mutated(chosen, random)[:max_size]

    flags = (f"-max_total_time={seconds}", f"-max_len={4 * MAX_LENGTH}", f"-seed={seed % 2**31}")
    finds = f"-artifact_prefix={folder}/find-"
    options = [*flags, finds, "-timeout=30", "-rss_limit_mb=2048", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(folder)], timed, custom_mutator=change)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
