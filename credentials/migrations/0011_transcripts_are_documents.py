"""Transcripts and their serials are copied into the tables of documents, and sharing points at them there.

Documents of awards keep their keys, so that transcripts get new ones; their public ids, bytes, digests and serials are
compared after the copy, and a difference stops the migration. What a grant covers is copied too, never changed: the table
only grows. The old tables go with the next migration. Set by set, without a row passing through Python. No way back:
a backup is the way back.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from core.database.ledger import guard_append_only

# The new keys are drawn before the copy, in the order of the old ones, because transcripts point at each other.
KEYS = """
CREATE TEMPORARY TABLE transcript_key ON COMMIT DROP AS
    SELECT id AS before_id, nextval(pg_get_serial_sequence('credentials_document', 'id')) AS id
    FROM (SELECT id FROM credentials_transcript ORDER BY id) AS transcript;
CREATE TEMPORARY TABLE grant_item_before ON COMMIT DROP AS TABLE credentials_grantitem;
"""

# Through the guards, as any other row: first in force, then replaced by the one that follows.
TRANSCRIPTS = """
INSERT INTO credentials_document (id, public_id, learner_id, kind, official, holder_bound, state, reason, supersedes_id,
        name_digest, content, digest, issued_at, issued_by_id, revocation_class, erased_at)
    SELECT transcript_key.id, before.public_id, before.learner_id, 'transcript', before.kind = 'official', FALSE, 'stored',
        CASE WHEN before.supersedes_id IS NULL THEN 'first' ELSE 'correction' END, replaced.id, '',
        before.content, before.digest, before.made_at, before.made_by_id, '', before.erased_at
    FROM credentials_transcript before
    JOIN transcript_key ON transcript_key.before_id = before.id
    LEFT JOIN transcript_key replaced ON replaced.before_id = before.supersedes_id
    ORDER BY before.id;
UPDATE credentials_document replaced
    SET state = 'superseded', superseded_at = successor.issued_at, revocation_class = 'replaced'
    FROM credentials_document successor
    WHERE successor.supersedes_id = replaced.id AND replaced.kind = 'transcript';
INSERT INTO credentials_documentcode (learner_id, document_id, code)
    SELECT before.learner_id, transcript_key.id, before.serial
    FROM credentials_transcriptserial before
    JOIN transcript_key ON transcript_key.before_id = before.transcript_id
    ORDER BY before.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

ITEMS = """
INSERT INTO credentials_grantitem (id, public_id, learner_id, grant_id, organization_id, transcript_id, and_successors,
        follows_id, covered_at)
    SELECT before.id, before.public_id, before.learner_id, before.grant_id, before.organization_id, transcript_key.id,
        before.and_successors, before.follows_id, before.covered_at
    FROM grant_item_before before
    JOIN transcript_key ON transcript_key.before_id = before.transcript_id;
SELECT setval(pg_get_serial_sequence('credentials_grantitem', 'id'), greatest(max(id), 1), max(id) IS NOT NULL)
    FROM credentials_grantitem;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

COMPARED = """
DO $$
DECLARE differing text;
BEGIN
    SELECT string_agg(public_id::text, ', ' ORDER BY public_id) INTO differing FROM (
        SELECT public_id FROM (
            SELECT transcript.*, serial, replaced.public_id AS replaced_id
            FROM credentials_transcript transcript
            LEFT JOIN credentials_transcriptserial ON transcript_id = transcript.id
            LEFT JOIN credentials_transcript replaced ON replaced.id = transcript.supersedes_id
        ) AS before
        FULL JOIN (
            SELECT document.*, code, replaced.public_id AS replaced_id
            FROM credentials_document document
            LEFT JOIN credentials_documentcode ON document_id = document.id
            LEFT JOIN credentials_document replaced ON replaced.id = document.supersedes_id
            WHERE document.kind = 'transcript'
        ) AS copied USING (public_id)
        WHERE (before.learner_id, before.digest, sha256(before.content), before.made_at, before.made_by_id,
                before.erased_at, before.kind = 'official', before.serial, before.replaced_id)
            IS DISTINCT FROM (copied.learner_id, copied.digest, sha256(copied.content), copied.issued_at,
                copied.issued_by_id, copied.erased_at, copied.official, copied.code, copied.replaced_id)
        UNION ALL
        SELECT public_id FROM (
            SELECT item.*, transcript.public_id AS opened_id
            FROM grant_item_before item JOIN credentials_transcript transcript ON transcript.id = item.transcript_id
        ) AS before
        FULL JOIN (
            SELECT item.*, document.public_id AS opened_id
            FROM credentials_grantitem item JOIN credentials_document document ON document.id = item.transcript_id
        ) AS copied USING (public_id)
        WHERE (before.id, before.grant_id, before.opened_id, before.follows_id)
            IS DISTINCT FROM (copied.id, copied.grant_id, copied.opened_id, copied.follows_id)
    ) AS found;
    IF differing IS NOT NULL
        OR (SELECT count(*) FROM credentials_transcript)
            <> (SELECT count(*) FROM credentials_document WHERE kind = 'transcript')
    THEN
        RAISE EXCEPTION 'transcripts were not copied as they were: %', coalesce(differing, 'their number differs')
            USING HINT = 'Nothing was changed. Run check_integrity of the version before.';
    END IF;
END
$$;
"""

# A grant opens transcripts of its own person only, to its own partner; a follower stands under the same grant, and its
# transcript takes the place of the one before. After the copy: who was linked when they shared may have been parted since.
ITEM = """
CREATE OR REPLACE FUNCTION cairn_refuse_foreign_grant_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    permission accounts_sharinggrant;
    shared credentials_document;
    before credentials_grantitem;
BEGIN
    SELECT * INTO permission FROM accounts_sharinggrant WHERE id = NEW.grant_id;
    SELECT * INTO shared FROM credentials_document WHERE id = NEW.transcript_id;
    SELECT * INTO before FROM credentials_grantitem WHERE id = NEW.follows_id;
    IF shared.kind = 'transcript'
        AND permission.organization_id IS NOT DISTINCT FROM NEW.organization_id
        AND permission.learner_id = NEW.learner_id
        AND (SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = shared.learner_id)
            = (SELECT coalesce(same_as_id, id) FROM accounts_learner WHERE id = NEW.learner_id)
        AND (NEW.follows_id IS NULL OR (
            before.grant_id = NEW.grant_id AND before.and_successors AND shared.supersedes_id = before.transcript_id
        ))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a grant opens its own learner''s transcripts, to its own partner'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'grant_item_is_the_grants_own',
              TABLE = 'credentials_grantitem';
END
$$;
CREATE TRIGGER grant_item_is_the_grants_own BEFORE INSERT ON credentials_grantitem
    FOR EACH ROW EXECUTE FUNCTION cairn_refuse_foreign_grant_item();
ALTER TABLE credentials_grantitem ENABLE ALWAYS TRIGGER grant_item_is_the_grants_own;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_locking"), ("credentials", "0010_documents")]

    operations = [
        migrations.RunSQL(KEYS),
        migrations.RunSQL(TRANSCRIPTS),
        migrations.DeleteModel("GrantItem"),
        # The tables stay until the next migration; only their models go.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("TranscriptSerial"), migrations.DeleteModel("Transcript")]
        ),
        migrations.CreateModel(
            name="Transcript",
            fields=[],
            options={
                "verbose_name": "transcript",
                "verbose_name_plural": "transcripts",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("credentials.document",),
        ),
        migrations.CreateModel(
            name="GrantItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("and_successors", models.BooleanField(default=False, verbose_name="and what corrects it")),
                ("covered_at", models.DateTimeField(verbose_name="covered since")),
                (
                    "follows",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="credentials.grantitem",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="accounts.sharinggrant"
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grant_items", to="accounts.learner"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grant_items",
                        to="accounts.organization",
                    ),
                ),
                (
                    "transcript",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grant_items",
                        to="credentials.transcript",
                    ),
                ),
            ],
            options={
                "verbose_name": "shared transcript",
                "verbose_name_plural": "shared transcripts",
                "indexes": [
                    models.Index(fields=["learner", "transcript"], name="grant_item_of_learner"),
                    models.Index(
                        condition=models.Q(("organization__isnull", False)),
                        fields=["organization", "covered_at", "public_id"],
                        name="grant_item_of_partner",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "transcript"), name="grant_item_covers_once"),
                    models.CheckConstraint(
                        condition=models.Q(("follows", None), ("and_successors", True), _connector="OR"),
                        name="grant_item_follows_where_agreed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ITEMS),
        migrations.RunSQL(COMPARED),
        guard_append_only("credentials_grantitem"),
        migrations.RunSQL(ITEM),
    ]
