# SPDX-License-Identifier: Apache-2.0
"""A template of another processor architecture is told as docker run tells it: by the engine's warning, before the start."""

import platform
import re

import pytest
from support import images

OTHER = {"x86_64": "arm64", "aarch64": "amd64"}.get(platform.machine(), "amd64")
TOLD = rf"WARNING: The requested image's platform \(linux/{OTHER}(/v8)?\) does not match the detected host platform"

says_nothing = pytest.mark.not_on_podman("gives no warning of another platform")


@pytest.fixture
def foreign(clean_engine):
    """Loads the tiny template as one of another architecture: foreign(root_tar) -> reference."""
    reference = "sandbox-e2e/foreign:latest"

    def make(root_tar):
        clean_engine.load_image(images.archive(reference, root_tar, OTHER))
        return reference

    yield make
    for sandbox in clean_engine.sandboxes():
        clean_engine.remove_container(sandbox["Id"])
    clean_engine.remove_image(reference)


@says_nothing
def test_a_template_of_another_platform_is_told_once_and_used(cli, foreign):
    reference = foreign(images.tiny_root())
    made = cli.sandbox("run", "-q", "-t", reference, "claude", "args").check(0)
    assert re.search(TOLD, made.err), made
    assert made.err.count("WARNING: ") == 1, made
    cli.sandbox("run", "-t", reference, "claude").check(0, err="")


@says_nothing
def test_it_is_told_as_docker_run_tells_it(cli, foreign):
    reference = foreign(images.tiny_root())
    dockers = cli.docker("run", "--rm", reference, "true").check(0).err.splitlines()
    ours = cli.sandbox("run", "-d", "-t", reference, "claude").check(0).err.splitlines()
    warnings = [line for line in dockers if line.startswith("WARNING: ")]
    assert warnings and warnings == [line for line in ours if line.startswith("WARNING: ")]


def test_programs_of_another_architecture_are_told_before_they_fail_to_start(cli, foreign, clean_engine):
    reference = foreign(images.tiny_root(of_no_machine=True))
    failed = cli.sandbox("run", "-t", reference, "claude").check(125)
    assert "exec format error" in failed.err.lower(), failed
    if not clean_engine.is_podman:
        assert re.search(TOLD, failed.err), failed
        assert failed.err.index("WARNING: ") < failed.err.lower().index("exec format error"), failed
    assert not clean_engine.sandboxes()
