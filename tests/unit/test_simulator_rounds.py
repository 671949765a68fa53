"""The demo's nurses score: the station's lists have somebody, most beds have no score, and nothing is refused."""

from datetime import timedelta

from adt_feed.simulator.history import Stage
from flow.domain.acuity import Level
from flow.views.page import Chrome
from flow.views.step_lists import Lying, step_page
from tests.unit.test_simulator import PLAN, UNTIL, model_on, play, pseudonym


def test_the_station_has_somebody_on_both_lists() -> None:
    start = UNTIL - timedelta(days=2)
    stage = Stage(PLAN, start, pseudonym)
    model = model_on(stage, start)
    model.fill()
    played = play(model, stage, UNTIL)
    assert played.refused == 0
    hospital = stage.hospital
    scored = [bed for bed in hospital.beds.values() if bed.acuity is not None]
    assert {bed.acuity.level for bed in scored if bed.acuity is not None} == set(Level)
    assert len(scored) < 0.4 * sum(bed.visit is not None for bed in hospital.beds.values())
    lying = {bed.visit: Lying(hospital.visits[bed.visit].patient, None, True) for bed in scored if bed.visit is not None}
    page = step_page(Chrome("Step up", "Test"), PLAN, hospital.beds, hospital.requests.values(), lying, UNTIL)
    assert 1 <= len(page.up) <= 25 and 1 <= len(page.down) <= 40, (len(page.up), len(page.down))
    assert any(row.types for row in page.up) and any(row.types for row in page.down)
