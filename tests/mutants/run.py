"""See run.sh."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path.cwd()
LIST = ROOT / "tests/mutants/list.json"
# What notices most of them, tried first.
FIRST = "test(=oracle::sqlite) or package(guanxi-access) or package(guanxi-query)"
# The oracle against every door, field rights, scopes, and the tests of the mutated crates themselves.
TESTS = "test(/oracle|field_rights|rights|team_scope|doors|audit|sharing|preview|visibility/) or package(guanxi-access) or package(guanxi-query)"


def mutants():
    """The list; every entry must still apply, exactly once."""
    listed = json.loads(LIST.read_text("utf-8"))
    wrong = []
    for mutant in listed:
        path = ROOT / mutant["file"]
        count = path.read_text("utf-8").count(mutant["old"]) if path.exists() else 0
        if count != 1:
            wrong.append(f"{mutant['name']}: its text is in {mutant['file']} {count} times instead of once")
        if mutant["old"] == mutant["new"]:
            wrong.append(f"{mutant['name']}: it changes nothing")
    names = [mutant["name"] for mutant in listed]
    wrong += [f"{name}: there are two of this name" for name in sorted(set(names)) if names.count(name) > 1]
    if wrong:
        sys.exit("tests/mutants/list.json does not fit the code any more:\n  " + "\n  ".join(wrong))
    return listed


def copy(to):
    """What git knows or would add, and the built pages, which the server embeds."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], check=True, capture_output=True).stdout
    wanted = {Path(os.fsdecode(name)) for name in listed.split(b"\0") if name and (ROOT / os.fsdecode(name)).is_file()}
    wanted |= {path.relative_to(ROOT) for path in (ROOT / "web/dist").rglob("*") if path.is_file()}
    for path in (p for p in to.rglob("*") if p.is_file() and p.relative_to(to) not in wanted):
        path.unlink()
    for path in wanted:
        source, target = ROOT / path, to / path
        # The times of files that did not change stay: cargo builds only what did.
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def run(copied, cargo, environment, packages, tests, all_failures):
    """Runs the tests, till the first that fails unless all are asked for; gives the output and whether all passed."""
    how = "--no-fail-fast" if all_failures else "--fail-fast"
    command = [*cargo, "nextest", "run", "--no-tests=pass", *packages, how, "--failure-output", "never", "-E", tests]
    done = subprocess.run(command, cwd=copied, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout, done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--tests", default=TESTS)
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--all-failures", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    chosen = [mutant for mutant in mutants() if re.search(asked.only, mutant["name"])]
    if asked.check:
        print(f"{len(chosen)} mutants apply")
        return
    scratch = Path(os.environ.get("SCRATCH", ROOT / "target/mutants"))
    copied = scratch / "copy"
    copied.mkdir(parents=True, exist_ok=True)
    copy(copied)
    cargo = os.environ.get("CARGO", "cargo").split()
    # Without what a debugger needs, which a build after each change would spend half its time on.
    environment = {**os.environ, "CARGO_PROFILE_DEV_DEBUG": "none", "CARGO_TARGET_DIR": os.environ.get("MUTANTS_TARGET", str(scratch / "target"))}
    packages = [f"--package={package}" for package in asked.package] or ["--workspace"]
    output, sound = run(copied, cargo, environment, packages, asked.tests, True)
    if not sound:
        sys.exit("without any mutant the tests fail already:\n" + output[-4000:])
    lines = ["| mutant | file | verdict | caught by |", "| --- | --- | --- | --- |"]
    survived = 0
    for mutant in chosen:
        path = copied / mutant["file"]
        sound_text = path.read_text("utf-8")
        path.write_text(sound_text.replace(mutant["old"], mutant["new"]), "utf-8")
        began = time.time()
        try:
            passed = True
            for tests in [asked.tests] if asked.all_failures else [FIRST, asked.tests]:
                if passed:
                    output, passed = run(copied, cargo, environment, packages, tests, asked.all_failures)
        finally:
            path.write_text(sound_text, "utf-8")
        failed = sorted(set(re.findall(r"^\s+(?:FAIL|SIGABRT|TIMEOUT)\s+\[[^\]]*\]\s+(?:\([^)]*\)\s+)?(\S+ \S+)", output, re.M)))
        if not failed and not passed:
            sys.exit(f"{mutant['name']}: it does not build, so it shows nothing:\n{output[-4000:]}")
        survived += passed
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        caught = ", ".join(f"`{name}`" for name in failed[:3]) + more
        lines.append(f"| {mutant['name']} | `{mutant['file']}` | {'SURVIVED' if passed else 'caught'} | {caught} |")
        print(f"{lines[-1]} {time.time() - began:.0f} s", flush=True)
    table = "\n".join(lines) + "\n"
    (scratch / "mutants.md").write_text(table, "utf-8")
    print("\n" + table)
    if survived:
        sys.exit(f"{survived} of {len(chosen)} mutants survived")


main()
