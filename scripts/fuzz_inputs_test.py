import glob
import os
import tempfile
import unittest

import fuzz_inputs
import fuzz_runs


class Format(unittest.TestCase):
    def read(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".inputs", encoding="ascii") as file:
            file.write(text)
            file.flush()
            return fuzz_inputs.read(file.name)

    def test_escapes_are_those_of_bytes(self):
        inputs = self.read("# a comment\nword GET\\x20\ninput 0a\\r\\n\\xff\\\\ 'b'\n")
        self.assertEqual((inputs.words, inputs.inputs), ([b"GET "], [b"0a\r\n\xff\\ 'b'"]))

    def test_what_is_written_is_read(self):
        text = "# a comment\nword GET\\x20\ninput 0a\\r\\n\\xff\\\\ 'b'\ninput\n"
        self.assertEqual(self.read(text).text(), text)

    def test_every_byte_is_written_as_it_is_read(self):
        every = bytes(range(256))
        self.assertEqual(fuzz_inputs.decoded(fuzz_inputs.encoded(every)), every)

    def test_a_wrong_line_is_named(self):
        for text in ("word a\nwords b\n", "input a\ninput \\xg0\n"):
            with self.assertRaisesRegex(ValueError, r"\.inputs:2: "):
                self.read(text)

    def test_dictionary_and_corpus_are_libfuzzers(self):
        with tempfile.TemporaryDirectory() as folder:
            inputs = self.read('word a"\\n\ninput b\ninput ccc\n')
            inputs.write_dictionary(f"{folder}/words.dict")
            inputs.write_corpus(f"{folder}/corpus")
            with open(f"{folder}/words.dict", encoding="ascii") as file:
                self.assertEqual(file.read(), '"\\x61\\x22\\x0a"\n')
            self.assertEqual(fuzz_inputs.corpus(f"{folder}/corpus"), [b"b", b"ccc"])


class Targets(unittest.TestCase):
    def test_each_has_inputs_and_words(self):
        sources = fuzz_runs.sources()
        self.assertGreater(len(sources), 6)
        for name, path in sources.items():
            with self.subTest(name):
                inputs = fuzz_inputs.read(path.removesuffix(".cpp") + ".inputs")
                self.assertTrue(inputs.inputs and inputs.words)

    def test_no_inputs_without_a_target(self):
        for path in glob.glob(f"{fuzz_runs.ROOT}/[bcs]*/**/*_fuzz.inputs", recursive=True):
            self.assertTrue(os.path.exists(path.removesuffix(".inputs") + ".cpp"), path)


class Results(unittest.TestCase):
    class Named:
        name, kept = "session", os.path.dirname(__file__)

    def result(self, code, output):
        return fuzz_runs.Result(self.Named, code, output)

    def test_figures_are_the_programs_own(self):
        found = self.result(0, "#2 INITED cov: 7 ft: 9\n#8 DONE   cov: 12 ft: 20\nstat::number_of_executed_units: 345\n")
        self.assertEqual((found.executions, found.coverage, found.fault), (345, 12, None))
        self.assertEqual(found.line(), "session                       345        12  nothing found")

    def test_a_fault_is_told_in_one_line_with_its_input(self):
        found = self.result(77, "a.cpp:3: broken rule: it ends\nSUMMARY: libFuzzer: deadly signal\n"
                                "artifact_prefix='x/'; Test unit written to x/crash-1\n")
        self.assertEqual((found.fault, found.artifact), ("broken rule: it ends", "x/crash-1"))

    def test_a_fault_without_words_has_its_exit_code(self):
        self.assertEqual(self.result(1, "").fault, "exit code 1")

    def test_exit_codes(self):
        good, bad, stopped = self.result(0, ""), self.result(1, ""), self.result(72, "")
        self.assertEqual([fuzz_runs.exit_code(r) for r in ([good], [good, bad], [good, stopped])], [0, 1, 130])

    def test_an_unknown_target_is_refused(self):
        self.assertEqual(fuzz_runs.main(["--programs", "x", "no_such"]), 2)


if __name__ == "__main__":
    unittest.main()
