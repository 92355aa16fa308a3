"""Settings beyond the manifest's command line."""

import os
import resource

chdir = os.path.dirname(os.path.abspath(__file__))
worker_class = "gthread"
worker_connections = 65536  # an idle connection waits in an epoll set without a thread
backlog = 65535
keepalive = 600
timeout = 600
graceful_timeout = 5
loglevel = "warning"
worker_tmp_dir = "/dev/shm"  # as its documentation advises: a worker touches a file there every second

_most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _most))
