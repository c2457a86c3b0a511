# SPDX-License-Identifier: Apache-2.0
"""The recipes of docs/guide/ci.md: what their steps run is run here, step by step, as a runner does."""

import pathlib
import re
import tarfile

import pytest
import yaml

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide" / "ci.md"
KEY = "sk-of-a-secret"


def recipe(heading):
    section = GUIDE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return yaml.safe_load(re.search(r"```yaml\n(.*?)```", section, re.DOTALL).group(1))


@pytest.fixture
def step(default_template, make_cli, workspaces, test_directory, plugin):
    """Runs what one step of a recipe says, on a runner without the plugin, in the job's checkout."""
    tarball = test_directory / "docker-sandbox-1.2.3-linux-amd64.tar.gz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(plugin, "docker-sandbox-1.2.3-linux-amd64/docker-sandbox")
        archive.add(GUIDE, "docker-sandbox-1.2.3-linux-amd64/docs/guide/ci.md")
    runner = make_cli(workspaces("checkout"))
    settings = {
        "DOCKER_CONFIG": None,  # the plugin is in the user's own ~/.docker
        "DOCKER_SANDBOX_TARBALL": f"file://{tarball}",
        "ANTHROPIC_API_KEY": KEY,
    }
    yield lambda script: runner.run(["bash", "-eo", "pipefail", "-c", script], env=settings)
    assert pathlib.Path(runner.home, ".docker/cli-plugins/docker-sandbox").exists(), "no step has installed the plugin"


def test_the_recipe_for_github_actions_runs(step, clean_engine):
    job = recipe("GitHub Actions")["jobs"]["agent"]
    checkout, install, run, remove = job["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    assert install["env"]["DOCKER_SANDBOX_TARBALL"] == "${{ vars.DOCKER_SANDBOX_TARBALL }}"
    assert step(install["run"]).check(0, err="").out.startswith("docker-sandbox v")
    assert run["env"]["ANTHROPIC_API_KEY"] == "${{ secrets.ANTHROPIC_API_KEY }}"
    said = step(run["run"]).check(0, err="").lines
    assert said[1:] == ["[-p]", "[update the changelog for the commits since the last tag]"]
    assert f"ANTHROPIC_API_KEY={KEY}" in clean_engine.sandbox()["Config"]["Env"]
    assert remove["if"] == "always()"
    step(remove["run"]).check(0, err="")
    assert clean_engine.sandboxes() == []
    step(remove["run"]).check(0)


def test_the_recipe_for_gitlab_runs(step, clean_engine, test_directory):
    job = recipe("GitLab CI")["agent"]
    step("\n".join(job["before_script"])).check(0, err="")
    step("\n".join(job["script"])).check(0, err="")
    (report,) = job["artifacts"]["paths"]
    assert "[summarise the last commit]" in (test_directory / "checkout" / report).read_text(encoding="utf-8")
    step("\n".join(job["after_script"])).check(0, err="")
    assert clean_engine.sandboxes() == []
