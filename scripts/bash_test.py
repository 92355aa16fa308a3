"""setup, run, test and lib.sh, as far as they can be tested without installing, building or measuring."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = ("setup", "run", "test", "package", "try-on", "testbed", "wire", "lib.sh")
OUTSIDERS = ("../servers/outsiders/apache.sh", "../servers/outsiders/nginx.sh")


def bash(command, **environment):
    return subprocess.run(["bash", "-c", command], cwd=HERE, capture_output=True, text=True,
                          env={**os.environ, **environment})


def packages(system, version, *flags):
    with tempfile.NamedTemporaryFile("w", suffix="-release") as file:
        file.write(f'ID={system}\nVERSION_ID="{version}"\n')
        file.flush()
        return bash(f"./setup {' '.join(flags)} --print {file.name}").stdout.split()


def programs(test, **bodies):
    """A folder of fake programs for the front of PATH."""
    temporary = tempfile.TemporaryDirectory()
    test.addCleanup(temporary.cleanup)
    for name, body in bodies.items():
        path = os.path.join(temporary.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/bash\n" + body)
        os.chmod(path, 0o755)
    return temporary.name


class Syntax(unittest.TestCase):
    def test_bash_reads_them(self):
        for name in (*SCRIPTS, "../.ci/run", *OUTSIDERS):
            self.assertEqual(bash(f"bash -n {name}").stderr, "", name)

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_shellcheck(self):
        self.assertEqual(bash(f"shellcheck -x {' '.join(SCRIPTS + OUTSIDERS)} ../.ci/run").stdout, "")

    def test_paths_in_configurations_may_have_a_blank(self):
        folder = os.path.join(HERE, "..", "servers", "outsiders")
        for name in os.listdir(folder):
            if name.endswith(".conf"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.assertEqual(re.findall(r"^[^\"\n]*[ ]\$\{(?:DIR|PIDFILE)\}.*", file.read(), re.MULTILINE), [], name)

    def test_help_tells_the_usage(self):
        for name in SCRIPTS[:-1]:
            done = bash(f"./{name} --help")
            self.assertEqual(done.returncode, 0, name)
            self.assertIn(f"  scripts/{name} ", done.stdout)


class Setup(unittest.TestCase):
    def test_boost_has_its_own_name_on_debian_12(self):
        old, new, ubuntu = packages("debian", 12), packages("debian", 13), packages("ubuntu", "24.04")
        self.assertIn("libboost1.81-dev", old)
        self.assertNotIn("libboost-dev", old)
        for names in (new, ubuntu):
            self.assertIn("libboost-dev", names)
            self.assertNotIn("libboost1.81-dev", names)
        self.assertEqual(set(old) - {"libboost1.81-dev", "libboost-context1.81-dev"},
                         set(new) - {"libboost-dev", "libboost-context-dev"})
        self.assertNotIn("python3-scipy", packages("debian", 12, "--tests"))  # would bring Boost 1.74

    def test_what_only_tests_need_comes_only_with_them(self):
        base, more = packages("debian", 13), packages("debian", 13, "--tests")
        self.assertEqual(more[:len(base)], base)
        self.assertEqual(set(more) - set(base),
                         {"libclang-rt-19-dev", "clang-format", "libbenchmark-tools", "python3-scipy", "linux-perf"})

    def test_profiles_need_perf(self):
        self.assertEqual(packages("debian", 12, "--why"), [*packages("debian", 12), "linux-perf"])
        self.assertIn("linux-tools-generic", packages("ubuntu", "24.04", "--why"))

    def test_a_quick_run_needs_no_service(self):
        base, quick = packages("debian", 13), packages("debian", 13, "--quick")
        self.assertEqual(set(base) - set(quick), {"redis-server", "postgresql"})
        self.assertLess(set(quick), set(base))

    def test_what_cmake_asks_for_is_there(self):
        for name in ("clang-19", "lld-19", "cmake", "ninja-build", "libbenchmark-dev", "libgtest-dev",
                     "libcli11-dev", "nlohmann-json3-dev", "libtomlplusplus-dev", "libcurl4-openssl-dev", "libssl-dev",
                     "libhiredis-dev", "libpq-dev", "zlib1g-dev", "python3-jinja2", "python3-matplotlib", "git",
                     "strace"):
            self.assertIn(name, packages("debian", 12))

    def test_a_browser_comes_only_when_asked_for(self):
        base = packages("debian", 12)
        browser = ["chromium", "chromium-driver", "python3-selenium"]
        self.assertFalse(set(browser) & set(base))
        self.assertEqual(packages("debian", 12, "--browser"), [*base, *browser])
        self.assertEqual(packages("debian", 12, "--browser", "--outsiders"),
                         [*packages("debian", 12, "--outsiders"), *browser])
        self.assertEqual(packages("ubuntu", "24.04", "--browser"), packages("ubuntu", "24.04"))

    def test_outsiders_come_only_when_asked_for(self):
        base, more = packages("debian", 12), packages("debian", 12, "--outsiders")
        self.assertEqual(more[:len(base)], base)
        self.assertIn("nginx", more[len(base):])
        self.assertNotIn("apache2", more)  # which is the service; apache2-bin is the program

    def test_open_mpi_comes_only_when_asked_for(self):
        base = packages("debian", 12)
        self.assertNotIn("openmpi-bin", base)
        self.assertEqual(packages("debian", 12, "--cluster"),
                         [*base, "openmpi-bin", "libopenmpi-dev", "iproute2", "iptables"])

    def test_so_does_what_packages_are_made_with(self):
        base = packages("debian", 12)
        self.assertNotIn("help2man", base)
        self.assertEqual(packages("debian", 12, "--packages"), [*base, "dpkg-dev", "file", "help2man", "libopenmpi-dev"])

    def test_a_test_bed_refuses_what_it_cannot_make(self):
        for words, complaint in (("up 0", "from 1 to 99, not '0'"), ("up 2 --wrong x", "unknown option --wrong"),
                                 ("on nowhere true", "no host nowhere"), ("sideways", "no action sideways")):
            folder = programs(self, id="echo 0\n", ip="exit 1\n")
            done = bash(f"./testbed {words}", PATH=f"{folder}:{os.environ['PATH']}", TVL_TESTBED="tvlnone")
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(complaint, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)

    def pretend(self, user, *flags, policy=None, **more):
        """A system where nothing is installed; returns what setup said and how it called apt-get."""
        folder = programs(self, **{"dpkg-query": "exit 1\n", "id": f"echo {user}\n", "sudo": "exit 1\n",
                                   "apt-cache": "exit 0\n", "update-rc.d": "exit 0\n",
                                   "apt-get": 'echo "$@" >>"$(dirname "$0")/calls"\n', **more})
        done = bash(f"./setup {' '.join(flags)} </dev/null", PATH=f"{folder}:{os.environ['PATH']}",
                    TVL_POLICY_RC_D=policy or f"{folder}/policy-rc.d")
        if not os.path.exists(f"{folder}/calls"):
            return done, ""
        with open(f"{folder}/calls", encoding="utf-8") as file:
            return done, file.read()

    def test_without_rights_it_prints_what_to_install(self):
        done, calls = self.pretend(user=1000)
        self.assertEqual((done.returncode, calls), (2, ""))
        self.assertRegex(done.stderr, r"^setup: .* as root: apt-get install --no-install-recommends [^\n]*cmake.*\n$")

    def test_root_installs_what_is_missing_without_removing_anything(self):
        done, calls = self.pretend(user=0)
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install = calls.splitlines()
        self.assertTrue(update.endswith(" update"))
        self.assertRegex(install, r" install --no-install-recommends --no-remove .*ninja-build.*python3-matplotlib")

    def test_sudo_is_used_where_it_asks_nothing(self):
        done, calls = self.pretend(user=1000, sudo='[ "$1" = -n ] && exit\nexec "$@"\n')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" install ", calls)

    def test_a_failed_installation_shows_its_reason(self):
        done, _ = self.pretend(user=0, **{"apt-get": "echo E: Unable to fetch something\nexit 100\n"})
        self.assertEqual(done.returncode, 2)
        self.assertIn("    E: Unable to fetch something\n", done.stderr)

    def test_installing_starts_no_service(self):
        tell = 'cd "$(dirname "$0")"; echo "$(./policy-rc.d >/dev/null 2>&1; echo $?) $(basename "$0") $@" >>calls\n'
        done, calls = self.pretend(0, "--outsiders", **{"update-rc.d": tell, "apt-get": tell})
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install, *disable = calls.splitlines()
        self.assertRegex(update, "^127 apt-get .* update$")
        self.assertRegex(install, "^101 apt-get .* nginx ")
        names = ["nginx", "redis-server", "postgresql"]
        self.assertEqual(disable, [f"127 update-rc.d {name} disable" for name in names])
        self.assertIn("the services of nginx redis-server postgresql will be neither started nor enabled", done.stdout)
        _, _, *disable = self.pretend(0, **{"update-rc.d": tell, "apt-get": tell})[1].splitlines()
        self.assertEqual(disable, [f"127 update-rc.d {name} disable" for name in names[1:]])

    def test_a_failed_installation_leaves_services_as_they_were(self):
        with tempfile.TemporaryDirectory() as folder:
            policy = f"{folder}/policy-rc.d"
            apt_get = f'[[ "$*" != *" install "* ]] && exit\n[ -x {policy} ] && echo it was there\nexit 100\n'
            done, _ = self.pretend(0, "--outsiders", policy=policy, **{"apt-get": apt_get})
            self.assertEqual(done.returncode, 2)
            self.assertIn("it was there", done.stderr)
            self.assertFalse(os.path.exists(policy))

    def test_a_policy_that_was_there_stays(self):
        policy = "exit 7\n"
        tell = 'cd "$(dirname "$0")"; echo "$(./policy-rc.d; echo $?) $1" >>calls\n'
        done, calls = self.pretend(0, "--outsiders", **{"policy-rc.d": policy, "update-rc.d": tell})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(calls.splitlines()[-1], "7 postgresql")

    def test_nothing_is_asked_of_apt_when_nothing_is_missing(self):
        dpkg_query = '[ "${@: -1}" = libboost1.74-dev ] || printf "installed %s\\n" "${@:4}"\n'
        done, calls = self.pretend(user=1000, **{"dpkg-query": dpkg_query})
        self.assertEqual((done.returncode, calls), (0, ""), done.stderr)
        self.assertIn("nothing to install", done.stdout)

    def test_debians_other_boost_is_not_removed_silently(self):
        with open("/etc/os-release", encoding="utf-8") as file:
            if 'VERSION_ID="12"' not in file.read():
                self.skipTest("only Debian 12 has two Boosts")
        done, calls = self.pretend(user=0, **{"dpkg-query": 'printf "installed %s\\n" "${@:4}"\n'})
        self.assertEqual((done.returncode, calls), (2, ""))
        self.assertIn("libboost1.74-dev is installed and conflicts with libboost1.81-dev", done.stderr)

    def test_unknown_flags_are_refused(self):
        for command in ("./setup --frobnicate", "./test frobnicate"):
            done = bash(command)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, r"^\w+: unknown \w+ -?-?frobnicate, try --help\n$")


class Test(unittest.TestCase):
    """A ctest of which two tests fail, when other tests run at the same time."""

    CTEST = """if [[ $* = *--rerun-failed* ]]; then
  echo '1/2 Test #3: late ...   Passed    1.00 sec'
  echo '50% tests passed, 1 tests failed out of 2'
else
  echo '4/9 Test #9: absent ...***Skipped   1.00 sec'
  echo "$SAID"
  echo '78% tests passed, 2 tests failed out of 9'
fi
exit 8
"""

    def said(self, text):
        folder = programs(self, ctest=self.CTEST, cmake="")
        done = bash("./test dev", PATH=f"{folder}:{os.environ['PATH']}", SAID=text)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stdout

    def test_what_failed_runs_again_alone_and_is_named(self):
        said = self.said("expected 1, got 2")
        self.assertIn("late: failed beside others, passed alone\n", said)
        self.assertTrue(said.endswith("1 skipped\n7 passed, 1 failed\n"), said)

    def test_what_a_sanitizer_found_counts_at_once(self):
        for text in ("WARNING: ThreadSanitizer: data race", "a.cpp:1:2: runtime error: shift"):
            said = self.said(text)
            self.assertNotIn("passed alone", said)
            self.assertTrue(said.endswith("1 skipped\n6 passed, 2 failed\n"), said)


class Library(unittest.TestCase):
    def test_a_python_without_matplotlib_first_on_path_is_passed_over(self):
        folder = programs(self, python3="exit 1\n")
        done = bash(". ./lib.sh; find_python", PATH=f"{folder}:{os.environ['PATH']}")
        self.assertEqual(done.stdout, "/usr/bin/python3\n")

    def test_without_any_matplotlib_the_report_is_written_all_the_same(self):
        done = bash(". ./lib.sh; find_python() { [ \"$*\" = jinja2 ]; }; step() { echo \"${@:3}\"; }; root=R; draw F")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^\S+ no python3 here has matplotlib: .*\nR/scripts/tvl-results report F\n$")
        done = bash(". ./lib.sh; find_python() { return 1; }; draw F")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "no python3 here has jinja2.*: run scripts/setup\n$")

    def test_an_old_compiler_is_no_compiler(self):
        version = 'if [ "$1" = -dumpversion ]; then echo %s; else echo "%s"; fi\n'
        for number, banner, accepted in ((12, "g++ (Debian) 12.2", False), (13, "g++ (Debian) 13.2", True),
                                         ("18.1.3", "Ubuntu clang version 18.1.3", False),
                                         ("19.1.7", "Debian clang version 19.1.7", True)):
            folder = programs(self, mine=version % (number, banner))
            done = bash(". ./lib.sh; find_compiler", CXX="mine", PATH=f"{folder}:{os.environ['PATH']}")
            self.assertEqual(done.stdout, "mine\n" if accepted else "", banner)

    def test_a_step_shows_why_it_failed(self):
        done = bash(". ./lib.sh; step 'doing it' bash -c 'echo the reason; exit 3'; echo not reached")
        self.assertEqual(done.returncode, 2)
        self.assertIn("doing it ... FAILED", done.stdout)
        self.assertIn("    the reason\n", done.stderr)
        self.assertIn("doing it failed (exit code 3", done.stderr)
        self.assertNotIn("not reached", done.stdout)

    def test_long_work_says_how_far_it_is(self):
        slow = "for i in 1 2 3; do echo \"[$i/3] piece\"; sleep 0.6; done"
        done = bash(f". ./lib.sh; step_by_step 'doing it' bash -c '{slow}'", TVL_PROGRESS_S="1")
        self.assertRegex(done.stdout, r"^\S+ doing it \.\.\. \n\S+ doing it \.\.\. \[[23]/3\] (\n.*)?\d s\n$")
        done = bash(". ./lib.sh; step_by_step 'doing it' bash -c 'echo [1/2] piece; echo the reason; exit 3'")
        self.assertEqual(done.returncode, 2)
        self.assertIn("    the reason\n", done.stderr)
        self.assertIn("doing it failed (exit code 3 of: bash -c ", done.stderr)

    def test_a_step_that_works_is_one_line(self):
        done = bash(". ./lib.sh; step 'doing it' echo noise")
        self.assertRegex(done.stdout, r"^\d\d:\d\d:\d\d doing it \.\.\. \d+ s\n$")


if __name__ == "__main__":
    unittest.main()
