"""A language is a file: its switch, its name and its voice stand in the catalogue's header."""

from pathlib import Path

import pytest

from flow import locale
from flow.views.phone import language_switch


def test_the_languages_say_how_they_are_written_and_spoken() -> None:
    shown = [(tongue, tongue.letters, tongue.name, tongue.voice) for tongue in locale.languages()]
    assert shown == [("hi", "हि", "हिन्दी", "hi-IN"), ("ta", "த", "தமிழ்", "ta-IN"), ("en", "EN", "English", "en-IN")]
    assert locale.words("ta").voice == "ta-IN"
    assert [locale.called(tongue) for tongue in locale.languages()] == ["Hindi", "Tamil", "English"]


@pytest.mark.parametrize(
    ("said", "lang"),
    [
        ("hi", "hi"),
        ("HIN", "hi"),
        ("Hindi", "hi"),
        ("ta-IN", "ta"),
        ("tam", "ta"),
        (" தமிழ் ", "ta"),
        ("eng", "en"),
        ("fr", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_code_and_name(said: str, lang: str | None) -> None:
    assert locale.tongue_of(said) == lang


def test_another_file_is_another_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr ""\n"Language: bn\\n"\n"X-Letters: বা\\n"\n"X-Name: বাংলা\\n"\n"X-Voice: bn-IN\\n"\n\n'
    (tmp_path / "bn.po").write_text(head + 'msgid "Start cleaning"\nmsgstr "পরিষ্কার শুরু"\n', encoding="utf-8")
    monkeypatch.setattr(locale, "HOME", tmp_path)
    locale.languages.cache_clear()
    locale.words.cache_clear()
    try:
        assert [(one.code, one.letters, one.name, one.here) for one in language_switch("bn", locale.languages())] == [
            ("bn", "বা", "বাংলা", True),
            ("en", "EN", "English", False),
        ]
        assert locale.words("bn").say("Start cleaning") == "পরিষ্কার শুরু"
        assert locale.words("bn").voice == "bn-IN"
    finally:
        locale.languages.cache_clear()
        locale.words.cache_clear()
