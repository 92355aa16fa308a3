"""An invented run of a reader's own 16 servers beside the twins, for charts and tables without measuring.

    cd scripts; python3 -m tvl.testing.synthetic_own /tmp/own; ./tvl-results plot /tmp/own
"""

import os
import sys

from tvl.testing.synthetic_points import ENVIRONMENT, point, write

# name: (model, CPU µs per request at 64 connections)
TWINS = {"asio_threads": ("threads", 6.2), "asio_loop": ("loop", 4.2)}
OWN = {
    "go_net_http": ("other", 8.4), "axum": ("other", 3.1), "actix": ("other", 2.8),
    "spring_boot_webflux": ("other", 22.0), "quarkus": ("other", 17.0), "django_gunicorn": ("other", 410.0),
    "fastapi_uvicorn": ("other", 150.0), "rails_puma": ("other", 380.0), "laravel_octane": ("other", 240.0),
    "node_express": ("other", 52.0), "bun": ("other", 19.0), "my_application_behind_haproxy": ("other", 11.0),
    "lighttpd": ("other", 4.9), "h2o": ("other", 4.0), "elixir_phoenix": ("actors", 31.0), "akka_http": ("actors", 27.0),
}
BEST = "actix"
ALL = {**TWINS, **OWN}
SIZES = (1, 64, 1000)
PANELS = ["throughput", "p99", "cpu", "memory"]


def own_point(workload, name, place, repetition, x, **more):
    model, cpu = ALL[name]
    growth = {1: 2.5, 64: 1.0, 1000: 1.2 + 0.05 * place}[x]
    cost = cpu * growth * (1 + 0.02 * (repetition - 1))
    return {**point(workload, name, x, repetition, position=place, model=model, cpu=cost, throughput=0.9e6 / cost,
                    p99=cost * (20 + 3 * x), voluntary=0.01 * cpu, pss=int((2 << 20) + cpu * 4e5), kernel=x << 12,
                    chart={"panels": PANELS}, **more),
            "title": f"{name.replace('_', ' ')}, version 1" if name in OWN else name}


def sweep(names=tuple(ALL)):
    return [own_point("connections", name, place, repetition, x) for x in SIZES for repetition in range(3)
            for place, name in enumerate(names)]


def one_size(names=tuple(ALL)):
    return [own_point("hello", name, place, repetition, 64) for repetition in range(3)
            for place, name in enumerate(names)]


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    write(sys.argv[1], sweep() + one_size(), {**ENVIRONMENT, "quick": False})
