"""
Slow start and push backoff.
"""

from localcloud.pubsub.push.window import Window


def test_the_window_doubles_with_every_round_and_has_an_end() -> None:
    window = Window()
    sizes = []
    for _ in range(10):
        sizes.append(window.size)
        for _ in range(window.size):
            window.succeeded()

    assert sizes[:7] == [1, 2, 4, 8, 16, 32, 64]
    assert sizes[-1] == 100


def test_a_failure_halves_it_and_one_always_goes() -> None:
    window = Window()
    for _ in range(7):
        window.succeeded()
    sizes = []
    for second in range(5):
        window.failed(second * 100)
        sizes.append(window.size)

    assert sizes == [4, 2, 1, 1, 1]


def test_an_endpoint_that_goes_on_failing_is_left_in_peace_for_longer() -> None:
    window, now, rests = Window(), 0.0, []
    for _ in range(12):
        window.failed(now)
        rests.append(round(window.closed_until - now, 3))
        now = window.closed_until

    assert rests[:4] == [0.1, 0.2, 0.4, 0.8]
    assert rests[-1] == 60


def test_what_fails_together_counts_once() -> None:
    window = Window()
    for _ in range(50):
        window.failed(0.0)
    assert window.closed_until == 0.1


def test_a_success_opens_it_at_once_and_starts_the_backoff_anew() -> None:
    window = Window()
    for moment in (0.0, 1.0, 2.0):
        window.failed(moment)
    window.succeeded()
    assert window.closed_until == 0.0

    window.failed(5.0)
    assert round(window.closed_until, 3) == 5.1
