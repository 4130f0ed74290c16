"""What happens in a learner's life at the school, act by act: a pure function of who they are.

`life_of` gives the acts in strictly increasing order of time. Chance comes from a generator seeded with the person's
name, so that the same person always lives the same life.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from portal.actions.demo.acts import Act, Begin, Enroll, HandIn, Happen, Judge, Reach, Recognise, Return
from portal.actions.demo.content import DemoPerson, DemoTask

CERTIFICATE = ("S1", "B1", "A1", "S2", "B3", "A2", "B4", "A3", "S3", "B2", "A4", "S4", "A5", "B5", "B6", "B7", "S7")
ORDERS: Mapping[str, tuple[str, ...]] = {
    "SAT": ("S1", "S2", "S3", "A4", "S4", "A5"),
    "DCP": ("B1", "B3", "B4", "B2", "B5", "B6", "B7"),
    "WCD": ("A1", "A2", "A3", "A4", "A5"),
    "CDDC": CERTIFICATE,
    "DADDC": (*CERTIFICATE, "A6", "A7", "A8", "B8", "S5", "S6"),
}
"""In which order the assessments of a program are taken; what precedes in the framework comes first."""

EARLY_ALARMS = ("S1", "B1", "A1", "S2", "B6", "B7", *(code for code in CERTIFICATE[4:] if code not in {"B6", "B7"}))
REFRESHER = "RMR"
LAST_PIECE = "S4"  # what those lack who are one piece short: the second handover
MET, WEAK, ABOVE = 3, 2, 4
WEAK_FIRST, RETURNED_FIRST, SHOWN_ABOVE = 0.16, 0.12, 0.3  # how often
PATIENT = 4  # days until work is judged, at most


def life_of(person: DemoPerson, tasks: Mapping[str, DemoTask]) -> tuple[Act, ...]:
    """All acts of a person, in strictly increasing order of time, all before the first day."""
    life = _Life(person, tasks, random.Random(f"cairn {person.name}"))  # noqa: S311 - sample data, the same every time
    STAGES[person.stage](life)
    return tuple(_in_order(life.acts))


@dataclass
class _Life:
    """A life while it is told. `now` is the day (counted backwards) up to which it was told."""

    person: DemoPerson
    tasks: Mapping[str, DemoTask]
    dice: random.Random
    acts: list[Act] = field(default_factory=list)
    now: int = 0
    turns: int = 0
    judged_by: dict[str, set[int]] = field(default_factory=dict)

    @property
    def order(self) -> Sequence[str]:
        """The codes of the program's assessments, in the order in which they are taken."""
        return ORDERS[self.person.program]

    def enroll(self, *, started: bool = True) -> None:
        """Enroll the person in their programs, with what is recognized from before."""
        told = max(self.person.begun, 1) + 1
        self.now = told - 1
        for place, program in enumerate((*self.person.also, self.person.program)):
            self.acts.append(
                Enroll(ago=told, minute=600 + place, program=program, starts_ago=self.person.begun, started=started)
            )
        if self.person.recognition:
            self.acts.append(Recognise(ago=told - 1, minute=660, **self.person.recognition))

    def work(self, codes: Sequence[str], *, until: int, least: int = 0) -> None:
        """Take these assessments one after the other, evenly, the last of them judged about `until` days ago."""
        begun = self.now
        for place, code in enumerate(codes, start=1):
            due = begun - round((begun - until) * place / len(codes))
            self.pass_(code, judged=min(due, self.now - 1), least=least)

    def pass_(self, code: str, *, judged: int, least: int = 0) -> None:
        """Take one assessment until it is good enough, the last judgement falling `judged` days ago."""
        room = self.now - judged
        chance = self.dice.random()
        if room > 2 * PATIENT and chance < WEAK_FIRST:
            self.attempt(code, judged=judged + room // 2, ranks=self.weak(code))
        elif room > 2 * PATIENT and chance < WEAK_FIRST + RETURNED_FIRST:
            self.attempt(code, judged=judged, ranks=self.good(code, least), returned=judged + room // 2)
            return
        self.attempt(code, judged=judged, ranks=self.good(code, least))

    def attempt(self, code: str, *, judged: int, ranks: tuple[int, ...], returned: int | None = None) -> None:
        """One attempt from its beginning to its judgement."""
        text = self.weakest(code) if returned is not None or min(ranks) < MET else self.dice.randrange(2)
        handed_in = min(self.now, (judged if returned is None else returned) + self.dice.randint(1, PATIENT))
        self.begin(code, text=text, ago=min(self.now, handed_in + self.dice.randint(0, 3)))
        self.hand_in(code, ago=handed_in)
        if returned is not None:
            again = max(judged, returned - self.dice.randint(1, PATIENT))
            self.give_back(code, ago=returned)
            self.hand_in(code, ago=again, text=self.dice.randrange(2))
        for _turn in range(self.tasks[code].judges):
            self.judge(code, ago=judged, ranks=ranks)

    def begin(self, code: str, *, text: int, ago: int) -> None:
        """Begin an attempt."""
        self.acts.append(Begin(ago=ago, minute=self.evening(), task=code, text=text))
        self.now = ago

    def hand_in(self, code: str, *, ago: int, text: int | None = None) -> None:
        """Submit the attempt."""
        self.acts.append(HandIn(ago=ago, minute=self.evening(), task=code, text=text))
        self.now = ago

    def judge(self, code: str, *, ago: int, ranks: tuple[int, ...]) -> None:
        """Have the next assessor decide."""
        turn = self.next_turn(code)
        for competency in self.tasks[code].competencies:
            self.judged_by.setdefault(competency, set()).add(turn)
        self.acts.append(Judge(ago=ago, minute=self.morning(), task=code, ranks=ranks, turn=turn))
        self.now = ago

    def give_back(self, code: str, *, ago: int) -> None:
        """Have the next assessor return the attempt."""
        self.acts.append(Return(ago=ago, minute=self.morning(), task=code, turn=self.next_turn(code)))
        self.now = ago

    def next_turn(self, code: str) -> int:
        """The next assessor in turn, one who has not judged these competencies of this learner where there is one."""
        seen = set().union(*(self.judged_by.get(name, set()) for name in self.tasks[code].competencies))
        turns = [(self.turns + step) % ASSESSORS for step in range(ASSESSORS)]
        self.turns += 1
        return next((turn for turn in turns if turn not in seen), turns[0])

    def good(self, code: str, least: int) -> tuple[int, ...]:
        """Levels that are high enough, one for each competency."""
        ranks = (ABOVE if self.dice.random() < SHOWN_ABOVE else MET for _ in self.tasks[code].competencies)
        return tuple(max(rank, ABOVE if name in MASTERS else 0, least) for rank, name in self._named(code, ranks))

    def weak(self, code: str) -> tuple[int, ...]:
        """Levels of which at least the first is too low."""
        return (WEAK, *(self.dice.choice((WEAK, MET)) for _ in self.tasks[code].competencies[1:]))

    def weakest(self, code: str) -> int:
        """The number of the assessment's weakest text."""
        return len(self.tasks[code].texts) - 1

    def evening(self) -> int:
        """A minute of the day, after work."""
        return self.dice.randint(17 * 60, 22 * 60)

    def morning(self) -> int:
        """A minute of the day, in office hours."""
        return self.dice.randint(8 * 60, 16 * 60)

    def _named(self, code: str, ranks: Iterator[int]) -> Iterator[tuple[int, str]]:
        return zip(ranks, self.tasks[code].competencies, strict=True)


ASSESSORS = 5
MASTERS = frozenset({"ADC.T5"})  # asked for at the fourth level


def _portion(life: _Life) -> list[str]:
    """The first share of the assessments, the last one left to be told by the stage."""
    count = max(1, round(len(life.order) * life.person.share / 100))
    return list(life.order[:count])


def _not_started(life: _Life) -> None:
    life.enroll(started=life.person.begun > 0)


def _first_work(life: _Life) -> None:
    life.enroll()
    first, second = life.order[:2]
    life.attempt(first, judged=max(8, life.now - 9), ranks=life.good(first, 0))
    life.begin(second, text=0, ago=2)


def _under_way(life: _Life) -> None:
    life.enroll()
    done = _portion(life)
    life.work(done, until=9)
    following = life.order[len(done) :]
    if following:
        life.begin(following[0], text=0, ago=3)


def _waiting(life: _Life) -> None:
    life.enroll()
    *done, last = _portion(life)
    life.work(done, until=16)
    waits = life.dice.randint(1, 9)
    life.begin(last, text=life.dice.randrange(2), ago=waits + 3)
    life.hand_in(last, ago=waits)


def _returned(life: _Life) -> None:
    life.enroll()
    *done, last = _portion(life)
    life.work(done, until=15)
    life.begin(last, text=life.weakest(last), ago=11)
    life.hand_in(last, ago=9)
    life.give_back(last, ago=life.dice.randint(2, 6))


def _stuck(life: _Life) -> None:
    life.enroll()
    *done, last = _portion(life)
    life.work(done, until=110)
    for judged in (92, 70, 46):
        life.attempt(last, judged=judged, ranks=life.weak(last))


def _paused(life: _Life) -> None:
    life.enroll()
    life.work(_portion(life), until=66)
    life.acts.append(Happen(ago=58, minute=700, kind="pause", reason=life.dice.choice(("family", "health", "work"))))


def _withdrawn(life: _Life) -> None:
    life.enroll()
    ended = life.person.ended
    life.work(_portion(life), until=ended + 12)
    words = "Found work at the hospital and says that two things at once are one too many."
    life.acts.append(Happen(ago=ended, minute=690, kind="withdraw", reason="work", words=words))


def _readmitted(life: _Life) -> None:
    life.enroll()
    done = _portion(life)
    half = len(done) // 2
    life.work(done[:half], until=200)
    words = "Moves in with his mother for some months."
    life.acts.append(Happen(ago=190, minute=690, kind="withdraw", reason="family", words=words))
    life.acts.append(Happen(ago=92, minute=690, kind="readmit", reason="application"))
    life.now = 91
    life.work(done[half:], until=8)


def _one_piece_missing(life: _Life) -> None:
    life.enroll()
    before = [code for code in life.order if code != LAST_PIECE]
    handover = before.index("S3")
    life.work(before[:handover], until=life.now - 150)
    # At the first try the handover itself was weak, the feedback good: one piece for it, two for the feedback.
    life.attempt("S3", judged=life.now - 10, ranks=(WEAK, MET))
    life.attempt("S3", judged=life.now - 20, ranks=(MET, MET))
    life.work(before[handover + 1 :], until=12)
    _placement(life, 60)


def _finished(life: _Life) -> None:
    life.enroll()
    ended = life.person.ended
    life.work(life.order, until=ended)
    _placement(life, ended)


def _lapsed(life: _Life) -> None:
    life.enroll()
    life.work(EARLY_ALARMS, until=life.person.ended)
    # What was shown already brings the refresher on the first day; its three months are over before the demo opens.
    day = life.person.ended - 1
    life.acts.append(Enroll(ago=day, minute=620, program=REFRESHER, starts_ago=day))


def _placement(life: _Life, around: int) -> None:
    """What a diploma asks for besides competencies."""
    if life.person.program == "DADDC":
        life.acts += [
            Reach(ago=around + 70, minute=605, milestone="Placement", quantity=120),
            Reach(ago=around + 30, minute=605, milestone="Placement", quantity=120),
            Reach(ago=around - 5, minute=605, milestone="Final colloquium"),
        ]


STAGES = {
    "not_started": _not_started,
    "first_work": _first_work,
    "under_way": _under_way,
    "waiting": _waiting,
    "returned": _returned,
    "stuck": _stuck,
    "paused": _paused,
    "withdrawn": _withdrawn,
    "readmitted": _readmitted,
    "one_piece_missing": _one_piece_missing,
    "finished": _finished,
    "lapsed": _lapsed,
}


def _in_order(acts: Sequence[Act]) -> Iterator[Act]:
    """By day, and within a day as they were told: work is begun before it is handed in, whatever the hour drawn."""
    day, minute = -1, 0
    for act in sorted(acts, key=lambda act: -act.ago):
        minute = act.minute if act.ago != day else max(act.minute, minute + 1)
        day = act.ago
        yield replace(act, minute=minute)
