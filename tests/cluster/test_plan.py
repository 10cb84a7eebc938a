import pytest

from voice_coach.errors import SettingsError
from voice_coach_cluster.plan import demand_silence


@pytest.mark.parametrize("environment", [{}, {"RAY_USAGE_STATS_ENABLED": "1"}])
def test_a_cluster_that_would_report_its_use_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="set RAY_USAGE_STATS_ENABLED=0"):
        demand_silence(environment)


def test_a_silent_one_is_not() -> None:
    demand_silence({"RAY_USAGE_STATS_ENABLED": "0"})
