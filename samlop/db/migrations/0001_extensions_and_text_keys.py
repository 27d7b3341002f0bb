"""Extensions and the two text functions that sorting and searching stand on.

No ICU collation is assumed to exist (the bundled server has none), so Norwegian order is
computed: nb_sort_key maps æ, ø and å behind z, and is compared with collation "C".
search_key folds case, accents and the Norwegian and Sámi letters to plain ASCII.
"""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

SORT_KEY = """
create function nb_sort_key(t text) returns text language sql immutable strict parallel safe
return translate(lower(t), 'æäøöåáàâčçđéèêëíïŋńóòôšŧüúžý', '{{||}aaaccdeeeeiinnooostuuzy');
"""
SEARCH_KEY = """
create function search_key(t text) returns text language sql immutable strict parallel safe
return regexp_replace(
  translate(
    replace(replace(replace(lower(t), 'æ', 'ae'), 'ø', 'o'), 'å', 'a'),
    'äöáàâčçđéèêëíïŋńóòôšŧüúžý-/.,()''', 'aoaaaccdeeeeiinnooostuuzy       '),
  '\\s+', ' ', 'g');
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(SORT_KEY, "drop function nb_sort_key(text)"),
        migrations.RunSQL(SEARCH_KEY, "drop function search_key(text)"),
    ]
