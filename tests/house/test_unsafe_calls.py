"""No source runs what it reads: no pickle, no eval, no shell, no YAML that makes objects."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("voice_coach", "server", "client", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}
UNSAFE_NAMES = {"eval", "exec", "compile", "__import__"}
UNSAFE_ATTRIBUTES = {
    ("os", "system"),
    ("os", "popen"),
    ("torch", "load"),
    ("asyncio", "create_subprocess_shell"),
    ("subprocess", "getoutput"),
    ("subprocess", "getstatusoutput"),
    *(
        ("yaml", name)
        for name in (
            "load",
            "load_all",
            "full_load",
            "full_load_all",
            "unsafe_load",
            "unsafe_load_all",
            "Loader",
            "FullLoader",
            "UnsafeLoader",
        )
    ),
}
YAML_READERS = {"voice_coach/moves/plain_yaml.py", "voice_coach/counterpart/demo.py"}
"""The one for files of strangers, which is bounded; and that of demo lines, which only we ship."""


def imported(node: ast.Import | ast.ImportFrom) -> bool:
    """Say whether an import brings in something unsafe."""
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in UNSAFE_MODULES for alias in node.names)
    module = (node.module or "").split(".")[0]
    return module in UNSAFE_MODULES or bool({(module, a.name) for a in node.names} & UNSAFE_ATTRIBUTES)


def called(node: ast.Call) -> bool:
    """Say whether a call runs what it is given, or may."""
    if isinstance(node.func, ast.Name) and node.func.id in UNSAFE_NAMES:
        return True
    return any(
        keyword.arg in {"shell", "allow_pickle"}
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
        for keyword in node.keywords
    )


def unsafe(tree: ast.Module) -> Iterator[str]:
    """Give each unsafe thing in a source, with its line."""
    for node in ast.walk(tree):
        if (
            (isinstance(node, (ast.Import, ast.ImportFrom)) and imported(node))
            or (isinstance(node, ast.Call) and called(node))
            or (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and (node.value.id, node.attr) in UNSAFE_ATTRIBUTES
            )
        ):
            yield f"{node.lineno}: {ast.unparse(node)}"


def reads_yaml(tree: ast.Module) -> bool:
    """Say whether a source has PyYAML read a text itself."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "yaml"
        and node.attr in {"safe_load", "safe_load_all", "parse", "compose", "compose_all", "scan"}
        for node in ast.walk(tree)
    )


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in SOURCES}


def test_no_source_runs_what_it_reads(trees: dict[str, ast.Module]) -> None:
    assert len(trees) > 200
    assert [f"{path}:{what}" for path, tree in trees.items() for what in unsafe(tree)] == []


def test_the_program_reads_yaml_in_one_place(trees: dict[str, ast.Module]) -> None:
    program = {path: tree for path, tree in trees.items() if not path.startswith("benchmarks/")}
    assert {path for path, tree in program.items() if reads_yaml(tree)} == YAML_READERS


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "from torch import load",
        "import yaml\nyaml.load(text)",
        "eval(text)",
        "subprocess.run(line, shell=True)",
        "subprocess.run(line, shell=wanted)",
        "np.load(file, allow_pickle=True)",
        "os.system(line)",
    ],
)
def test_the_search_finds_what_it_looks_for(source: str) -> None:
    assert list(unsafe(ast.parse(source)))
