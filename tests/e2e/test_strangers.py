# SPDX-License-Identifier: Apache-2.0
"""Containers and images beside the sandboxes that look like them, or have their names."""

import hashlib


def test_containers_that_only_look_like_sandboxes_are_left_alone(cli, tiny, sandbox, workspace, clean_engine):
    labels = clean_engine.inspect(sandbox)["Config"]["Labels"]
    half = [f"--label={name}={value}" for name, value in labels.items() if not name.endswith("workingDirectory")]
    whole = [f"--label={name}={value}" for name, value in labels.items()]
    mount = f"--volume={workspace}:{workspace}"
    strangers = [
        cli.docker("run", "-d", "--init", *arguments, tiny, "sleep", "1000").check().last_line
        for arguments in (["--name=plain"], ["--name=half", *half, mount], ["--name=no-mount", *whole], ["--name=whole", *whole, mount])
    ]
    cli.sandbox("ls", "-q", "--no-trunc").check(0, f"{sandbox}\n", "")
    for stranger in ("plain", "half", "no-mount", "whole"):
        cli.sandbox("rm", stranger).check(1, "", f"Error: no such sandbox: {stranger}\n")
        cli.sandbox("rm", "-f", stranger).check(0, "", "")
        cli.sandbox("stop", stranger).check(1, "", f"Error: no such sandbox: {stranger}\n")
    assert [clean_engine.state(stranger) for stranger in strangers] == ["running"] * 4
    cli.sandbox("rm", sandbox).check()
    made = cli.sandbox("run", "-d", "-t", tiny, "claude").check().last_line
    assert made not in strangers
    cli.docker("stop", "-t", "0", *strangers).check()
    cli.sandbox("prune", "-f").check(0, "Total reclaimed space: 0B\n", "")
    cli.docker("rm", *strangers).check()


def test_a_template_made_of_a_sandbox_is_a_template_as_any(cli, sandbox, workspaces, clean_engine):
    clean_engine.commit(sandbox, "sandbox-e2e/committed:latest")
    try:
        copy = cli.docker("run", "-d", "sandbox-e2e/committed").check().last_line
        cli.sandbox("ls", "-q", "--no-trunc").check(0, f"{sandbox}\n", "")
        other = workspaces("other")
        made = cli.sandbox("run", "-d", "-t", "sandbox-e2e/committed", "-w", str(other), "gemini").check().last_line
        seen = cli.inspect(made)
        assert (seen["workspace"], seen["agent"], seen["template"]) == (str(other), "gemini", "sandbox-e2e/committed")
        cli.sandbox("rm", made, copy[:12]).check(1, f"{made}\n", f"Error: no such sandbox: {copy[:12]}\n")
        cli.docker("rm", "--force", copy).check()
    finally:
        for container in clean_engine.containers(ancestor="sandbox-e2e/committed"):
            clean_engine.remove_container(container["Id"])
        clean_engine.remove_image("sandbox-e2e/committed")


def test_a_name_that_is_taken_is_told_with_who_has_it(cli, tiny, sandbox, workspaces, clean_engine):
    stranger = cli.docker("create", "--name", "strange", tiny).check().last_line
    refused = cli.sandbox("run", "-d", "-t", tiny, "--name", "strange", "-w", str(workspaces("other")), "claude").check(125, "")
    (listed,) = clean_engine.containers(id=stranger)  # Podman has a name of its own for the image
    who = f"the name strange is taken by the container {stranger[:12]} (image {listed['Image']}), which is not a sandbox\n"
    assert refused.err.startswith(who), refused
    name = clean_engine.inspect(sandbox)["Name"][1:]
    refused = cli.sandbox("run", "-d", "-t", tiny, "--name", name, "-w", str(workspaces("third")), "claude").check(125)
    assert "the sandbox of" in refused.err, refused
    assert {container["Id"] for container in clean_engine.containers()} == {sandbox, stranger}
    clean_engine.remove_container(stranger)


def test_a_stranger_with_the_name_that_making_a_sandbox_needs_is_told(cli, tiny, sandbox, workspace, clean_engine):
    unfinished = "sandbox-unfinished-" + hashlib.sha256(str(workspace).encode()).hexdigest()[:24]
    cli.sandbox("rm", sandbox).check()
    stranger = cli.docker("create", "--name", unfinished, tiny).check().last_line
    refused = cli.sandbox("run", "-d", "-t", tiny, "claude").check(125)
    assert stranger[:12] in refused.err and "Rename or remove" in refused.err, refused
    assert clean_engine.exists(stranger)
    clean_engine.remove_container(stranger)
    cli.sandbox("run", "-d", "-t", tiny, "claude").check()


def test_a_sandbox_that_docker_renamed_is_a_container_as_any(cli, tiny, sandbox):
    """Its name is the fact that no image can carry: without it, it might be a container that was made from a sandbox's image."""
    cli.docker("rename", sandbox, "another-name").check()
    cli.sandbox("ls", "-q").check(0, "", "")
    ran = cli.sandbox("run", "-d", "-t", tiny, "claude").check()
    assert "another-name looks like a sandbox" in ran.err, ran
    made = ran.last_line
    assert made != sandbox
    cli.sandbox("ls", "-q", "--no-trunc").check(0, f"{made}\n", "")
    cli.sandbox("run", "-d", "-t", tiny, "claude").check(0, f"{made}\n", "")
    cli.docker("rm", "--force", "another-name").check()
