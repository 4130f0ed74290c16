"""Wake-ups as files: whole or not at all, once, and nothing left behind."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from core.jobs.broker import Channel, Transport, remove_leftovers


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    folder = str(tmp_path / "broker")
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
    with Connection("filesystem://localhost", transport=Transport, transport_options=options) as connection:
        made = connection.channel()
        assert isinstance(made, Channel)
        yield made


def test_messages_come_back_once_in_order_and_by_queue(channel: Channel) -> None:
    for number in range(3):
        channel._put("now", {"number": number})
    channel._put("bulk", {"number": 9})

    taken = [channel._get("now")["number"] for _ in range(3)]

    assert (taken, channel._size("now"), channel._size("bulk")) == ([0, 1, 2], 0, 1)
    with pytest.raises(Empty):
        channel._get("now")


def test_nothing_stays_in_the_folder_and_nobody_else_may_look(channel: Channel) -> None:
    channel._put("now", {})
    channel._get("now")

    assert list(channel.folder.iterdir()) == []
    assert channel.folder.stat().st_mode & 0o777 == 0o700


def test_a_message_of_a_killed_sender_is_not_taken(channel: Channel) -> None:
    (channel.folder / "1_killed.new").write_text('{"half')

    with pytest.raises(Empty):
        channel._get("now")


def test_two_takers_never_get_the_same_message(channel: Channel) -> None:
    for number in range(200):
        channel._put("now", {"number": number})
    taken: list[int] = []

    def take_all() -> None:
        while True:
            try:
                taken.append(channel._get("now")["number"])
            except Empty:
                return

    takers = [threading.Thread(target=take_all) for _ in range(4)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()

    assert sorted(taken) == list(range(200))


def test_purging_counts_what_it_removed(channel: Channel) -> None:
    for lane in ("now", "now", "bulk"):
        channel._put(lane, {})

    assert (channel._purge("now"), channel._size("now"), channel._size("bulk")) == (2, 0, 1)


def test_old_leftovers_are_removed(channel: Channel) -> None:
    old, young = channel.folder / "1_killed.4711", channel.folder / "2_young.now.msg"
    for file in (old, young):
        file.write_text("{}")
    os.utime(old, (0, 0))

    remove_leftovers(channel.folder, older_than=timedelta(days=1))

    assert list(channel.folder.iterdir()) == [young]
