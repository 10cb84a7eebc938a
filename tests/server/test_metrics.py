"""What a call moves on `/metrics`, and that nothing said can stand there."""

import asyncio
import re
import zipfile
from pathlib import Path

import httpx
import msgspec
import yaml
from prometheus_client.parser import text_string_to_metric_families
from server.conftest import WEB
from trainee import trainee
from websockets.asyncio.client import connect

from voice_coach.cli.health.bundle import write_bundle
from voice_coach.messages import PROTOCOL_VERSION, EndCall, Ended, Hello, Latency, Welcome, encode
from voice_coach.settings import Settings
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines
from voice_coach_server.metrics import Metrics

RULES = Path(__file__).parents[2] / "docs" / "how-to" / "voice_coach.rules.yml"
LABELS = {"kind", "reason", "stage", "code", "after", "le"}


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def told(server: Address) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{server.http_url}metrics")).text


async def test_a_call_moves_its_metrics(server: Address, tone: bytes) -> None:
    async with trainee(server.websocket_url) as person:
        await person.wait_for(Welcome)
        during = samples(await told(server))
        await person.silence(0.2)
        await person.speak(tone)
        await person.silence(1.5, realtime=True)
        await person.wait_for(Latency)
        await person.send(EndCall())
        await person.wait_for(Ended)
    after = samples(await told(server))
    assert during["voice_coach_sessions_active",] == during["voice_coach_connections_open",] == 1
    assert after["voice_coach_sessions_active",] == 0
    assert after["voice_coach_sessions_opened_total",] == 1
    for stage in ("final_text", "turn_decided", "reply_ready", "voice_to_voice"):
        assert after["voice_coach_turn_stage_seconds_count", stage] >= 1
    assert after["voice_coach_transcriptions_total", "final"] >= 1
    assert after["voice_coach_decode_seconds_count", "final"] >= 1
    assert after["voice_coach_decode_busy_seconds_total",] > 0
    assert after["voice_coach_event_loop_tasks",] >= 1
    assert after["voice_coach_threads",] >= 1
    assert after["voice_coach_store_free_bytes",] > 0
    for never in ("recogniser_hangs", "recognisers_opened", "voice_failures", "store_troubles"):
        assert after[f"voice_coach_{never}_total",] == 0


async def test_a_call_that_is_given_back_is_counted(server: Address) -> None:
    async with trainee(server.websocket_url) as person:
        session = (await person.wait_for(Welcome)).session
    hello = Hello(version=PROTOCOL_VERSION, resume=session)
    async with trainee(server.websocket_url, hello):
        assert samples(await told(server))["voice_coach_sessions_resumed_total", "connection"] == 1


async def test_a_refused_client_is_counted_by_code_and_its_words_stay_out(server: Address) -> None:
    async with connect(server.websocket_url) as socket:
        await socket.send(encode(Hello(version=PROTOCOL_VERSION, scenario="somebodys_secret")))
        await socket.recv()
    text = await told(server)
    assert samples(text)["voice_coach_connections_refused_total", "unknown-scenario"] == 1
    assert "secret" not in text


async def test_a_bundle_has_the_metrics_of_a_call_and_none_of_its_words(
    settings: Settings, engines: Engines, tone: bytes, tmp_path: Path
) -> None:
    async with running_server(settings, engines, WEB) as server, trainee(server.websocket_url) as person:
        session = (await person.wait_for(Welcome)).session
        await person.speak(tone)
        await person.silence(1.5, realtime=True)
        await person.wait_for(Latency)
        here = msgspec.structs.replace(
            settings, server=msgspec.structs.replace(settings.server, port=server.port)
        )
        await asyncio.to_thread(write_bundle, tmp_path / "report.zip", here, [])
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert samples(parts["metrics.txt"])["voice_coach_sessions_opened_total",] == 1
    everything = "".join(parts.values())
    for word in ("sounds like", "increase", session):
        assert word not in everything


def test_labels_are_a_few_codes() -> None:
    for metric in vars(Metrics()).values():
        assert set(getattr(metric, "_labelnames", ())) <= LABELS


def test_the_sample_alerts_ask_for_what_there_is() -> None:
    known = {sample.name for family in Metrics().registry.collect() for sample in family.samples} | {
        family.name for family in Metrics().registry.collect()
    }
    rules = [
        rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]
    ]
    assert len(rules) == len({rule["alert"] for rule in rules})
    for rule in rules:
        (name,) = re.findall(r"voice_coach_\w+", rule["expr"])
        assert {name, re.sub(r"_(total|bucket)$", "", name)} & known, rule["alert"]
        assert rule["annotations"]["summary"]
        assert rule["expr"].count("(") == rule["expr"].count(")")
