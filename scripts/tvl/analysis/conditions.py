"""The recorded conditions in which runs differ.

    runs = [conditions.recorded(environment.load(folder), points.load(folder)) for folder in folders]
    for line in conditions.differing(runs):
        print(line)                              compiler: Clang 19.1.7 / Clang 20.1.0

Everything in environment.json is a condition but what names the run, is derived from it, or changes by itself.
"""

from tvl.data import environment
from tvl.data.metrics import at

# Members that are no condition: what was asked and when, what a run found out, texts.
NO_CONDITIONS = ("schema", "created", "host", "command", "seed", "run", "resumed", "extra_passes",
                 "load_average_at_start", "claims", "workloads", "contestants", "bounds", "benchmark", "dirty",
                 "commit")
BY_ITSELF = ("MemAvailable", "fs.file-max", "memory", "stolen time")  # these change while a machine is idle
MACHINE = ("cpu_model", "cores", "kernel", "governor", "mitigations")  # where one differs, it is another machine
# Where one of these differs, a ratio of two runs says nothing about the commits.
COSTS = ("compiler", "compiler_flags", "build_type", "boost", "os", "limits", "host_state", "kernel_settings")
SAY_WHAT_THEY_ARE = ("limits", "host_state", "kernel_settings")  # the names inside; others need that of the member
LONGEST = 60


def recorded(environment_of_run, workloads):
    """environment.json with the TCP congestion control of the sockets, which each point records; {} stays {}."""
    if not environment_of_run:
        return {}
    found = [record for workload in workloads for record in workload.records]
    sides = {"of the generator": {at(record, "plan", "congestion_control") for record in found},
             "of servers": {record.get("congestion_control") for record in found}}
    known = {side: ", ".join(sorted(names - {None})) or None for side, names in sides.items()}
    return {**environment_of_run, "congestion control": known}


def facts(run):
    """{(member, name): text} of environment.json, as far as it is known. Limits are those by name where the run has
    these."""
    limits = run.get("limits") or {}
    found = {("commit", "commit"): commit(run)}
    for member, value in {**run, "limits": limits.get("by_name") or limits}.items():
        if member not in NO_CONDITIONS:
            inner = value.items() if isinstance(value, dict) else [(member, value)]
            found |= {(member, name): fact if fact is None else environment.text(name, fact)
                      for name, fact in inner if name not in BY_ITSELF}
    return {key: text for key, text in found.items() if text is not None}


def commit(run):
    return environment.commit(run) and environment.commit(run).removeprefix("commit ")


def differing(runs, members=None):
    """One line for each fact that differs between the runs, in their order; facts that a run did not record are not
    compared. members: only these of environment.json."""
    known = [facts(run) for run in runs]
    shared = [key for key in known[0]
              if all(key in found for found in known) and (members is None or key[0] in members)]
    return [f"{named(*key)}: {' / '.join(short(found[key]) for found in known)}" for key in shared
            if len({found[key] for found in known}) > 1]


def named(member, name):
    return name if name == member or member in SAY_WHAT_THEY_ARE else f"{member} {name}"


def not_recorded(runs):
    """The members that some runs recorded and others did not."""
    known = [facts(run) for run in runs]
    keys = dict.fromkeys(key for found in known for key in found)
    return list(dict.fromkeys(member for member, name in keys if not all((member, name) in found for found in known)))


def sentences(runs):
    """What a comparison of runs says first, a line each."""
    if not all(runs):
        return ["conditions are not recorded: a run has no environment.json"]
    lines = [f"conditions differ, {line}" for line in differing(runs)] or ["no recorded condition differs"]
    missing = not_recorded(runs)
    return lines + [f"conditions that not every run recorded: {', '.join(missing)}"] * bool(missing)


def short(text):
    return text if len(text) <= LONGEST else text[:LONGEST - 3] + "..."
