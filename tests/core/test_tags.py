"""Tags and filters of every page: nothing from outside becomes markup or stays hidden."""

import re
from datetime import UTC, datetime

import pytest
from django.forms import CharField, CheckboxSelectMultiple, Form, MultipleChoiceField
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core.templatetags.ui import foldable, initials, jointed, lines, path, sentence, state, visible


def test_hidden_characters_are_marked() -> None:
    assert visible("svchost\u202eexe.scr") == ('svchost<span class="escape">[U+202E]</span>exe.scr')


def test_a_path_may_break_after_its_separators() -> None:
    assert path("C:\\Temp/a.exe") == "C:\\<wbr>Temp/<wbr>a.exe"


def test_an_account_in_a_narrow_column_breaks_at_its_joint() -> None:
    assert jointed("EXAMPLE\\alice") == "EXAMPLE\\<wbr>alice"
    assert jointed("WS-014") == "WS-014"


def test_a_long_address_breaks_at_its_joints_and_keeps_its_end() -> None:
    assert foldable("dana@pm.example.com") == "dana@<wbr>pm.<wbr>example.com"
    assert foldable("<dana@b>") == "&lt;dana@b&gt;"


def test_lines_of_a_comment_stay_lines() -> None:
    assert lines("Fine.\r\nRemove <it>.") == "Fine.<br>Remove &lt;it&gt;."


@pytest.mark.parametrize("text", [None, ""])
def test_nothing_is_shown_as_nothing(text: object) -> None:
    assert visible(text) == path(text) == lines(text) == ""


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    for shown in (visible(text), path(text), lines(text)):
        bare = shown
        for own in ('<span class="escape">', "</span>", "<wbr>", "<br>"):
            bare = bare.replace(own, "")
        assert "<" not in bare
        assert ">" not in bare


def test_a_state_is_shape_word_and_colour() -> None:
    shown = state("denied", "Denied")
    assert 'data-tone="bad"' in shown
    assert re.search(r"icons\.[0-9a-f]+\.svg#denied", shown)
    assert "Denied" in shown


def test_a_moment_has_its_exact_time_in_the_title() -> None:
    at = datetime(2020, 7, 14, 9, 26, 4, tzinfo=UTC)
    shown = Template("{% load ui %}{% moment at 'short' %}").render(Context({"at": at}))
    assert 'datetime="2020-07-14T09:26:04+00:00"' in shown
    assert ">14 Jul 2020, 09:26<" in shown


def page(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_a_panel_is_named_by_its_title_and_a_note_stands_beside_it() -> None:
    assert page(
        '{% panel name id="it" note="New." body="pile" %}Text{% endpanel %}', name="<b>"
    ) == (
        '<section class="panel" aria-labelledby="it"><div class="panel-head"><h2 id="it">&lt;b&gt;</h2>'
        '<span class="quiet">New.</span></div><div class="panel-body pile">Text</div></section>'
    )


def test_a_table_goes_into_a_panel_as_it_is() -> None:
    shown = page('{% panel "All" id="it" body=None %}<table></table>{% endpanel %}')
    assert shown.endswith("</h2></div><table></table></section>")


def test_a_part_is_named_by_its_title_and_explained_below_it() -> None:
    assert page('{% part name id="it" text=name %}Text{% endpart %}', name="<b>") == (
        '<section class="part" aria-labelledby="it"><div class="part-head"><h2 id="it">&lt;b&gt;</h2>'
        '<p>&lt;b&gt;</p></div><div class="part-body">Text</div></section>'
    )


def test_a_table_has_a_head_for_each_column_and_numbers_to_the_right() -> None:
    assert page('{% table name name "#Uses" %}<tr></tr>{% endtable %}', name="<b>") == (
        '<table class="list"><caption class="unseen">&lt;b&gt;</caption><thead><tr>'
        '<th scope="col">&lt;b&gt;</th><th scope="col" class="num">Uses</th>'
        "</tr></thead><tbody><tr></tr></tbody></table>"
    )


def test_what_stands_in_a_head_is_of_one_panel_only() -> None:
    shown = page(
        '{% panel "A" id="a" %}{% for name in names %}{% head %}<i>{{ name }}</i>{% endhead %}'
        "{% endfor %}{% endpanel %}"
        '{% panel "B" id="b" %}{% endpanel %}',
        names=["<b>"],
    )
    assert "A</h2><i>&lt;b&gt;</i></div>" in shown
    assert "B</h2></div>" in shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Sam Ortega", "SO"), ("sam.ortega", "SO"), ("admin", "A"), ("", "")]
)
def test_a_person_is_signed_by_at_most_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


class Named(Form):
    name = CharField(help_text="As people call it.")


def test_a_refused_field_is_described_by_its_error_first() -> None:
    shown = Named({"name": ""})["name"].as_field_group()
    assert 'aria-invalid="true"' in shown
    assert 'class="control"' in shown
    assert "This field is required." in shown
    assert "As people call it." in shown


class Weekly(Form):
    days = MultipleChoiceField(
        choices=[("mon", "Monday"), ("tue", "Tuesday")], widget=CheckboxSelectMultiple
    )


def test_choices_to_tick_are_ticks_beside_their_words() -> None:
    shown = Weekly(initial={"days": ["tue"]})["days"].as_field_group()
    assert 'class="control"' not in shown
    assert re.findall(r'class="tick"\s+name="days"\s+value="(\w+)"', shown) == ["mon", "tue"]
    assert re.findall(r'value="(\w+)"[^>]* checked', shown) == ["tue"]


def test_a_requests_number_in_a_sentence_does_not_break_at_its_hyphen() -> None:
    assert sentence("You denied PM-12.") == 'You denied <span class="together">PM-12</span>.'
    assert sentence("<b>PM-1 \u202e") == (
        '&lt;b&gt;<span class="together">PM-1</span> <span class="escape">[U+202E]</span>'
    )
