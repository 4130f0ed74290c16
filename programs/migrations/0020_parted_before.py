"""Lists for review what was granted while records were linked that have been parted before this version.

From now on parting itself does so (`programs.awards.actions.concerns.review_after_linking`).
"""

from django.db import migrations

# The rows that a decision record names, with their learners, also through the awards below. Awards that have an entry
# for the same person are left out: a reverse keeps the entries, and what a person let stay is not asked again.
REVIEWS = """
WITH RECURSIVE behind (award_id, lower_id) AS (
    SELECT award.id, award.id
    FROM programs_award award
    WHERE award.state = 'granted'
        -- Few records were ever linked: the decisions of all others are not read.
        AND award.learner_id IN (SELECT learner_id FROM accounts_learnerlink UNION SELECT other_id FROM accounts_learnerlink)
    UNION
    SELECT behind.award_id, lower_award.id
    FROM behind
    JOIN programs_award upper_award ON upper_award.id = behind.lower_id
    JOIN LATERAL jsonb_array_elements(upper_award.decision -> 'attainments') entry ON true
    JOIN programs_award lower_award ON entry ->> 'id' = 'award:' || lower_award.public_id
)
INSERT INTO programs_awardconcern (public_id, learner_id, award_id, kind, subject_id, raised_at, outcome)
SELECT gen_random_uuid(), learner_id, award_id, 'others_grounds', subject_id, statement_timestamp(), ''
FROM (
    SELECT DISTINCT award.learner_id, award.id AS award_id, other.public_id AS subject_id
    FROM behind
    JOIN programs_award award ON award.id = behind.award_id
    JOIN programs_award lower_award ON lower_award.id = behind.lower_id
    JOIN accounts_learner own ON own.id = award.learner_id
    JOIN LATERAL (
        SELECT lower_award.learner_id
        UNION
        SELECT evidence.learner_id
        FROM jsonb_array_elements(lower_award.decision -> 'evidence') entry
        JOIN assessments_evidence evidence ON evidence.public_id = (entry ->> 'id')::uuid
        UNION
        SELECT coalesce(reached.learner_id, recognised.learner_id)
        FROM jsonb_array_elements(lower_award.decision -> 'attainments') entry
        LEFT JOIN programs_milestonereached reached ON entry ->> 'id' = 'milestone:' || reached.public_id
        LEFT JOIN programs_recognition recognised ON entry ->> 'id' = 'recognition:' || recognised.public_id
    ) named ON true
    JOIN accounts_learner theirs ON theirs.id = named.learner_id
    JOIN accounts_learner other ON other.id = coalesce(theirs.same_as_id, theirs.id)
    WHERE other.id <> coalesce(own.same_as_id, own.id)
) found
WHERE NOT EXISTS (
    SELECT FROM programs_awardconcern known
    WHERE known.award_id = found.award_id AND known.kind = 'others_grounds' AND known.subject_id = found.subject_id
        AND known.outcome IN ('', 'stays')
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0019_others_grounds"),
        ("assessments", "0005_plausible_dates"),
        ("accounts", "0008_search_words"),
    ]

    operations = [migrations.RunSQL(REVIEWS, migrations.RunSQL.noop)]
