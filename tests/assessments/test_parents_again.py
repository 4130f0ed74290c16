"""Another policy of a child decides its parents again: no evidence was added, but what decides them has changed."""

from collections.abc import Callable

from accounts.models import Learner, User
from assessments.integrity import problems
from assessments.mastery.actions.policies import assign_policy, end_assignment, make_policy
from assessments.mastery.actions.recomputing import track
from assessments.models import Mastery, PolicyAssignment
from assessments.tasks import decide_parents_again, decide_parents_of_learner
from competencies.models import Competency, Framework, ProficiencyScale
from core.jobs.models import Job
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, new_competency, policy_json, put_below, show

JOBS: dict[str, Callable[..., None]] = {
    "assessments.decide_parents_again": decide_parents_again,
    "assessments.decide_parents_of_learner": decide_parents_of_learner,
}


def run_promised() -> list[str]:
    """Run what was promised of these kinds, and what that promises; return the names."""
    done: list[str] = []
    for name, handler in JOBS.items():
        for row in Job.objects.filter(name=name).order_by("pk"):
            handler(*row.args)
            done.append(name.partition(".")[2])
        Job.objects.filter(name=name).delete()
    return done


def test_another_policy_of_a_child_and_its_end_decide_the_parent_again(
    ada: Learner, grace: Learner, knead: Competency, bake: Competency, baking: Framework, craft: ProficiencyScale,
    assessor: User,
) -> None:  # fmt: skip
    bread, other = new_competency(baking, "bread", craft), new_competency(baking, "other", craft)
    put_below(bread, knead, bake)
    every_part = {"method": "all@1", "scale": str(craft.public_id)}
    row = track(ada, competency=bread, policy_version=make_policy("All", definition=every_part, by=None, at=MONDAY))
    show(grace, knead, 3, by=assessor, at=MONDAY)  # nothing of hers is decided from children
    for child in (knead, bake):
        show(ada, child, 3, by=assessor, at=TUESDAY)
    strict = make_policy("Strict", definition=policy_json(craft, 4), by=None, at=MONDAY)

    def state_after(place: dict[str, Competency | Framework], *, ending: bool) -> tuple[str, list[str]]:
        if ending:
            end_assignment(PolicyAssignment.objects.get(policy_version=strict, ended_at=None, **place), at=FRIDAY)
        else:
            assign_policy(strict, at=TUESDAY, **place)  # type: ignore[arg-type]
        done = run_promised()
        assert list(problems()) == []
        return Mastery.objects.get(pk=row.pk).state, done

    concerned = ["decide_parents_again", "decide_parents_of_learner"]
    run_promised()
    assert Mastery.objects.get(pk=row.pk).state == "mastered"
    places: list[dict[str, Competency | Framework]] = [{"competency": knead}, {"framework": baking}]
    for place in places:
        assert state_after(place, ending=False) == ("below", concerned)
        assert state_after(place, ending=True) == ("mastered", concerned)
    assert state_after({"competency": other}, ending=False) == ("mastered", concerned[:1])
