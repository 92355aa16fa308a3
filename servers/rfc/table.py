"""Writes README.md here: plays every rule against asio_loop, httplib_pool and nginx.

    servers/rfc/table.py build/bin

Exit code: 0 written; 1 a program is missing.
"""

import argparse
import os
import sys

import page
import rules
import servers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", metavar="FOLDER", help="folder of the programs: build/bin")
    folder = parser.parse_args().programs
    commands = {"ours": [os.path.join(folder, "asio_loop")],
                "httplib_pool": [os.path.join(folder, "httplib_pool")], "nginx": ["nginx"]}
    missing = [words[0] for name, words in commands.items() if name != "nginx" and not os.path.exists(words[0])]
    if missing or not servers.has_nginx():
        sys.exit(f"missing: {', '.join(missing) or 'nginx'}")
    found = rules.load()
    answers = {name: servers.answers_of(found, words) for name, words in commands.items()}
    with open(os.path.join(rules.HERE, "README.md"), "w", encoding="utf-8") as file:
        file.write(page.written(found, answers))


main()
