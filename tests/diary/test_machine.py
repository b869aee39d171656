"""The diary against a simple model: 20 runs of 50 steps, the same ones each time.

`python -m drills machine` plays 200 random ones. A run that fails is printed as it was: making
one of fifty steps shorter takes minutes and says no more.
"""

import pytest
import time_machine
from flask import Flask
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.diary.machine import diary_in
from tests.diary.world import World
from tests.people import Cast

RUNS, STEPS = 20, 50


@pytest.mark.sqlite
def test_any_order_of_steps_keeps_every_rule_of_the_diary(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    machine = diary_in(World(app, cast, now))
    chosen = settings(max_examples=RUNS, stateful_step_count=STEPS, phases=[Phase.generate])
    run_state_machine_as_test(machine, settings=chosen)
