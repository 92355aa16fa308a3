# What help2man cannot know of --help; for sed -z, which takes the page as one line.
# Of CLI11: a group of options is a section, and an option may have a short name, as in -c,--connections.
s/\n\.PP\n\[Option Group: ([^]]*)\]\n\.IP\n/\n.SS "\u\1:"\n/g
s/\nOptions:\n/\n/g
s/\\fR,(\\-\\-[a-z\\-]+)/\\fR, \\fB\1\\fR/g
# Of argparse: the usage begins with a small letter. An example has a line of its own.
s/\.SH DESCRIPTION\nusage: (\S+) ([^\n]*)\n/.SH SYNOPSIS\n.B \1\n\2\n.SH DESCRIPTION\n/
s/\n(tvl\\-results )/\n.br\n\1/g
