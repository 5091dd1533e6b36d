"""`docker-compose.yml` and `Dockerfile` run the same as the embedded path: versions, commands, settings, roles."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import cluster, commands

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def options(words: list[str], mark: str) -> dict[str, str]:
    """Pairs of a command line: `-c key=value` or `--key value`."""
    if mark == "-c":
        return dict(words[i + 1].split("=", 1) for i, word in enumerate(words) if word == "-c")
    return {words[i].removeprefix("--"): words[i + 1] for i in range(0, len(words), 2)}


def wheel_major(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(?:PostgreSQL\) |v=)(\d+)\.", said)
    assert found is not None, said
    return int(found[1])


def test_the_wheels_and_the_images_are_of_the_same_major_versions() -> None:
    assert wheel_major(cluster.POSTGRES_BIN / "postgres") == commands.POSTGRES_MAJOR
    assert wheel_major(cluster.VALKEY_BIN) == commands.VALKEY_MAJOR
    assert SERVICES["postgres"]["image"] == f"postgres:{commands.POSTGRES_MAJOR}"
    assert SERVICES["valkey"]["image"] == f"valkey/valkey:{commands.VALKEY_MAJOR}"


def test_postgres_has_the_settings_of_the_embedded_one() -> None:
    words = SERVICES["postgres"]["command"]
    assert words[0] == "postgres"
    assert options(words[1:], "-c") == commands.POSTGRES_SETTINGS


def test_a_cluster_is_made_with_the_same_collation_and_roles() -> None:
    postgres = SERVICES["postgres"]
    arguments = postgres["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert tuple(arguments) == (*commands.INITDB_ARGUMENTS, "--auth=scram-sha-256")
    mounts = [volume for volume in postgres["volumes"] if volume.startswith("./")]
    assert mounts == ["./config/roles.sql:/docker-entrypoint-initdb.d/10-roles.sql:ro"]
    asked = set(re.findall(r"^\\getenv \w+ (\w+)", cluster.ROLES.read_text(), re.MULTILINE))
    assert asked <= set(postgres["environment"])


def test_valkey_has_the_settings_of_the_embedded_one_and_a_password() -> None:
    valkey = SERVICES["valkey"]
    assert options(valkey["command"], "--") == commands.VALKEY_SETTINGS
    assert "requirepass $$VALKEY_PASSWORD" in " ".join(valkey["entrypoint"])


@pytest.mark.parametrize(
    ("service", "command"),
    [
        ("web", commands.web("0.0.0.0:8000")),
        ("worker", commands.worker()),
        ("beat", commands.beat("/tmp/beat")),
    ],
)
def test_a_service_runs_the_command_of_the_demo(service: str, command: tuple[str, ...]) -> None:
    assert SERVICES[service]["command"] == ["python", *command]


def test_migrate_runs_once_and_alone_knows_the_owner() -> None:
    migrate = SERVICES["migrate"]
    steps = [tuple(step.split()) for step in migrate["command"][2].split(" && ")]
    assert steps == [("python", *commands.MIGRATE), ("python", *commands.LOAD_REFERENCE)]
    assert migrate["restart"] == "no"
    for name, service in SERVICES.items():
        knows = "MULIN_OWNER_DATABASE_URL" in service.get("environment", {})
        assert knows == (name == "migrate"), name


def test_pages_and_tasks_use_the_app_role_only() -> None:
    for name in ("web", "worker", "beat"):
        environment = SERVICES[name]["environment"]
        assert environment["MULIN_ENV"] == "production"
        assert environment["DATABASE_URL"].startswith("postgres://mulin_app:")
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_every_lasting_service_has_a_health_check() -> None:
    without = [name for name, service in SERVICES.items() if "healthcheck" not in service]
    assert without == ["migrate"]


def test_no_password_is_written_down_and_each_must_be_given() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.findall(r"\$\{\w+\}|\$\{\w+:?-", text)
    for line in text.splitlines():
        if "PASSWORD:" in line or "SECRET_KEY:" in line:
            assert ":?" in line, line


def test_the_image_does_not_run_as_root_and_is_of_our_oldest_python() -> None:
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.11-slim"}
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}
    assert DOCKERFILE.count("--require-hashes") == 2
