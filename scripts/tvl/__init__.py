"""What a run says: reads its points, judges, draws and writes. scripts/layers.toml has the order of the rooms."""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # of the project
INSTALLED = os.path.exists(os.path.join(ROOT, "version"))  # else these are its sources
