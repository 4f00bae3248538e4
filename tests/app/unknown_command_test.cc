#include "app/unknown_command.h"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace leadclock {
namespace {

// What is said of a command line, its last word first.
std::string SaidOf(std::vector<std::string> reversed) {
  CLI::App app("", "leadclock");
  app.require_subcommand(1);
  CLI::App* const policy = app.add_subcommand("policy");
  policy->require_subcommand(1);
  std::string file;
  policy->add_subcommand("check")->add_option("policy", file);
  policy->add_subcommand("diff");
  app.add_subcommand("run");
  CHECK_THROWS_AS(app.parse(reversed), CLI::ParseError);
  return UnknownCommand(app);
}

TEST_CASE("A mistyped command is named, with the one that was meant") {
  CHECK(SaidOf({"polcy"}) ==
        "unknown command 'polcy' of leadclock; did you mean 'policy'?");
  CHECK(SaidOf({"x.yaml", "chek", "policy"}) ==
        "unknown command 'chek' of policy; did you mean 'check'?");
  CHECK(SaidOf({"walk"}) ==
        "unknown command 'walk' of leadclock; known: policy, run");
  CHECK(SaidOf({}).empty());
}

}  // namespace
}  // namespace leadclock
