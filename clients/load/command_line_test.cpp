#include "clients/load/command_line.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

const std::string http = "http://127.0.0.1:8080/ ", ws = "ws://127.0.0.1:8080/ws/echo ",
                  search = http + "--slo p99=10ms ", room = "ws://127.0.0.1:8080/ws/room --room --rate 50 ";

command read(const std::string& words) {
  std::vector<std::string> all = {"tvl-load"};
  std::istringstream text(words);
  for (std::string word; text >> word;) all.push_back(word);
  std::vector<char*> argv;
  for (auto& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_command_line(static_cast<int>(all.size()), argv.data());
}

std::string refusal(const std::string& words) {
  try {
    read(words);
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "none";
}

TEST(CommandLine, TakesUnits) {
  const auto p = read(http +
                      "-c 1k -r 2.5k -d 2m --warmup 500ms --ramp 1s --timeout 1h --idle 2K --drip 20ms "
                      "--slow-readers 3 --storm 30s --steps 10s:4k,1m:500 --trace 10ms --json -")
                     .plan;
  EXPECT_EQ(p.connections, 1000);
  EXPECT_EQ(p.rate, 2500);
  EXPECT_EQ(p.seconds, 120);
  EXPECT_EQ(p.warmup_s, 0.5);
  EXPECT_EQ(p.ramp_s, 1);
  EXPECT_EQ(p.timeout_s, 3600);
  EXPECT_EQ(p.crowd.idle, 2000);
  EXPECT_EQ(p.crowd.drip_s, 0.02);
  EXPECT_EQ(p.storm_s, 30);
  EXPECT_EQ(p.trace_s, 0.01);
  ASSERT_EQ(p.steps.size(), 2u);
  EXPECT_EQ(p.steps[0].at_s, 10);
  EXPECT_EQ(p.steps[0].rate, 4000);
  EXPECT_EQ(p.steps[1].at_s, 60);
  EXPECT_EQ(read(http + "-n 2M --requests-per-connection 1k --think 5ms").plan.requests, 2'000'000u);
  EXPECT_EQ(read(http + "-r 1 --late 2s:4k").plan.late->connections, 4000);
  const auto found = read(search + "--find rate --lowest 1k --highest 1M");
  EXPECT_EQ(found.lowest, 1e3);
  EXPECT_EQ(found.highest, 1e6);
}

TEST(CommandLine, ABareNumberIsInSecondsAndExact) {
  const auto p = read(http + "-d 0.05 --warmup 1234567ms --timeout 10").plan;
  EXPECT_EQ(p.seconds, 0.05);
  EXPECT_EQ(p.warmup_s, 1234.567);
  EXPECT_EQ(p.timeout_s, 10);
}

TEST(CommandLine, AWrongUnitIsOneLine) {
  EXPECT_EQ(refusal(http + "-d 10x"),
            "--seconds: '10x' is not a duration above 0, such as 500ms, 10s, 2m or 1h; a bare number is seconds");
  EXPECT_EQ(refusal(http + "-c 1m"), "--connections: '1m' is not a whole number above 0, such as 500, 10k or 2M");
  EXPECT_EQ(refusal(http + "-r 10s"), "--rate: '10s' is not a number from 0 on, such as 500, 10k or 2M");
  EXPECT_EQ(refusal(http + "-r 5 --steps 2x:5"), "--steps: '2x:5' is not TIME:NUMBER, such as 2s:8k");
  EXPECT_EQ(refusal(http + "-r 5 --late 2:1.5"), "--late: '2:1.5' is not one TIME:CONNECTIONS, such as 2s:4k");
  for (const auto* wrong : {"-d 0", "-c 0", "-c 1.5", "-c 2G", "--warmup -1", "--threads nan", "-n 1e99"}) {
    const auto said = refusal(http + wrong);
    EXPECT_NE(said.find("' is not a "), std::string::npos) << wrong << ": " << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
  }
}

TEST(CommandLine, AnOptionWithoutEffectIsRefused) {
  for (const auto& [words, option] : std::vector<std::pair<std::string, std::string>>{
           {room + "--hgrm x", "--hgrm"},
           {room + "--strict", "--strict"},
           {room + "-X POST", "--method"},
           {room + "--body x", "--body"},
           {room + "--mix 1:/a", "--mix"},
           {room + "--expect-status 200", "--expect-status"},
           {room + "--expect-body x", "--expect-body"},
           {room + "--idle 5", "--idle"},
           {room + "--ramp 1", "--ramp"},
           {room + "--processes 2", "--processes"},
           {room + "-t 2", "--threads"},
           {room + "--trace 1 --json -", "--trace"},
           {room + "--find rate --slo p99=1ms", "--find"},
           {search + "--find rate --hgrm x", "--hgrm"},
           {search + "--find rate --strict", "--strict"},
           {search + "--find rate --rate 5", "--rate"},
           {search + "--find rate --requests 5", "--requests"},
           {search + "--find rate --steps 1:5", "--steps"},
           {search + "--find connections -c 5", "--connections"},
           {search + "--find connections --arrivals constant", "--arrivals"},
           {http + "--slo p99=1ms", "--slo"},
           {http + "--lowest 5", "--lowest"},
           {http + "--arrivals poisson", "--arrivals"},
           {http + "--seed 5", "--seed"},
           {http + "--steps 1:5", "--steps"},
           {http + "--drip 1", "--drip"},
           {http + "--server-cores 2", "--server-cores"},
           {http + "-r 5 -n 5", "--requests"},
           {http + "-r 5 --think 1", "--think"},
           {http + "--probe load1", "--probe"},
           {http + "--hosts load1 --probe-rate 5", "--probe-rate"},
           {search + "--find rate --hosts load1 --probe load2", "--probe"},
           {ws + "--mix 1:/a", "--mix"},
           {ws + "-X POST", "--method"},
           {ws + "--expect-status 200", "--expect-status"}}) {
    const auto said = refusal(words);
    EXPECT_TRUE(said.starts_with(option + " has no effect ")) << words << ": " << said;
  }
  EXPECT_EQ(refusal(room + "--hgrm x"), "--hgrm has no effect with --room");
}

TEST(CommandLine, AnOptionWithAnEffectIsTaken) {
  for (const auto& words : {ws + "-H A:b --body x --expect-body y --requests-per-connection 5",
                            room + "-H A:b --warmup 0 --seed 4 --arrivals constant --pid 1 --server-cores 2 --json -",
                            http + "--mix 1:/a,2:/b --seed 5 -X POST --body x --expect-status 201 --expect-body y",
                            http + "-r 5 --seed 5 --arrivals constant --steps 1:5 --hgrm - --strict",
                            http + "--slow-senders 1 --drip 1 --pid 1 --server-cores 2",
                            search + "--find connections --threads 2 --lowest 4 --think 1 --pid 1",
                            search + "--find rate --arrivals constant -c 5 --json -"})
    EXPECT_EQ(refusal(words), "none") << words;
}

TEST(CommandLine, TheProbeIsOnAHostOfItsOwn) {
  const std::string hosts = http + "--hosts load1,load2:3 --network 10.77.0.0/24 ";
  EXPECT_EQ(read(hosts + "--probe load3").hosts.of_all_processes(),
            (std::vector<std::string>{"load1", "load2", "load2", "load2", "load3"}));
  EXPECT_EQ(read(hosts + "--probe load3 --probe-rate 1k").hosts.probe_rate, 1000);
  EXPECT_EQ(refusal(hosts + "--probe load2"),
            "--probe: load2 is one of --hosts, whose load would delay the probe's requests");
  EXPECT_EQ(refusal(hosts + "--probe a,b"), "--probe: 'a,b' is not the name of a host");
  EXPECT_EQ(refusal(hosts + "--probe="), "--probe: 1 required TEXT missing");
}

TEST(CommandLine, OptionsOfARunHaveNoEffectWithASubcommand) {
  EXPECT_EQ(refusal("-c 5 selftest"), "--connections has no effect with selftest");
  EXPECT_EQ(refusal("--json x selftest"), "--json has no effect with selftest");
  EXPECT_EQ(refusal("--rate 5 merge a.json"), "--rate has no effect with merge");
  EXPECT_EQ(refusal("selftest --quick"), "none");
  EXPECT_EQ(refusal("merge a.json b.json"), "none");
}

TEST(CommandLine, AnOutputThatCannotBeWrittenIsRefusedBeforeTheRun) {
  for (const auto* option : {"--json", "--hgrm"}) {
    EXPECT_EQ(refusal(http + option + " /nowhere/x"), "cannot write /nowhere/x: No such file or directory");
    EXPECT_EQ(refusal(http + option + " /"), "cannot write /: Is a directory");
    EXPECT_EQ(refusal(http + option + " -"), "none");
  }
}

}  // namespace
}  // namespace tvl::load
