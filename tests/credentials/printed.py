"""Facts of awards and transcripts as tests need them, and a look into finished PDFs."""

import json
import re
import shutil
import subprocess
import weakref
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from credentials.papers.rules import CertificateFacts
from credentials.transcripts.rules import (
    NOTHING,
    CreditLine,
    HolderFact,
    IssuerFact,
    ProgramFact,
    TranscriptAwardFact,
    TranscriptFacts,
    TranscriptKind,
)
from programs.audit.rules.figures import Way
from programs.awards.rules import (
    AwardFacts,
    CompetencyCounts,
    CompetencyFact,
    LevelFact,
    MilestoneFact,
    ScaleFact,
    StackedFact,
)

HOUSE = "Northfield College"
CODE = "7Q2M-K8PD-4XTA-5"
CHECK_URL = "http://localhost:8000/verify/7Q2MK8PD4XTA5"

SCALE = ScaleFact(
    "scale-1",
    "Four levels",
    (
        LevelFact(1, "Beginning", "With help at every step"),
        LevelFact(2, "Developing", "In familiar tasks"),
        LevelFact(3, "Proficient", "Alone, as the workplace asks"),
        LevelFact(4, "Advanced", "In tasks that are new"),
    ),
)


def competency(number: int = 1, **changes: Any) -> CompetencyFact:
    fact = CompetencyFact(
        requirement=f"r{number}",
        uri=f"https://frameworks.example/{number}",
        id=f"competency-{number}",
        code=f"DL-{100 + number}",
        statement=f"Statement number {number} of what a person can do with a data set",
        framework="Data literacy",
        framework_uri="https://frameworks.example/",
        scale=SCALE.id,
        required_rank=3,
        required_level="Proficient",
        reached_rank=4,
        reached_level="Advanced",
        basis="assessed_here",
        achieved_on=date(2026, 3, 2),
        organization=HOUSE,
        credits=Decimal("2.50"),
    )
    return replace(fact, **changes)


def competencies(count: int) -> tuple[CompetencyFact, ...]:
    return tuple(competency(number) for number in range(1, count + 1))


def award(**changes: Any) -> AwardFacts:
    facts = AwardFacts(
        award="award-1",
        learner="learner-1",
        learner_number="20261042",
        name="Amara Okoye",
        achievement="achievement-1",
        achievement_version=1,
        achievement_type="Certificate",
        title="Certificate in Data Analysis",
        description="For people who decide with data.",
        criteria="Show *every* competency in two pieces of evidence.",
        language="en",
        organization="organization-1",
        organization_name=HOUSE,
        organization_address="4 Quay Street\nNorthfield",
        zone="UTC",
        program="program-1",
        program_code="DA",
        program_title="Data Analysis",
        program_version=3,
        credits=Decimal("30.00"),
        credit_unit="ECTS",
        requirements_met_on=date(2026, 11, 9),
        awarded_on=date(2026, 11, 14),
        valid_until=None,
        kind="earned",
        cycle=1,
        competencies=competencies(12),
        scales=(SCALE,),
        stacked=(StackedFact("award-0", "Data Foundations", date(2026, 4, 20)),),
    )
    return replace(facts, **changes)


def counts(facts: Iterable[CompetencyFact]) -> CompetencyCounts:
    """The counts of competencies that are all met."""
    ways = Counter(Way(fact.way) for fact in facts)
    return CompetencyCounts(ways.total(), ways.total(), **{way.value: ways[way] for way in Way})


def certificate(
    *, record: bytes = b"{}", milestones: tuple[MilestoneFact, ...] = (), **changes: Any
) -> CertificateFacts:
    of = award(**changes)
    return CertificateFacts(
        award=of,
        counts=counts((*of.competencies, *of.waived)),
        milestones=milestones,
        issued_at=datetime(2026, 11, 15, 9, tzinfo=UTC),
        issued_on=date(2026, 11, 15),
        code=CODE,
        check_url=CHECK_URL,
        check_place="localhost:8000/verify",
        issuer="did:web:localhost%3A8000:issuers:northfield",
        record=record,
    )


def line(counts: str, amount: str, *, earned: bool = True, awarded: bool = False) -> CreditLine:
    worth = Decimal(amount)
    return CreditLine(counts, counts, "ECTS", worth, worth if earned else NOTHING, worth if awarded else NOTHING)


def program(count: int = 3, *, title: str = "Data Analysis", awarded: bool = True, **changes: Any) -> ProgramFact:
    shown = competencies(count)
    fact = ProgramFact(
        enrollment="enrollment-1",
        program="program-1",
        code="DA",
        title=title,
        version=3,
        organization=HOUSE,
        standing="completed" if awarded else "active",
        admitted_on=date(2026, 1, 12),
        ended_on=None,
        requirements_met_on=date(2026, 11, 9) if awarded else None,
        shown_count=count,
        asked_count=count if awarded else count + 5,
        credit_unit="ECTS",
        credit_lines=tuple(line(f"program-1:{found.requirement}", "2.50", awarded=awarded) for found in shown),
        competencies=shown,
        counts=counts(shown) if awarded else replace(counts(shown), asked=count + 5),
    )
    return replace(fact, **changes)


def listed_award(**changes: Any) -> TranscriptAwardFact:
    of = award()
    fact = TranscriptAwardFact(
        award=of.award,
        achievement=of.achievement,
        achievement_version=of.achievement_version,
        achievement_type=of.achievement_type,
        title=of.title,
        description=of.description,
        criteria=of.criteria,
        language=of.language,
        organization=of.organization,
        organization_name=of.organization_name,
        program=of.program,
        program_code=of.program_code,
        program_version=of.program_version,
        kind=of.kind,
        cycle=of.cycle,
        requirements_met_on=of.requirements_met_on,
        awarded_on=of.awarded_on,
        valid_until=None,
        credits=of.credits,
        credit_unit=of.credit_unit,
        competencies=competencies(3),
        stacked=("award-0",),
        credential="credential-1",
        code=CODE,
    )
    return replace(fact, **changes)


def transcript(*, name: str = "Amara Okoye", **changes: Any) -> TranscriptFacts:
    facts = TranscriptFacts(
        transcript="transcript-1",
        serial="T-9F3M-K8PD-4XTA-6",
        kind=TranscriptKind.OFFICIAL,
        supersedes="",
        made_at=datetime(2026, 11, 25, 22, tzinfo=UTC),
        made_on=date(2026, 11, 25),
        language="en",
        issuer=IssuerFact("organization-1", HOUSE, "4 Quay Street", "did:web:localhost%3A8000:issuers:northfield"),
        holder=HolderFact("learner-1", "20261042", name),
        programs=(program(),),
        awards=(listed_award(),),
        scales=(SCALE,),
        check_place="localhost:8000/verify",
    )
    return replace(facts, **changes)


class Paper:
    """A PDF as poppler sees it."""

    def __init__(self, content: bytes) -> None:
        folder = Path(mkdtemp())
        weakref.finalize(self, shutil.rmtree, folder)
        self.path = folder / "paper.pdf"
        self.path.write_bytes(content)

    @property
    def fonts(self) -> dict[str, str]:
        """By name: whether each font is embedded, a subset, and mapped to Unicode, as poppler words it."""
        lines = self._ask("pdffonts").splitlines()[2:]
        return {line.split()[0].partition("+")[2]: " ".join(line.split()[-5:-2]) for line in lines}

    @property
    def facts(self) -> dict[str, str]:
        """What the document says of itself."""
        lines = self._ask("pdfinfo").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def metadata(self) -> str:
        return self._ask("pdfinfo", "-meta")

    @property
    def structure(self) -> str:
        return self._ask("pdfinfo", "-struct")

    def text(self, page: int | None = None) -> str:
        """Its words with single blanks, of one page or of all."""
        pages = [] if page is None else ["-f", str(page), "-l", str(page)]
        return " ".join(self._ask("pdftotext", *pages, "-layout", after=("-",)).split())

    def enclosed(self) -> dict[str, Any]:
        """The JSON files inside, by name."""
        folder = self.path.parent / "enclosed"
        folder.mkdir(exist_ok=True)
        self._ask("pdfdetach", "-saveall", "-o", str(folder))
        return {path.name: json.loads(path.read_bytes()) for path in folder.iterdir()}

    def words(self, page: int) -> list[tuple[str, float, float, float, float]]:
        """Each word of a page with its box, in points from the top left corner."""
        found = self._ask("pdftotext", "-f", str(page), "-l", str(page), "-bbox", after=("-",))
        pattern = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
        return [(word, float(a), float(b), float(c), float(d)) for a, b, c, d, word in re.findall(pattern, found)]

    def _ask(self, *command: str, after: tuple[str, ...] = ()) -> str:
        program, *options = command
        done = subprocess.run(
            [program, *options, str(self.path), *after], capture_output=True, check=True, encoding="utf-8"
        )
        return done.stdout
