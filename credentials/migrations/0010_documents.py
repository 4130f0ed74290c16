"""Credentials become documents of the kind *badge*: the table gets its new name and room for what has no award.

No row moves and no signed byte is read: PostgreSQL gives the tables, columns and indexes other names. Keys stay what they
were, because background jobs carry them. Columns are added with constant defaults, which rewrites nothing; each new check
reads the table once, about half a second for a million rows, under a lock that keeps everybody out meanwhile.

There is no way back: the constraints of before do not hold for documents without an award. A backup is the way back.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BEFORE = """
DROP TRIGGER credential_never_emptied ON credentials_credential;
DROP TRIGGER credential_stays ON credentials_credential;
DROP FUNCTION cairn_keep_credential();
"""

# Not Django's RenameModel: it would rename the content type too, which belongs to the proxy Credential from now on.
RENAME = "ALTER TABLE credentials_credential RENAME TO credentials_document"

# Names that PostgreSQL and Django chose keep the old table's name when it changes; messages of errors repeat them.
NAMES = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT conrelid::regclass AS place, conname AS name,
            replace(replace(replace(conname, 'credentials_credentialcode_', 'credentials_documentcode_'),
                'credentials_credential_', 'credentials_document_'), '_credential_id_', '_document_id_') AS better
        FROM pg_constraint
        WHERE conrelid IN ('credentials_document'::regclass, 'credentials_documentcode'::regclass,
            'credentials_statusentry'::regclass, 'credentials_revocationbody'::regclass)
    LOOP
        IF found.name <> found.better THEN
            EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', found.place, found.name, found.better);
        END IF;
    END LOOP;
    FOR found IN
        SELECT relname AS name,
            replace(replace(relname, 'credentials_credentialcode_', 'credentials_documentcode_'),
                'credentials_credential_', 'credentials_document_') AS better
        FROM pg_class WHERE relkind IN ('i', 'S') AND relnamespace = 'public'::regnamespace
    LOOP
        IF found.name <> found.better THEN
            -- Of indexes and sequences too.
            EXECUTE format('ALTER TABLE %I RENAME TO %I', found.name, found.better);
        END IF;
    END LOOP;
END
$$;
"""

# The instant was not written down before; this one is the first at which it is known that they are gone.
ERASED = """
UPDATE credentials_document SET erased_at = now() WHERE content IS NULL AND state IN ('signed', 'superseded', 'revoked')
"""

# Beside its state a document gains its bytes once, its instants once, and loses what retention ends.
GUARD = """
CREATE FUNCTION cairn_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    life CONSTANT text[] := ARRAY['state', 'prepared', 'content', 'digest', 'name', 'signed_at', 'superseded_at',
        'revoked_at', 'revoked_by_id', 'revocation_class', 'notified_at', 'erased_at'];
    signing CONSTANT boolean := TG_OP = 'UPDATE' AND OLD.state = 'prepared' AND NEW.state = 'signed';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('prepared', 'stored') OR (NEW.kind = 'badge' AND NEW.name IS NULL) THEN
            RAISE EXCEPTION 'a document begins prepared or stored, a badge with its name'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_begins_prepared_or_stored';
        END IF;
        IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM credentials_document before
            WHERE before.id = NEW.supersedes_id AND before.kind = NEW.kind AND before.holder_bound = NEW.holder_bound
                AND before.award_id IS NOT DISTINCT FROM NEW.award_id
        ) THEN
            RAISE EXCEPTION 'a document replaces one of its kind, of the same award'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_replaces_of_its_kind';
        END IF;
        IF (NEW.award_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM programs_award WHERE id = NEW.award_id AND learner_id = NEW.learner_id))
            OR (NEW.key_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM credentials_issuerkey WHERE id = NEW.key_id AND issuer_id = NEW.issuer_id))
        THEN
            RAISE EXCEPTION 'a document is of its own learner, award, issuer and key'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_is_of_one_piece';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - life <> to_jsonb(NEW) - life THEN
        RAISE EXCEPTION 'document % stays as it was made: % is refused', OLD.public_id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_stays_as_made',
                  HINT = 'Issue a new one that replaces it.';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('prepared', 'prepared'), ('prepared', 'signed'), ('prepared', 'voided'), ('voided', 'voided'),
        ('signed', 'signed'), ('signed', 'superseded'), ('signed', 'revoked'),
        ('stored', 'stored'), ('stored', 'superseded'), ('stored', 'revoked'),
        ('superseded', 'superseded'), ('superseded', 'revoked'), ('revoked', 'revoked')
    ) THEN
        RAISE EXCEPTION 'a document that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_only_goes_forward';
    END IF;
    IF (NEW.prepared IS DISTINCT FROM OLD.prepared AND (NEW.prepared IS NOT NULL OR NEW.state = 'prepared'))
        OR (NEW.content IS DISTINCT FROM OLD.content AND NEW.content IS NOT NULL AND NOT signing)
        OR (signing AND NEW.content IS NULL)
        OR (NEW.digest <> OLD.digest AND NOT signing)
        OR (NEW.name IS DISTINCT FROM OLD.name AND NEW.name IS NOT NULL)
        OR (NEW.signed_at IS DISTINCT FROM OLD.signed_at AND NOT signing)
        OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
        OR (OLD.notified_at IS NOT NULL AND NEW.notified_at IS DISTINCT FROM OLD.notified_at)
        OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at)
        OR (OLD.state = NEW.state AND (NEW.revocation_class, NEW.revoked_by_id)
            IS DISTINCT FROM (OLD.revocation_class, OLD.revoked_by_id))
    THEN
        RAISE EXCEPTION 'what document % says stays as it was signed or stored', OLD.public_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_stays_as_signed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER document_stays BEFORE INSERT OR UPDATE OR DELETE ON credentials_document
    FOR EACH ROW EXECUTE FUNCTION cairn_keep_document();
ALTER TABLE credentials_document ENABLE ALWAYS TRIGGER document_stays;
CREATE TRIGGER document_never_emptied BEFORE TRUNCATE ON credentials_document
    FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change();
ALTER TABLE credentials_document ENABLE ALWAYS TRIGGER document_never_emptied;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_locking"),
        ("credentials", "0009_unsigned_award"),
        ("programs", "0005_content_only_once_published"),
        ("base", "0003_bodies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(BEFORE),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RenameModel("Credential", "Document")],
            database_operations=[migrations.RunSQL(RENAME)],
        ),
        migrations.RenameModel("CredentialCode", "DocumentCode"),
        migrations.RenameField("documentcode", "credential", "document"),
        migrations.RenameField("statusentry", "credential", "document"),
        migrations.RenameField("revocationbody", "credential", "document"),
        migrations.RenameIndex("document", new_name="document_of_learner", old_name="credential_of_learner"),
        migrations.AlterModelOptions(
            name="document",
            options={"verbose_name": "document", "verbose_name_plural": "documents"},
        ),
        migrations.AlterModelOptions(
            name="documentcode",
            options={"verbose_name": "code of a document", "verbose_name_plural": "codes of documents"},
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_reason_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_one_signed_per_award",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_one_prepared_per_award",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_superseded_by_one",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_replaces_another",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_name_has_a_digest",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_signed_with_its_digest",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_end_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="credential_revoked_by_someone",
        ),
        migrations.RemoveConstraint(
            model_name="documentcode",
            name="credential_code_is_one",
        ),
        migrations.RemoveConstraint(
            model_name="documentcode",
            name="credential_code_is_well_formed",
        ),
        migrations.AddField(
            model_name="document",
            name="erased_at",
            field=models.DateTimeField(null=True, verbose_name="erased"),
        ),
        migrations.AddField(
            model_name="document",
            name="holder_bound",
            field=models.BooleanField(default=False, verbose_name="names its holder"),
        ),
        migrations.AddField(
            model_name="document",
            name="issued_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("badge", "credential"),
                    ("transcript", "transcript"),
                    ("statement", "statement"),
                    ("letter", "letter"),
                    ("clr", "comprehensive learner record"),
                ],
                default="badge",
                max_length=12,
                verbose_name="kind",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="document",
            name="official",
            field=models.BooleanField(default=True, verbose_name="official"),
        ),
        migrations.AlterField(
            model_name="document",
            name="award",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="programs.award",
                verbose_name="award",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="issuer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="credentials.issuer",
                verbose_name="issuer",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="credentials.issuerkey",
                verbose_name="signing key",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="learner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="accounts.learner",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="name_digest",
            field=models.CharField(blank=True, max_length=67),
        ),
        migrations.AlterField(
            model_name="document",
            name="prepared_at",
            field=models.DateTimeField(null=True, verbose_name="prepared"),
        ),
        migrations.AlterField(
            model_name="document",
            name="salt",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="document",
            name="state",
            field=models.CharField(
                choices=[
                    ("prepared", "being signed"),
                    ("signed", "in force"),
                    ("stored", "in force, not signed"),
                    ("superseded", "replaced"),
                    ("revoked", "revoked"),
                    ("voided", "never signed"),
                ],
                default="prepared",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="supersedes",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                to="credentials.document",
                verbose_name="replaces",
            ),
        ),
        migrations.AlterField(
            model_name="documentcode",
            name="code",
            field=models.CharField(max_length=14, verbose_name="code"),
        ),
        migrations.AlterField(
            model_name="documentcode",
            name="learner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="document_codes", to="accounts.learner"
            ),
        ),
        migrations.RunSQL(ERASED),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["badge", "transcript", "statement", "letter", "clr"])),
                name="document_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["prepared", "signed", "stored", "superseded", "revoked", "voided"])),
                name="document_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["first", "renewal", "name", "correction", "key_replaced"])),
                name="document_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award__isnull", False), ("kind__in", ("badge",))),
                    models.Q(
                        models.Q(("kind__in", ("badge",)), _negated=True), ("award", None), ("holder_bound", False)
                    ),
                    _connector="OR",
                ),
                name="document_has_an_award_by_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "signed")),
                fields=("learner", "award", "kind", "holder_bound"),
                name="document_one_signed_per_award",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "prepared")),
                fields=("learner", "award", "kind", "holder_bound"),
                name="document_one_prepared_per_award",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "voided"), _negated=True),
                fields=("supersedes",),
                name="document_superseded_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supersedes", None), models.Q(("supersedes", models.F("id")), _negated=True), _connector="OR"
                ),
                name="document_replaces_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_digest__regex", "^c1:[0-9a-f]{64}$"), ("salt__isnull", False)),
                    models.Q(
                        models.Q(("kind", "badge"), _negated=True), ("name", None), ("name_digest", ""), ("salt", None)
                    ),
                    _connector="OR",
                ),
                name="document_name_has_a_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issuer__isnull", False), ("key__isnull", False), ("prepared_at__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ("badge", "clr")), _negated=True),
                        ("issuer", None),
                        ("key", None),
                        ("prepared_at", None),
                    ),
                    _connector="OR",
                ),
                name="document_signer_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("digest", ""),
                        ("key__isnull", False),
                        ("prepared__isnull", False),
                        ("signed_at", None),
                        ("state", "prepared"),
                    ),
                    models.Q(
                        ("digest", ""),
                        ("key__isnull", False),
                        ("prepared", None),
                        ("signed_at", None),
                        ("state", "voided"),
                    ),
                    models.Q(
                        ("digest__regex", "^c1:[0-9a-f]{64}$"),
                        ("key__isnull", False),
                        ("prepared", None),
                        ("signed_at__isnull", False),
                        ("state__in", ["signed", "superseded", "revoked"]),
                    ),
                    models.Q(
                        ("digest__regex", "^c1:[0-9a-f]{64}$"),
                        ("key", None),
                        ("prepared", None),
                        ("signed_at", None),
                        ("state__in", ["stored", "superseded", "revoked"]),
                    ),
                    _connector="OR",
                ),
                name="document_digest_fits_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("content", None), ("erased_at", None), ("state__in", ["prepared", "voided"])),
                    models.Q(
                        ("content__isnull", False),
                        ("erased_at", None),
                        ("state__in", ("signed", "stored", "superseded", "revoked")),
                    ),
                    models.Q(
                        ("content", None),
                        ("erased_at__isnull", False),
                        ("state__in", ("signed", "stored", "superseded", "revoked")),
                    ),
                    _connector="OR",
                ),
                name="document_erased_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("revocation_class__in", ("replaced", "key_replaced")),
                        ("state", "superseded"),
                        ("superseded_at__isnull", False),
                    ),
                    models.Q(
                        ("revocation_class__in", ("issued_in_error", "rescinded", "key_replaced", "holders_wish")),
                        ("revoked_at__isnull", False),
                        ("state", "revoked"),
                    ),
                    models.Q(
                        ("revocation_class", ""),
                        ("revoked_at", None),
                        ("state__in", ["prepared", "voided", "signed", "stored"]),
                        ("superseded_at", None),
                    ),
                    _connector="OR",
                ),
                name="document_end_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_by", None), ("state", "revoked"), _connector="OR"),
                name="document_revoked_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentcode",
            constraint=models.UniqueConstraint(fields=("code",), name="document_code_is_one"),
        ),
        migrations.AddConstraint(
            model_name="documentcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^T?[0-9A-HJKMNP-TV-Z]{12}[0-9A-HJKMNP-TV-Z*~$=U]$")),
                name="document_code_is_well_formed",
            ),
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[],
            options={
                "verbose_name": "credential",
                "verbose_name_plural": "credentials",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("credentials.document",),
        ),
        migrations.RunSQL(NAMES),
        migrations.RunSQL(GUARD),
    ]
