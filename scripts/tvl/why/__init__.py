"""Where the CPU time of a request goes: the profiles of a run, by class of cost."""
