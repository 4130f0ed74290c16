"""Tokens of partners' programs are stored as digests only: the column that could hold one in clear stays empty.

Tokens from before, each good for an hour at most, are dropped: their programs ask for new ones.
"""

from django.db import migrations

GUARD = """
DELETE FROM oauth2_provider_accesstoken;
ALTER TABLE oauth2_provider_accesstoken
    ADD CONSTRAINT access_token_is_hashed CHECK (token = '' AND token_checksum ~ '^[0-9a-f]{64}$');
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_partner_clients"), ("oauth2_provider", "0022_refreshtoken_token_family_index")]
    operations = [
        migrations.RunSQL(GUARD, "ALTER TABLE oauth2_provider_accesstoken DROP CONSTRAINT access_token_is_hashed"),
    ]
