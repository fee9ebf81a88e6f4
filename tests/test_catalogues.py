"""The catalogues: every text of the code is said in every language, and what is compiled is what is written."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Phase, Status
from engine.report.language import STATUS_WORDS, Language
from engine.target import LANGUAGES as SPOKEN
from tests import catalogues
from tests.cases import Case, load
from tests.catalogues import LANGUAGES, TextError

TEXTS = catalogues.texts()
STATUSES = (Status.MET, Status.PARTLY_MET, Status.NOT_MET, None)
FORESEEN = {
    "fi": ["toteutuu", "toteutuu osittain", "ei toteudu", "ei arvioitavissa"],
    "sv": ["uppnås", "uppnås delvis", "uppnås inte", "kan inte bedömas"],
    "en": ["will be met", "will be partly met", "will not be met", "cannot be assessed"],
}
FINAL = {
    "fi": ["toteutui", "toteutui osittain", "ei toteutunut", "ei arvioitavissa"],
    "sv": ["uppnåddes", "uppnåddes delvis", "uppnåddes inte", "kan inte bedömas"],
    "en": ["was met", "was partly met", "was not met", "cannot be assessed"],
}
FIRST = 'Note("{number} rows", {"number": 1})\n_("stays")\n_("goes")\n'
SECOND = '_("stays")\n_("comes")\n'

each_language = pytest.mark.parametrize("language", LANGUAGES)
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" \n"), min_size=1)


def said(catalogue: Catalog) -> dict[str, str]:
    """Texts and their translations, without the header."""
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def written(language: str) -> dict[str, str]:
    return said(catalogues.read(catalogues.po_file(language)))


def test_every_language_but_english_has_a_catalogue() -> None:
    assert {*LANGUAGES, "en"} == set(SPOKEN)


@each_language
def test_a_catalogue_has_exactly_the_texts_of_the_code(language: str) -> None:
    assert TEXTS
    assert sorted(written(language)) == sorted(TEXTS), "run `python -m tests.catalogues`"


@each_language
def test_every_text_is_translated_and_none_is_in_doubt(language: str) -> None:
    catalogue = catalogues.read(catalogues.po_file(language))
    assert not [message.id for message in catalogue if not str(message.string).strip() or message.fuzzy]
    assert not catalogue.obsolete


@each_language
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    differing = {
        text: translation
        for text, translation in written(language).items()
        if catalogues.placeholders(text) != catalogues.placeholders(translation)
    }
    assert differing == {}


@each_language
def test_no_translation_inflects_a_value(language: str) -> None:
    inflected = re.compile(r"\}(?:[:'’-]?[^\W\d_])")
    assert not [translation for translation in written(language).values() if inflected.search(translation)]


@each_language
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    file = catalogues.po_file(language).with_suffix(".mo")
    assert said(read_mo(BytesIO(file.read_bytes()))) == written(language), "run `python -m tests.catalogues`"


@each_language
def test_a_report_says_every_text_with_its_values(language: str) -> None:
    speaker = Language(language)
    for text, translation in written(language).items():
        values = {name: f"‹{name}›" for name in catalogues.placeholders(text)}
        assert speaker.say(text, **values) == (translation.format(**values) if values else translation)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_status_is_said_in_every_phase(language: str) -> None:
    speaker = Language(language)
    assert [speaker.status(status, Phase.TO_DATE) for status in STATUSES] == FORESEEN[language]
    assert [speaker.status(status, Phase.FORECAST) for status in STATUSES] == FORESEEN[language]
    assert [speaker.status(status, Phase.FINAL) for status in STATUSES] == FINAL[language]
    assert {status for status, _ in STATUS_WORDS} == set(Status) == set(STATUSES) - {None}


@pytest.mark.parametrize("case", load("marked_texts", "code"))
def test_marked_texts(case: Case) -> None:
    case.check(lambda: list(catalogues.marked(case["code"].lstrip(), "example.py")), TextError)


@given(st.dictionaries(words, words), st.sets(words))
def test_an_update_keeps_every_translation_and_adds_every_text(old: dict[str, str], found: set[str]) -> None:
    before = catalogues.updated("fi", Catalog(), dict.fromkeys(old, ()))
    for text, translation in old.items():
        before[text].string = translation
    after = catalogues.updated("fi", before, dict.fromkeys(found, ()))
    assert said(after) == {text: old.get(text, "") for text in found}


@given(st.dictionaries(words, words))
def test_what_is_written_is_read_back(translations: dict[str, str]) -> None:
    catalogue = catalogues.updated("sv", Catalog(), dict.fromkeys(translations, ("a.py",)))
    for text, translation in translations.items():
        catalogue[text].string = translation
    assert said(read_mo(BytesIO(catalogues.mo(catalogue)))) == translations
    assert said(read_po(BytesIO(catalogues.po(catalogue)))) == translations


def test_the_command_keeps_translations_and_tells_what_is_new_and_gone(tmp_path: Path) -> None:
    code, folder = tmp_path / "engine" / "code.py", tmp_path / "locale"
    code.parent.mkdir()
    code.write_text(FIRST, encoding="utf-8")
    new = [
        f"{language}: to translate: '{text}'" for language in LANGUAGES for text in ("goes", "stays", "{number} rows")
    ]
    assert list(catalogues.update(tmp_path, folder)) == new
    file = catalogues.po_file("fi", folder)
    translated = file.read_text(encoding="utf-8")
    for text, translation in (("goes", "menee"), ("stays", "pysyy")):
        translated = translated.replace(
            f'msgid "{text}"\nmsgstr ""', f'# a remark\nmsgid "{text}"\nmsgstr "{translation}"'
        )
    file.write_text(translated, encoding="utf-8")
    code.write_text(SECOND, encoding="utf-8")
    told = list(catalogues.update(tmp_path, folder))
    assert [line for line in told if line.startswith("fi")] == [
        "fi: gone: 'goes' = 'menee'",
        "fi: gone: '{number} rows' = ''",
        "fi: to translate: 'comes'",
    ]
    assert said(catalogues.read(file)) == {"comes": "", "stays": "pysyy"}
    assert catalogues.read(file)["stays"].user_comments == ["a remark"]
    assert said(read_mo(BytesIO(file.with_suffix(".mo").read_bytes()))) == {"stays": "pysyy"}


def test_an_update_without_news_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "code.py").write_text(FIRST, encoding="utf-8")
    folder = tmp_path / "locale"
    list(catalogues.update(tmp_path, folder))
    first = {file: file.read_bytes() for file in folder.rglob("engine.*")}
    list(catalogues.update(tmp_path, folder))
    assert {file: file.read_bytes() for file in folder.rglob("engine.*")} == first
    assert len(first) == 2 * len(LANGUAGES)


@each_language
def test_a_header_has_no_date_and_no_version(language: str) -> None:
    data = catalogues.mo(catalogues.updated(language, Catalog(), {}))
    assert [name for name, _ in catalogues.Catalogue(locale=language).mime_headers] == [
        "Project-Id-Version", "Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert b"Babel" not in data
    assert b"Date" not in data
