"""The workflow's image without a Docker engine: each step of its Dockerfile, performed here.

A virtual environment stands for the base image, a folder for `/app`. Not tested: that
the base image exists, and which Python it has.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from planton.kratix.names import IMAGE, USER
from planton.kratix.promise import promise
from tests.api_server import api_server
from tests.conftest import ROOT
from tests.kratix_cases import environ, expected_files, input_object
from tests.kratix_controllers import SYNCED, Ack

FILE = ROOT / "promise" / "Dockerfile"
OTHER_USER = 12345
ROOTLESS = os.geteuid() != 0
"""Then everything runs as whoever runs the tests, who is not root either."""


def steps() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and what each is given."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [
        (word, rest)
        for word, _, rest in (line.partition(" ") for line in lines if not line.startswith("#"))
        if word
    ]


@dataclass
class Image:
    app: Path
    python: Path
    entry: list[str]

    def run(
        self, root: Path, user: int, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """The container's process, with a umask that shares nothing."""
        return subprocess.run(
            [*self.entry, *arguments, str(root)],
            cwd=self.app,
            env={"PATH": os.defpath, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            umask=0o077,
            user=None if ROOTLESS else user,
            group=None if ROOTLESS else user,
            extra_groups=None if ROOTLESS else [],
        )


def interpreter() -> str:
    """A Python that any user can start: root's own may lie in root's home."""
    if ROOTLESS:
        return sys.executable
    for found in (os.path.realpath(sys.executable), "/usr/bin/python3", "/usr/local/bin/python3"):
        code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"
        try:
            tried = subprocess.run(
                [found, "-c", code], user=USER, group=USER, extra_groups=[], cwd="/", check=False
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return found
    pytest.skip("there is no Python 3.10 or newer, with venv, that users other than root can start")


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    folder.chmod(0o755)
    app, venv = folder / "app", folder / "venv"
    app.mkdir()
    subprocess.run([interpreter(), "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    entry: list[str] = []
    for word, rest in steps():
        match word:
            case "COPY":
                source, target = shlex.split(rest)
                copied = ROOT / source
                into = app / target if copied.is_dir() else app / target / copied.name
                copy = shutil.copytree if copied.is_dir() else shutil.copy
                copy(copied, into)
                # As from a checkout with a umask of 077.
                for path in [into, *into.rglob("*")]:
                    path.chmod(0o700 if path.is_dir() else 0o600)
            case "RUN":
                command = rest.replace("python ", f"{shlex.quote(str(python))} ")
                subprocess.run(command, shell=True, cwd=app, check=True, capture_output=True)  # noqa: S602
            case "ENTRYPOINT":
                command = rest.strip("[]").replace('"', "").replace(",", "")
                entry = [
                    str(python) if part == "python" else part.replace("/app", str(app))
                    for part in command.split()
                ]
    yield Image(app, python, entry)
    shutil.rmtree(folder)


@pytest.fixture
def root() -> Iterator[Path]:
    """The volumes that Kratix mounts: anybody may write into two of them."""
    folder = Path(tempfile.mkdtemp(prefix="kratix-"))
    folder.chmod(0o755)
    for name in ("input", "output", "metadata"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755 if name == "input" else 0o777)
    yield folder
    shutil.rmtree(folder)


def put(root: Path, case: str) -> None:
    shutil.copy(input_object(case), root / "input" / "object.yaml")
    (root / "input" / "object.yaml").chmod(0o644)


def variables(action: str) -> dict[str, str]:
    """What Kratix sets, whether or not the workflow reads it."""
    return {
        "KRATIX_WORKFLOW_ACTION": action,
        "KRATIX_WORKFLOW_TYPE": "resource",
        "KRATIX_PROMISE_NAME": "aws-dynamodb-kratix",
        "KRATIX_PIPELINE_NAME": "render",
        "KRATIX_OBJECT_KIND": "dynamodbrequest",
        "KRATIX_OBJECT_GROUP": "dynamodb.kratix.io",
        "KRATIX_OBJECT_VERSION": "v1alpha1",
        "KRATIX_OBJECT_NAME": "every-feature",
        "KRATIX_OBJECT_NAMESPACE": "default",
        "KRATIX_CRD_PLURAL": "dynamodbrequests",
        "KRATIX_CLUSTER_SCOPED": "false",
    }


def left(root: Path) -> dict[str, str]:
    return {
        f"{folder}/{file.name}": file.read_text(encoding="utf-8")
        for folder in ("output", "metadata")
        for file in (root / folder).iterdir()
    }


def test_every_step_of_the_dockerfile_is_tested_here() -> None:
    assert [word for word, _ in steps()] == [
        "FROM",
        "ENV",
        "WORKDIR",
        "COPY",
        "RUN",
        "COPY",
        "COPY",
        "RUN",
        "USER",
        "ENTRYPOINT",
    ]
    assert dict(steps())["USER"] == f"{USER}:{USER}"
    assert dict(steps())["WORKDIR"] == "/app"


def test_the_image_has_the_name_that_the_promise_uses() -> None:
    assert f"-t {IMAGE} ." in FILE.read_text(encoding="utf-8")
    assert f'"{IMAGE}"' in str(promise()).replace("'", '"')


def test_the_dockerignore_does_not_exclude_what_is_copied() -> None:
    ignored = (FILE.parent / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [shlex.split(rest)[0] for word, rest in steps() if word == "COPY"]

    assert ignored[0] == "*"
    assert {f"!{path}" for path in copied} <= set(ignored)


def test_only_three_libraries_and_their_dependencies_are_installed(image: Image) -> None:
    done = subprocess.run(
        [image.python, "-m", "pip", "list", "--format", "freeze", "--exclude", "pip",
         "--exclude", "setuptools", "--disable-pip-version-check"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    pins = (ROOT / "promise" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {pin.lower().replace("_", "-") for pin in pins if not pin.startswith("#")}

    assert {line.lower().replace("_", "-") for line in done.stdout.split()} == pinned
    assert {pin.split("==")[0] for pin in pinned} >= {"pydantic", "pyyaml", "kubernetes"}
    assert not any("pulumi" in pin or "boto" in pin for pin in pinned)
    subprocess.run([image.python, "-m", "pip", "check"], check=True, capture_output=True)


@pytest.mark.parametrize("case", ["every-feature", "live-object"])
def test_the_image_runs_as_its_user_and_kratix_can_read_the_output(
    image: Image, root: Path, case: str
) -> None:
    put(root, case)

    done = image.run(root, USER, **variables("configure"))

    expected = expected_files(case)
    assert f"exit status {done.returncode}\n{done.stderr}{done.stdout}" == expected.pop("log.txt")
    assert left(root) == expected
    for file in (*(root / "output").iterdir(), *(root / "metadata").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o644
        assert not file.is_symlink()


def test_the_image_runs_as_any_other_user(image: Image, root: Path) -> None:
    """Some platforms give each namespace its own user."""
    put(root, "simple-users-table")

    assert image.run(root, OTHER_USER, **variables("configure")).returncode == 0


def test_the_image_observes_a_table(image: Image, root: Path) -> None:
    put(root, "live-object")
    table = yaml.safe_load(expected_files("live-object")["output/table.yaml"])
    with api_server() as server:
        server.put("tables", table)
        Ack(server).table("CREATING", SYNCED)
        config = server.kubeconfig(root)
        Path(config).chmod(0o644)
        environ = {**variables("configure"), "KUBECONFIG": config}
        done = image.run(root, USER, "observe", **environ)
        (record,) = server.of("healthrecords")
        Ack(server).table("ACTIVE", SYNCED)
        again = image.run(root, USER, "observe-all", **environ)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "shop/test-users-table: unknown, the table is CREATING (record created)\n"
    assert record["metadata"]["name"] == "aws-dynamodb-kratix.shop.test-users-table"
    assert left(root) == {
        "metadata/workflow-control.yaml": 'retryAfter: "30s"\n'
        'message: "shop/test-users-table: unknown, the table is CREATING"\n'
    }
    file = root / "metadata" / "workflow-control.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "1 table: records 0 created, 1 changed, 0 unchanged, 0 waiting\n"


def test_a_refused_request_fails_without_a_traceback(image: Image, root: Path) -> None:
    put(root, "refused-region")

    done = image.run(root, USER, **variables("configure"), **environ("refused-region"))

    assert done.returncode == 1
    assert "error[region]" in done.stderr
    assert "Traceback" not in done.stderr
    assert left(root).keys() == {"metadata/status.yaml"}


def test_a_volume_that_is_not_writable_fails_without_a_traceback(image: Image, root: Path) -> None:
    if ROOTLESS:
        pytest.skip("only root can make a folder that belongs to another user")
    put(root, "simple-users-table")
    (root / "output").chmod(0o755)

    done = image.run(root, USER, **variables("configure"))

    assert done.returncode == 1
    assert done.stderr.startswith("the files cannot be written: Permission denied")


def test_the_deletion_of_a_protected_table_is_suspended(image: Image, root: Path) -> None:
    put(root, "delete-protected")

    done = image.run(root, USER, **variables("delete"))

    assert done.returncode == 0
    assert left(root) == {
        name: text for name, text in expected_files("delete-protected").items() if name != "log.txt"
    }


def test_the_image_writes_only_to_its_volumes(image: Image, root: Path) -> None:
    """The container's disk is read-only."""
    put(root, "simple-users-table")
    before = sorted(image.app.rglob("*"))

    image.run(root, USER, **variables("configure"))

    assert sorted(image.app.rglob("*")) == before


def test_the_default_folders_are_those_of_kratix() -> None:
    entry = (ROOT / "promise" / "workflow.py").read_text(encoding="utf-8")

    assert '["/kratix"]' in entry
