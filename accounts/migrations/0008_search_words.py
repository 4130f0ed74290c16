"""Names recorded before are found under every spelling too: their search words are folded as those of new names are."""

from typing import Any

from django.db import migrations

from accounts.rules.name_spelling import search_words

PORTION = 1_000


def fold(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - Django's
    """Write the search words that differ; those of most names in Latin letters stay."""
    names = apps.get_model("accounts", "LearnerName").objects.using(schema_editor.connection.alias)
    changed = []
    # The words of `sort_as` are among those stored, and nowhere else.
    for name in names.only("pk", "text", "search_words").iterator(PORTION):
        words = " ".join(search_words(name.text, name.search_words))
        if words != name.search_words:
            name.search_words = words
            changed.append(name)
    names.bulk_update(changed, ["search_words"], batch_size=PORTION)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_plausible_dates")]

    # Back: the words found so remain; a name is found under more spellings than before.
    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
