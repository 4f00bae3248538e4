// leadclock-sim: runs the product's own workers, folds and stores against a
// model of Kafka and of time, with faults, from seeds. docs/reliability.md
// tells what is modelled, and how to read a failure.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/sim/sim_bug.h"
#include "tests/sim/world.h"

namespace leadclock::sim {
namespace {

struct Flags {
  uint64_t seed = 1;
  int64_t runs = 1;
  int64_t minutes = 0;
  bool trace = false;
  bool twice = false;
  bool stop_at_failure = false;
  bool quiet = false;
};

struct Totals {
  int64_t runs = 0;
  int64_t failed = 0;
  int64_t records = 0;
  int64_t events = 0;
  absl::Duration lead_time;
  std::map<std::string, int64_t> faults;

  void Add(const Outcome& outcome) {
    ++runs;
    if (!outcome.problems.empty()) ++failed;
    records += outcome.records;
    events += outcome.events;
    lead_time += outcome.lead_time;
    for (const auto& [kind, count] : outcome.faults) faults[kind] += count;
  }
};

// In memory, if there is some: RocksDB syncs its files, and a disk that others
// use would take most of the time. Nothing that is tested comes of that.
std::filesystem::path FolderOfDisks() {
  constexpr uintmax_t kEnough = uintmax_t{1} << 30;
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  return !error && space.available > kEnough
             ? memory
             : std::filesystem::temp_directory_path();
}

Outcome RunOnce(uint64_t seed) {
  const std::filesystem::path directory =
      FolderOfDisks() / absl::StrCat("leadclock-sim-", getpid());
  return World(seed, directory).Run();
}

void PrintFailure(uint64_t seed, const Flags& flags, const Outcome& outcome) {
  std::cout << "\nseed " << seed << " of commit " << LEADCLOCK_COMMIT
            << " failed.\n";
  if (!flags.quiet) std::cout << "\nWhat happened:\n";
  for (const std::string& line : outcome.story) {
    if (!flags.quiet) std::cout << "  " << line << "\n";
  }
  std::cout << "\nWhat is wrong:\n";
  for (const std::string& problem : outcome.problems) {
    std::cout << "  " << problem << "\n";
  }
  std::cout << "\nAgain: leadclock-sim --seed " << seed << " --trace\n";
}

void PrintTotals(const Flags& flags, const Totals& totals, double seconds) {
  const double years = absl::ToDoubleHours(totals.lead_time) / 24 / 365;
  std::cout << absl::StrFormat(
      "%d runs from seed %d in %.0f s: %d failed; %.1f lead-years, %d records "
      "read, %d events said\n",
      totals.runs, flags.seed, seconds, totals.failed, years, totals.records,
      totals.events);
  for (const auto& [kind, count] : totals.faults) {
    std::cout << absl::StrFormat("%10d %s\n", count, kind);
  }
}

int RunAll(const Flags& flags) {
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         begun)
        .count();
  };
  Totals totals;
  uint64_t seed = flags.seed;
  const auto goes_on = [&] {
    return flags.minutes > 0
               ? seconds() < 60.0 * static_cast<double>(flags.minutes)
               : totals.runs < flags.runs;
  };
  const auto gives_up = [&] {
    return flags.stop_at_failure && totals.failed > 0;
  };
  for (; goes_on() && !gives_up(); ++seed) {
    Outcome outcome = RunOnce(seed);
    if (flags.twice && RunOnce(seed).trace_hash != outcome.trace_hash) {
      outcome.problems.push_back("the same seed gave another trace");
    }
    totals.Add(outcome);
    if (!outcome.problems.empty()) {
      PrintFailure(seed, flags, outcome);
    } else if (flags.trace) {
      for (const std::string& line : outcome.story) std::cout << line << "\n";
      std::cout << "seed " << seed << ": trace " << outcome.trace_hash << "\n";
    }
    std::cout << std::flush;
  }
  PrintTotals(flags, totals, seconds());
  return totals.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace leadclock::sim

int main(int argc, char** argv) {
  leadclock::sim::Flags flags;
  CLI::App app{
      "Runs Leadclock's workers against a model of Kafka and of time, with "
      "faults, and holds what they say against a plain derivation."};
  app.add_option("--seed", flags.seed, "the first seed")->capture_default_str();
  app.add_option("--runs", flags.runs, "how many seeds")->capture_default_str();
  app.add_option("--minutes", flags.minutes, "as many as fit in so long");
  app.add_flag("--trace", flags.trace, "print all that happens");
  app.add_flag("--twice", flags.twice,
               "run each seed twice, and compare the traces");
  app.add_flag("--stop-at-failure", flags.stop_at_failure,
               "end with the first seed that fails");
  app.add_flag("--quiet", flags.quiet, "no story of a failure");
#ifdef LEADCLOCK_SIM_BUGS
  app.add_option("--bug", leadclock::sim::PlantedBug(),
                 "the bug of tests/sim/bugs.txt that the product has");
#endif
  CLI11_PARSE(app, argc, argv);
  return leadclock::sim::RunAll(flags);
}
