# SPDX-License-Identifier: Apache-2.0
"""Whose the files are: the agent has the caller's numbers inside, in any template, and nothing that is mounted changes hands."""

import os

import pytest
from support.scripted_agent import run_script
from support.waiting import eventually

# Says who and where the agent is, and that it may write where it has to.
SELF = 'echo "$(id -u):$(id -g) $(whoami) $HOME"; touch "$HOME/mine" made && [ -O "$HOME/mine" ] && echo writes'


def owner(path):
    status = os.lstat(path)
    return (status.st_uid, status.st_gid)


keeps_home_empty = pytest.mark.not_on_podman("leaves HOME empty where a template has it so")


@pytest.fixture
def crowded(image, tiny):
    """A template whose other users and groups have numbers that callers have too."""
    passwd = (
        "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\nother:x:1001:1001::/home/other:/bin/sh\n"
        "nobody:x:65534:65534::/nonexistent:/bin/false\nagent:x:1000:1000:Agent:/home/agent:/bin/sh\n"
    )
    group = "root:x:0:\ndialout:x:20:agent\nwww-data:x:33:\nother:x:1001:\nagent:x:1000:\nnogroup:x:65534:\n"
    return image(
        f"FROM {tiny}\nUSER root\nCOPY passwd group /etc/\nUSER agent\n",
        {"passwd": passwd.encode(), "group": group.encode()},
    )


@pytest.mark.parametrize("numbers", [(1000, 1000), (1001, 1001), (1234, 4321), (501, 20), (33, 33), (65534, 65534)])
def test_files_made_inside_belong_to_the_caller_whose_numbers_the_image_may_have_given_to_others(
    make_cli, workspaces, crowded, numbers
):
    uid, gid = numbers
    workspace = workspaces(uid=uid, gid=gid)
    cli = make_cli(workspace, uid=uid, gid=gid)
    ran = run_script(cli, crowded, SELF).check()
    assert ran.lines == [f"{uid}:{gid} agent /home/agent", "writes"], ran
    assert owner(workspace / "made") == (uid, gid)


@pytest.mark.parametrize("numbers", [(1000, 1000), (1234, 1234)])
def test_called_by_root_the_owner_of_the_workspace_counts(make_cli, workspaces, tiny, numbers):
    workspace = workspaces(uid=numbers[0], gid=numbers[1])
    ran = run_script(make_cli(workspace), tiny, SELF).check()
    assert ran.lines == ["{}:{} agent /home/agent".format(*numbers), "writes"], ran
    assert owner(workspace / "made") == numbers


def test_in_a_workspace_of_root_the_agent_is_container_root_with_the_templates_home(make_cli, workspaces, tiny):
    workspace = workspaces(uid=0)
    ran = run_script(make_cli(workspace), tiny, SELF + '; echo "IS_SANDBOX=$IS_SANDBOX"').check()
    assert ran.lines == ["0:0 root /home/agent", "writes", "IS_SANDBOX=1"], ran
    assert owner(workspace / "made") == (0, 0)


def test_every_process_inside_sees_the_same_user(cli, workspaces, tiny):
    workspace = workspaces("other", uid=1234)
    identity = cli.sandbox("run", "-d", "-t", tiny, "-w", str(workspace), "claude").check().last_line
    for words in (["-u", "1234"], ["-u", "agent"]):
        cli.docker("exec", *words, identity, "sh", "-c", "id -u; whoami; echo ~").check(0, "1234\nagent\n/home/agent\n")


@keeps_home_empty
def test_of_a_template_without_a_user_all_of_roots_home_is_the_agents(make_cli, workspaces, image, tiny):
    template = image(f"FROM {tiny}\nUSER root\nENV HOME=\nRUN mkdir -p /root/.config && echo baked >/root/.config/x\n")
    workspace = workspaces(uid=1234)
    script = SELF + "; cat ~/.config/x; touch ~/.config/y && echo also there"
    ran = run_script(make_cli(workspace), template, script).check()
    assert ran.lines == ["1234:1234 sandbox-agent /root", "writes", "baked", "also there"], ran


def test_a_template_with_another_user_keeps_that_name_and_home(make_cli, workspaces, image, tiny):
    template = image(
        f"FROM {tiny}\nUSER root\nRUN echo 'dev:x:1500:1500:Dev:/home/dev:/bin/sh' >>/etc/passwd && echo dev:x:1500: >>/etc/group "
        "&& mkdir /home/dev && echo baked >/home/dev/file && chown -R 1500:1500 /home/dev\nENV HOME=/home/dev\nUSER dev\n"
    )
    workspace = workspaces(uid=1234)
    ran = run_script(make_cli(workspace), template, SELF + '; [ -O ~/file ] && cat ~/file; id -gn').check()
    assert ran.lines == ["1234:1234 dev /home/dev", "writes", "baked", "dev"], ran


def test_a_template_whose_user_has_no_name_gets_one(make_cli, workspaces, image, tiny, engine):
    template = image(f"FROM {tiny}\nUSER 4321:4321\nENV HOME=/tmp/elsewhere\n")
    workspace = workspaces(uid=4321)
    ran = run_script(make_cli(workspace), template, SELF).check()
    name = "4321" if engine.is_podman else "sandbox-agent"  # Podman is faster with a name
    assert ran.lines == [f"4321:4321 {name} /tmp/elsewhere", "writes"], ran


def test_what_is_mounted_in_the_home_keeps_its_owner_and_what_is_above_it_is_the_agents(cli, workspaces, tiny, engine):
    workspace = workspaces("other", uid=1234)
    cache = workspaces("the cache [1]", uid=1000)
    (cache / "file").write_text("x")
    os.chown(cache / "file", 1000, 1000)
    target = "/home/agent/.cache/deep/the cache [1]"
    script = "touch ~/.cache/a ~/.cache/deep/b && echo writes"
    ran = run_script(cli, tiny, script, "-w", str(workspace), "-v", f"{cache}:{target}", "-v", f"named:{target}2").check()
    assert ran.lines == ["writes"], ran
    assert owner(cache) == (1000, 1000) and owner(cache / "file") == (1000, 1000)
    found = cli.docker("run", "--rm", "-v", "named:/v", tiny, "stat", "-c", "%u", "/v").check()
    assert found.out == ("1000\n" if engine.is_podman else "0\n"), "a named volume belongs to whom the engine gives it"
    cli.sandbox("rm", cli.sandbox("ls", "-q").check().last_line).check()
    cli.docker("volume", "rm", "named").check()


def test_the_workspace_may_lie_where_the_image_closes_the_way(cli, workspaces, test_directory, image, tiny):
    # As /root/project does: the path exists in the image, closed to all but its owner.
    closed = test_directory / "closed"
    closed.mkdir()
    template = image(f"FROM {tiny}\nUSER root\nRUN mkdir -p {closed} && chmod 700 {closed}\nUSER agent\n")
    workspace = workspaces(parent=closed)
    ran = run_script(cli, template, "pwd; touch made && echo writes", "-w", str(workspace)).check()
    assert ran.lines == [str(workspace), "writes"], ran


def test_the_set_up_waits_for_a_slow_entrypoint_that_works_in_the_home(cli, engine, workspaces, image, tiny):
    entrypoint = '["/bin/sh", "-c", "touch ~/begun; until [ -e \\"$GATE\\" ]; do sleep 0.05; done; touch ~/late; exec \\"$@\\"", "--"]'
    template = image(f"FROM {tiny}\nENTRYPOINT {entrypoint}\n")
    workspace = workspaces("other", uid=1234)
    gate = workspace / "gate"
    running = cli.start_sandbox("run", "-t", template, "-w", str(workspace), "-e", f"GATE={gate}", "claude", "sh",
                                "[ -O ~/begun ] && [ -O ~/late ] && echo all mine")

    def entrypoint_works():
        (container,) = engine.sandboxes()
        return cli.docker("exec", container["Id"], "test", "-e", "/home/agent/begun").code == 0

    eventually(lambda: engine.sandboxes() and entrypoint_works(), what="the entrypoint works")
    cli.sandbox("ls", "-q").check(0, "")
    gate.write_text("")
    ran = running.finish(b"").check()
    assert ran.lines == ["all mine"], ran


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_in_somebody_elses_workspace_the_agent_may_do_what_its_caller_may(make_cli, workspaces, tiny, mode):
    workspace = workspaces(uid=1234)
    workspace.chmod(mode)
    (workspace / "theirs").write_text("content")
    os.chown(workspace / "theirs", 1234, 1234)
    script = SELF + "; cat theirs; touch theirs 2>/dev/null || echo '; not theirs'"
    ran = run_script(make_cli(workspace, uid=1001), tiny, script).check()
    assert ran.lines[0] == "1001:1001 agent /home/agent" and ran.last_line == "content; not theirs", ran
    assert (workspace / "made").exists() == (mode == 0o777)
    if mode == 0o777:
        assert owner(workspace / "made") == (1001, 1001)
    assert owner(workspace) == owner(workspace / "theirs") == (1234, 1234)


@keeps_home_empty
@pytest.mark.parametrize("numbers", [(1000, 1000), (1001, 100), (65534, 65533)])
def test_a_template_as_alpine_has_it_will_do(make_cli, workspaces, image, tiny, numbers):
    """Root's, with busybox's shell alone, no usermod, and Alpine's own users and groups, without a line end after the last."""
    passwd = "root:x:0:0:root:/root:/bin/sh\nguest:x:405:100:guest:/dev/null:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin"
    group = "root:x:0:root\nwheel:x:10:root\nusers:x:100:games\nnogroup:x:65533:\nnobody:x:65534:"
    dockerfile = f"FROM {tiny}\nUSER root\nENV HOME=\nWORKDIR /\nCOPY passwd group /etc/\nRUN ! command -v usermod bash"
    template = image(dockerfile, {"passwd": passwd.encode(), "group": group.encode()})
    workspace = workspaces(uid=numbers[0], gid=numbers[1])
    ran = run_script(make_cli(workspace, *(None, *numbers)), template, SELF + "; id -gn").check()
    name = "agent" if numbers[1] not in (100, 65533) else {100: "users", 65533: "nogroup"}[numbers[1]]
    assert ran.lines == ["{}:{} agent /root".format(*numbers), "writes", name], ran
    assert owner(workspace / "made") == numbers


@pytest.mark.not_on_podman("writes into the last line of /etc/group itself when that has no end")
def test_system_files_whose_last_line_has_no_end_are_read_and_written_as_whole_lines(make_cli, workspaces, image, tiny):
    files = {
        "passwd": b"root:x:0:0:root:/root:/bin/sh\ndev:x:1500:1500:Dev:/home/agent:/bin/sh",
        "group": b"root:x:0:\nusers:x:100:",
        "shadow": b"root:*:19000:0:99999:7:::",
        "gitconfig": b"[core]\n\tpager = less",
    }
    template = image(f"FROM {tiny}\nUSER root\nCOPY {' '.join(files)} /etc/\nRUN chown 1500:1500 /home/agent\nUSER 1500:1500\n", files)
    script = SELF + "; id -gn; cat /etc/group; grep -x 'root:.*::' /etc/shadow; grep -cx 'dev:!.*' /etc/shadow; sed -n 2,3p /etc/gitconfig"
    ran = run_script(make_cli(workspaces(uid=1234)), template, script).check()
    expected = ["1234:1234 dev /home/agent", "writes", "dev", "root:x:0:", "users:x:100:", "dev:x:1234:"]
    assert ran.lines == [*expected, "root:*:19000:0:99999:7:::", "1", "\tpager = less", "# docker-sandbox"], ran


@pytest.mark.real_agent
@pytest.mark.parametrize("numbers", [(1000, 1000), (501, 20), (0, 0)])
def test_sudo_and_git_work_for_the_agents_user_of_the_real_template(cli, workspaces, claude_template, numbers):
    workspace = workspaces("other", uid=numbers[0], gid=numbers[1])
    identity = cli.sandbox("run", "-d", "-w", str(workspace), "claude").check().last_line
    script = "sudo -n true && sudo -n id -u && git init -q . && git status --porcelain && claude --version"
    ran = cli.docker("exec", "-u", str(numbers[0]), "-w", str(workspace), identity, "sh", "-c", script).check()
    assert ran.lines[0] == "0" and "Claude Code" in ran.lines[-1], ran
    assert owner(workspace / ".git") == numbers
