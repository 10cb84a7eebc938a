"""Puts the deployments together, for `serve run` and for a Serve config file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
from ray import serve

from voice_coach.errors import SettingsError
from voice_coach.settings import Settings, load_settings
from voice_coach.speech.transcriber import Transcriber
from voice_coach_cluster.deployments import Front, Recogniser, Speaker, waiting_limit
from voice_coach_cluster.plan import ClusterPlan, demand_silence

__all__ = ["application", "build", "recogniser_deployment", "voice_deployment"]

_HEALTH_SECONDS = 2.0


def application(arguments: dict[str, str]) -> Any:  # noqa: ANN401 - Ray's Application
    """Build from words, as `serve run voice_coach_cluster.app:application recognisers=2` gives them.

    Args:
        arguments: Fields of `ClusterPlan`, and `settings`, a settings file that every node has.

    Raises:
        SettingsError: A word or a number that is not known.
    """
    words = dict(arguments)
    file = words.pop("settings", None)
    try:
        plan = msgspec.convert(words, ClusterPlan, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"The cluster cannot be planned so: {error}.") from error
    return build(load_settings(Path(file) if file else None), plan)


def build(settings: Settings, plan: ClusterPlan) -> Any:  # noqa: ANN401 - Ray's Application
    """Build fronts over recognisers and voices; `serve.run` runs it.

    Args:
        settings: Of every replica. `ears.workers` is how many decodes one front has asked for at a time,
            and how many one recogniser does at a time.
        plan: How many of each.

    Raises:
        SettingsError: Ray would report its use to its makers.
    """
    demand_silence(os.environ)
    front = serve.deployment(
        name="front",
        num_replicas=plan.fronts,
        # A call is one request that lasts as long as the call.
        max_ongoing_requests=settings.server.sessions_limit * 4,
        ray_actor_options={"num_cpus": plan.front_cpus},
        graceful_shutdown_timeout_s=10,
    )(serve.ingress()(Front))
    return front.bind(settings, recogniser_deployment(settings, plan), voice_deployment(settings, plan))


def recogniser_deployment(settings: Settings, plan: ClusterPlan) -> Any:  # noqa: ANN401 - bound
    """Recognisers by themselves."""
    workers = settings.ears.workers
    options: dict[str, Any] = {"num_cpus": plan.recogniser_cpus}
    if plan.recogniser_resource:
        options["resources"] = {plan.recogniser_resource: 1}
    many: dict[str, Any] = {"num_replicas": plan.recognisers}
    if plan.most_recognisers > plan.recognisers:
        many = {
            "autoscaling_config": {
                "min_replicas": plan.recognisers,
                "max_replicas": plan.most_recognisers,
                # Finals never wait long while no recogniser has more than it can do at once.
                "target_ongoing_requests": workers,
                "upscale_delay_s": 5,
                "downscale_delay_s": 300,
            }
        }
    recogniser = serve.deployment(
        name="recogniser",
        max_ongoing_requests=waiting_limit(workers),
        ray_actor_options=options,
        health_check_period_s=_HEALTH_SECONDS,
        graceful_shutdown_timeout_s=30,
        **many,
    )(Recogniser)
    return recogniser.bind(settings, open_transcriber)


def voice_deployment(settings: Settings, plan: ClusterPlan) -> Any:  # noqa: ANN401 - bound
    """Voices by themselves."""
    speaker = serve.deployment(
        name="voice",
        num_replicas=plan.voices,
        max_ongoing_requests=4,
        ray_actor_options={"num_cpus": plan.voice_cpus},
        health_check_period_s=_HEALTH_SECONDS,
    )(Speaker)
    return speaker.bind(settings)


def open_transcriber(settings: Settings) -> Transcriber:
    """Load the model on a recogniser's node."""
    from voice_coach.speech.whisper import open_whisper  # noqa: PLC0415 - in the replica only

    return open_whisper(settings.ears)
