"""Write the snapshots of all messages anew."""

from tests.errors import FOLDER, STAGES, snapshot

for stage in STAGES:
    (FOLDER / f"{stage}.txt").write_text(snapshot(stage), encoding="utf-8")
