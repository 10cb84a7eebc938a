from voice_coach_client.headset.trouble import Counted


def test_it_is_said_once_until_it_has_been_quiet_for_a_while() -> None:
    lost = Counted("lost {count}")
    assert lost.sentence(0, 0.0) is None
    assert lost.sentence(2, 1.0) == "lost 2"
    assert lost.sentence(5, 20.0) is None
    assert lost.sentence(6, 45.0) is None
    assert lost.sentence(6, 70.0) is None
    assert lost.sentence(7, 80.0) == "lost 1"


def test_a_single_time_may_be_nothing_to_speak_of() -> None:
    late = Counted("late {count}", worth=3)
    assert late.sentence(1, 0.0) is None
    assert late.sentence(2, 1.0) is None
    assert late.sentence(3, 2.0) == "late 3"


def test_a_new_stream_counts_from_its_own_beginning() -> None:
    lost = Counted("lost {count}")
    assert lost.sentence(9, 0.0) == "lost 9"
    assert lost.sentence(0, 1.0) is None
    assert lost.sentence(1, 60.0) == "lost 1"
