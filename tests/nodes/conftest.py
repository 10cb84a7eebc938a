"""Three nodes as processes, with real recognisers and voices. Needs the extra `cluster`."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from voice_coach.settings import Settings, StoreSettings

APPLICATION = "voice-coach"


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole server over two recognisers on two nodes; gives its address."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray  # noqa: PLC0415 - an extra
    from ray import serve  # noqa: PLC0415
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    from voice_coach_cluster.app import build  # noqa: PLC0415
    from voice_coach_cluster.plan import ClusterPlan  # noqa: PLC0415
    from voice_coach_server.listeners import listen  # noqa: PLC0415

    store: Path = tmp_path_factory.mktemp("store")
    memory = 100_000_000
    head = {"num_cpus": 2, "include_dashboard": False, "object_store_memory": memory}
    cluster: Any = Cluster(initialize_head=True, head_node_args=head)
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=2, resources={"ears": 1}, object_store_memory=memory)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        # Serve takes port 0 for no port at all.
        with listen("127.0.0.1", 0) as free:
            port = free.getsockname()[1]
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        settings = Settings(store=StoreSettings(folder=str(store)))
        plan = ClusterPlan(recognisers=2, recogniser_resource="ears")
        serve.run(build(settings, plan), name=APPLICATION)
        yield f"http://127.0.0.1:{port}/"
        serve.shutdown()
    finally:
        ray.shutdown()
        cluster.shutdown()
