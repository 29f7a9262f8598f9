"""Problems in words a process owner understands."""

import ast
from pathlib import Path

import pytest

import workflows.feel
from workflows.feel import FeelBudgetError, FeelSyntaxError, compile_expression
from workflows.feel.messages import SENTENCES, explain


@pytest.mark.parametrize(
    ("source", "german", "english"),
    [
        (
            "1 + ",
            "Der Ausdruck hört zu früh auf: Am Ende fehlt ein Wert oder Ausdruck.",
            "The expression ends too early: a value or expression is missing at the end.",
        ),
        (
            "(1 + 2",
            "Der Ausdruck hört zu früh auf: Am Ende fehlt „)“.",
            'The expression ends too early: ")" is missing at the end.',
        ),
        (
            "[1, 2",
            "Der Ausdruck hört zu früh auf: Am Ende fehlt „]“.",
            'The expression ends too early: "]" is missing at the end.',
        ),
        (
            "if a then b",
            "Der Ausdruck hört zu früh auf: Am Ende fehlt „else“.",
            'The expression ends too early: "else" is missing at the end.',
        ),
        (
            'topic = "rooms',
            "Das Anführungszeichen an Stelle 9 wird nicht wieder geschlossen.",
            "The quotation mark at position 9 is never closed.",
        ),
        (
            "topic = 'rooms'",
            "Texte stehen zwischen geraden doppelten Anführungszeichen. An Stelle 9 steht '.",
            "Texts stand between straight double quotation marks. At position 9 there is '.",
        ),
        (
            "a == b",
            "An Stelle 3 steht „==“. Hier wird dafür = geschrieben.",
            'At position 3 there is "==". Write = for it here.',
        ),
        (
            "amount > 5 && urgent",
            "An Stelle 12 steht „&&“. Hier wird dafür and geschrieben.",
            'At position 12 there is "&&". Write and for it here.',
        ),
        (
            "amount > 5 ODER urgent",
            "An Stelle 12 steht „ODER“. Hier wird dafür or geschrieben.",
            'At position 12 there is "ODER". Write or for it here.',
        ),
        (
            "amount <> 5",
            "An Stelle 8 steht „<>“. Hier wird dafür != geschrieben.",
            'At position 8 there is "<>". Write != for it here.',
        ),
        (
            "amount > 5 ? 1 : 2",
            "An Stelle 12 steht „?“. Hier wird dafür if … then … else … geschrieben.",
            'At position 12 there is "?". Write if … then … else … for it here.',
        ),
        (
            "a and and b",
            "An Stelle 7 steht „and“, dort wird ein Wert oder Ausdruck erwartet.",
            'At position 7 there is "and" where a value or expression is expected.',
        ),
        (
            "a ; b",
            "An Stelle 3 steht „;“, dort wird das Ende des Ausdrucks erwartet.",
            'At position 3 there is ";" where the end of the expression is expected.',
        ),
    ],
)
def test_syntax_errors_have_sentences(source, german, english):
    with pytest.raises(FeelSyntaxError) as raised:
        compile_expression(source)
    assert explain(raised.value, "de") == german
    assert explain(raised.value, "en") == english


@pytest.mark.parametrize(
    ("source", "german"),
    [
        ('amount + "1"', "„+“ lässt sich nicht auf Zahl und Text anwenden."),
        ('amount in ["a".."c"]', "Zahl lässt sich mit nichts vergleichen, was hinter „in“ steht."),
        ('[1]["1"]', "Bei „[ ]“ wird wahr oder falsch erwartet, der Wert ist aber: Text."),
        ("some x in [1] satisfies x", "Bei „some“ wird wahr oder falsch erwartet, der Wert ist aber: Zahl."),
        ('any("yes")', "Die Funktion „any“ erwartet Einträge der Art wahr/falsch."),
        ('-"1"', "Ein Minus lässt sich nicht vor Text setzen."),
        (
            'min(amount, "1")',
            "Die Funktion „min“ erwartet Einträge der Art Zahl, Text, Datum, Uhrzeit oder Dauer.",
        ),
        (
            "not(amount)",
            "Die Funktion „not“ erwartet bei „negand“: wahr/falsch oder kein Wert. Der Wert ist aber: Zahl.",
        ),
    ],
)
def test_warnings_have_sentences(source, german):
    (warning,) = compile_expression(source).evaluate({"amount": 1}).warnings
    assert explain(warning, "de") == german


def test_a_stopped_evaluation_has_a_sentence():
    with pytest.raises(FeelBudgetError) as stopped:
        compile_expression("for x in 1..1000, y in 1..1000 return x").evaluate({})
    assert explain(stopped.value, "de") == "Die Berechnung dauert zu lange."


def test_every_code_raised_anywhere_has_sentences():
    makers = {"warn", "InvalidValue", "FeelSyntaxError", "FeelBudgetError", "_complaint"}
    found = set()
    for path in Path(workflows.feel.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and name in makers:
                found |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    assert found <= SENTENCES.keys()
    assert len(found) > 25
