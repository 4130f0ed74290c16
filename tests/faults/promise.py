"""A program beside the workers under test: `prepare` makes the table of effects, `promise N` promises, `report` counts.

It runs where the test's own process has no connection: on a database of its own, which the test kills.
"""

import json
import sys

import django


def main(verb: str, count: int = 0) -> None:
    """Do one verb, on the database that the environment names."""
    django.setup()
    from django.db import connection, transaction

    from core.jobs import enqueue
    from core.jobs.models import Job
    from tests.faults import tasks

    if verb == "prepare":
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE faults_effect (number bigint, at timestamptz)")
    elif verb == "promise":
        with transaction.atomic():
            for number in range(count):
                enqueue(tasks.insert, number)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT number) FROM faults_effect")
            rows, numbers = cursor.fetchone() or (0, 0)
        left = Job.objects.exclude(state="done").count()
        print(json.dumps({"rows": rows, "numbers": numbers, "left": left}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], *(int(value) for value in sys.argv[2:]))
