"""The image's entry point: one pipeline of the Promise, on the folders that Kratix mounts.

    workflow.py [ROOT]            render the table of a request, or guard its deletion
    workflow.py observe [ROOT]    write the HealthRecord of a request
    workflow.py observe-all       write those of all tables of a cluster

Another root than /kratix can be given, to try it: input, output and metadata stand below it.
"""

import os
import sys
import time


def main(arguments: list[str]) -> int:
    """The exit status. Only what observes a cluster imports its client."""
    if arguments[:1] == ["observe-all"]:
        from planton.cluster.observer import observe_all

        return observe_all(os.environ, time.time)
    if arguments[:1] == ["observe"]:
        from planton.cluster.observer import observe

        return observe(*(arguments[1:2] or ["/kratix"]), os.environ, int(time.time()))
    from planton.kratix.container import run

    return run(*(arguments[:1] or ["/kratix"]), os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
