"""Pages, mails and documents use the words of the offices that read them, and none of the words they replace."""

import re

import pytest

from tests.contracts.texts import marked_texts

# Each with the word that stands in its place.
REPLACED = {
    r"papers?": "document, certificate or transcript",
    r"(?:take|takes|taken|taking)(?: \w+){0,3} back": "revoked, rescinded or withdrawn",
    r"(?:take|takes|taken|taking) (?:it |them )?in": "imported",
    r"(?:gave|give|gives|given) (?:it )?up": "failed or cancelled",
    r"judg\w+": "assess, assessment decision",
    r"it stands|stands? no longer|its place took": "valid, awarded, revoked, replaced",
    r"holds? no more|holds (?:through|until)": "valid",
    r"needs? attention": "to do",
    r"pair of eyes": "approval",
    r"recogni[sz]ed study": "credit transfer",
    r"counts? for(?! so many)": "counts toward",
    r"(?:bring|brings|brought)": "worth",
    r"closest(?! to completion)": "closest to completion",
    r"what is awarded": "achievements",
    r"awards to look at": "awards to review",
    r"let a program in": "add API client",
    r"make (?:a|the) copy": "download own copy",
    r"signed record": "credential file",
    r"what others see": "view public page",
    r"all is well|nothing waits for you": "nothing to do right now",
    r"anew": "again",
    r"mend(?:ed|s)?": "correct",
    r"leave (?:\S+ ){1,3}away": "leave out",
    r"(?:the|best|latest|last|more|newer|of all|how many) pieces?(?! of)": "pieces of evidence, pieces of study",
    r"1 (?:credits|competencies|learners|people|pieces)": "one, with its own form",
}
# Texts that mean what the word says.
KEPT = {
    "Have paper or a password manager at hand: they are shown once.": "recovery codes are printed on paper",
    "It was issued as it stands here, and it is valid today.": "the wording of the document",
}


@pytest.mark.parametrize("replaced", REPLACED)
def test_no_text_uses_a_word_that_was_replaced(replaced: str) -> None:
    pattern = re.compile(rf"\b(?:{replaced})\b", re.IGNORECASE)

    found = {(text.place, reading) for text in marked_texts() for reading in text.readings if pattern.search(reading)}

    assert sorted((place, reading) for place, reading in found if reading not in KEPT) == [], REPLACED[replaced]
