// bench_calendars: what business time costs, on one core.
//
//   due/MINUTES      the due instant of a target of so much open time: 15
//                    minutes, and five years of a week of 45 hours
//   between/MINUTES  the open time between two instants so far apart
//   build            a calendar of 120 years, with a hundred holidays
//
// Starts are random instants of ten years, so that nothing is where the call
// before has just been.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"

namespace leadclock {
namespace {

constexpr int64_t kShort = 15;
constexpr int64_t kFiveYears = int64_t{5} * 52 * 45 * 60;
constexpr size_t kStarts = 1 << 14;

CalendarSpec Spec() {
  CalendarSpec spec;
  spec.zone = "Europe/London";
  for (size_t day = 0; day < 5; ++day) {
    spec.week[day] = {{absl::Hours(9), absl::Hours(13)},
                      {absl::Hours(13.5), absl::Hours(17.5)}};
  }
  spec.week[5] = {{absl::Hours(9), absl::Hours(14)}};
  for (int year = 2020; year < 2030; ++year) {
    for (int month = 1; month <= 10; ++month) {
      spec.holidays.insert(absl::CivilDay(year, month, 1 + month));
    }
  }
  return spec;
}

const BusinessCalendar& Calendar() {
  static const auto* const calendar =
      new BusinessCalendar(*BusinessCalendar::Create(Spec()));
  return *calendar;
}

const std::vector<absl::Time>& Starts() {
  static const auto* const starts = [] {
    std::mt19937_64 random(20260302);
    auto* all = new std::vector<absl::Time>;
    const absl::Time first =
        absl::FromCivil(absl::CivilDay(2020, 1, 1), absl::UTCTimeZone());
    for (size_t i = 0; i < kStarts; ++i) {
      all->push_back(first + absl::Milliseconds(static_cast<int64_t>(
                                 random() % (uint64_t{3650} * 86'400'000))));
    }
    return all;
  }();
  return *starts;
}

void Due(benchmark::State& state) {
  const absl::Duration target = absl::Minutes(state.range(0));
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Calendar().Deadline(Starts()[++i % kStarts], target));
  }
}
BENCHMARK(Due)->Name("due")->Arg(kShort)->Arg(kFiveYears);

void Between(benchmark::State& state) {
  const absl::Duration apart = absl::Minutes(state.range(0));
  size_t i = 0;
  for (auto _ : state) {
    const absl::Time from = Starts()[++i % kStarts];
    benchmark::DoNotOptimize(Calendar().Between(from, from + apart));
  }
}
BENCHMARK(Between)->Name("between")->Arg(kShort)->Arg(kFiveYears);

void Build(benchmark::State& state) {
  const CalendarSpec spec = Spec();
  for (auto _ : state) {
    benchmark::DoNotOptimize(BusinessCalendar::Create(spec));
  }
}
BENCHMARK(Build)->Name("build")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace leadclock

BENCHMARK_MAIN();
