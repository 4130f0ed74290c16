"""Lists for review what was granted while records were linked that have been parted before this version.

From now on parting itself does so (`programs.awards.actions.concerns.review_after_linking`).
"""

from django.db import migrations

# The rows that a decision record names, with their learners. Awards through a lower award follow from that one's entry.
REVIEWS = """
INSERT INTO programs_awardconcern (public_id, learner_id, award_id, kind, subject_id, raised_at, outcome)
SELECT gen_random_uuid(), learner_id, award_id, 'others_grounds', subject_id, statement_timestamp(), ''
FROM (
    SELECT DISTINCT award.learner_id, award.id AS award_id, other.public_id AS subject_id
    FROM programs_award award
    JOIN accounts_learner own ON own.id = award.learner_id
    JOIN LATERAL (
        SELECT evidence.learner_id
        FROM jsonb_array_elements(award.decision -> 'evidence') entry
        JOIN assessments_evidence evidence ON evidence.public_id = (entry ->> 'id')::uuid
        UNION
        SELECT coalesce(reached.learner_id, recognised.learner_id, lower_award.learner_id)
        FROM jsonb_array_elements(award.decision -> 'attainments') entry
        LEFT JOIN programs_milestonereached reached ON entry ->> 'id' = 'milestone:' || reached.public_id
        LEFT JOIN programs_recognition recognised ON entry ->> 'id' = 'recognition:' || recognised.public_id
        LEFT JOIN programs_award lower_award ON entry ->> 'id' = 'award:' || lower_award.public_id
    ) named ON true
    JOIN accounts_learner theirs ON theirs.id = named.learner_id
    JOIN accounts_learner other ON other.id = coalesce(theirs.same_as_id, theirs.id)
    WHERE award.state = 'granted'
        AND other.id <> coalesce(own.same_as_id, own.id)
        -- Few records were ever linked: the decisions of all others are not read.
        AND award.learner_id IN (SELECT learner_id FROM accounts_learnerlink UNION SELECT other_id FROM accounts_learnerlink)
) found
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0019_others_grounds"),
        ("assessments", "0005_plausible_dates"),
        ("accounts", "0008_search_words"),
    ]

    operations = [migrations.RunSQL(REVIEWS, migrations.RunSQL.noop)]
