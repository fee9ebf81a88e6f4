"""The documentation is true: its blocks run, its generated pages are up to date, its links lead somewhere."""

from __future__ import annotations

import re

import click
import pytest

from engine import docs, hookspecs
from engine.contracts import KINDS
from engine.errors import PluginError
from engine.registry import Plugin
from tests.blocks import ROOT, Block, Reader, blocks

PAGES = ROOT / "docs"
FOLLOWED = ("metric-plugin.md", "plugins.md", "rules.md")
GENERATED = {"cli.md": ["commands"], "reference.md": []}
READ = ("performance.md", "scale.md", "semantics.md")


def test_every_page_is_tested():
    assert {page.name for page in PAGES.glob("*.md")} == {*FOLLOWED, *GENERATED, *READ}


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_reader_can_follow_the_page(name, tmp_path):
    reader = Reader(tmp_path)
    reader.follow(PAGES / name)
    assert len(reader.played) == len(blocks(PAGES / name))


@pytest.mark.parametrize("name", READ)
def test_a_page_to_read_has_nothing_to_run(name):
    assert {block.language for block in blocks(PAGES / name)} <= {""}


def test_a_metric_is_one_file_of_at_most_forty_lines():
    (metric,) = [
        found for found in blocks(PAGES / "metric-plugin.md") if found.value == "plugins/metrics/mean_value.py"
    ]
    assert len(metric.text.splitlines()) <= 40


@pytest.mark.parametrize("kind", KINDS)
def test_every_hook_is_documented_with_its_file(kind):
    assert hasattr(hookspecs, f"engine_{kind}")
    assert f"| {kind} | `{kind}s/NAME.py` | `engine_{kind}` |" in (PAGES / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES.glob("*.md")], ids=lambda p: p.name
)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    lost = [link for link in links if not link.startswith("https://") and not (page.parent / link).exists()]
    assert not lost


# --- what follows a page ---


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (Block("page:1", "python", "x = 1\n"), "nothing tests this block"),
        (Block("page:1", "sh", "exit 3\n"), "exit 3"),
        (Block("page:1", "sh", "true\n", "exit", "2"), "exit 0"),
        (Block("page:1", "text", "not there\n"), "is not where it should be"),
        (Block("page:1", "toml", "[objective.a.indicator.b]\nmetric = 'x'\n"), "unknown metric 'x'"),
        (Block("page:1", "toml", "[objective.a.indicator.b]\nmetric = 'x'\n", "refused", "other"), "not refused with"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.language,
)
def test_a_wrong_block_is_seen(tmp_path, block, words):
    reader = Reader(tmp_path)
    for found in blocks(PAGES / "rules.md")[:2]:
        reader.play(found)
    with pytest.raises(AssertionError, match=re.escape(words)):
        reader.play(block)


def test_lines_of_output_must_be_in_order(tmp_path):
    reader = Reader(tmp_path, output="one\n  two   words\nthree\n")
    reader.play(Block("page:1", "text", "one\ntwo words\n"))
    with pytest.raises(AssertionError):
        reader.play(Block("page:1", "text", "three\none\n"))


def test_an_unknown_mark_is_an_error(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- skip: it -->\n```sh\ntrue\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no mark 'skip'"):
        blocks(page)


# --- generated pages ---


@pytest.mark.parametrize(("name", "arguments"), GENERATED.items())
def test_generated_pages_are_up_to_date(name, arguments):
    written = (PAGES / name).read_text(encoding="utf-8")
    assert written == docs.main(arguments), f"run: python -m engine.docs {' '.join(arguments)} > docs/{name}"


def test_a_failed_plugin_has_no_page():
    with pytest.raises(PluginError):
        docs.reference([Plugin("metric", "x", "test", failure=PluginError("test", "import", "broken"))])


def test_commands_show_arguments_options_and_kept_lines():
    @click.group()
    def main() -> None:
        """Do things."""

    @main.command(help="Run it.\n\n\b\none\n  two")
    @click.argument("name")
    @click.option("--level", type=click.Choice(["a", "b"]), help="How much.")
    @click.option("--loud", is_flag=True, help="Say more.")
    @click.option("--file", help="Where to.")
    def run(name: str, level: str, loud: bool, file: str) -> None:
        raise NotImplementedError

    page = docs.commands(main, "tool")
    assert "## tool run\n\n`tool run NAME [OPTION]...`\n\nRun it.\n\n```text\none\n  two\n```" in page
    assert "| `--level a\\|b` | How much. |\n| `--loud` | Say more. |\n| `--file TEXT` | Where to. |" in page
