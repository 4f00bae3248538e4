#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"
#include "tests/broker/process.h"

namespace leadclock::broker {
namespace {

std::map<std::string, std::string> HeadersOf(const ReadRecord& record) {
  return {record.headers.begin(), record.headers.end()};
}

// The sum of the samples whose name, with labels, begins so.
double Metric(int port, const std::string& beginning) {
  const Ended page =
      RunToEnd({"curl", "--silent",
                absl::StrCat("http://127.0.0.1:", port, "/metrics")});
  const std::vector<std::string> lines = absl::StrSplit(page.output, '\n');
  double sum = 0;
  for (const std::string& line : lines) {
    if (!absl::StartsWith(line, beginning)) continue;
    double value = 0;
    if (absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) {
      sum += value;
    }
  }
  return sum;
}

struct Wrong {
  std::string code;
  RecordToSend record;
};

// One record for each thing that can be wrong with one.
std::vector<Wrong> WrongRecords(const Job& job, const Feed& feed) {
  const absl::Time now = absl::Now();
  std::vector<Wrong> wrong;
  const auto add = [&](const char* code, RecordToSend record) {
    record.headers = {{"content-type", "application/protobuf"},
                      {"traceparent", absl::StrCat("of ", code)}};
    wrong.push_back({code, std::move(record)});
  };

  RecordToSend record = feed.RecordOf(Note("lead-1", now));
  record.value = std::string("\xff\x00 no message", 13);
  add("DECODE", record);

  record = feed.RecordOf(Note("lead-8", now));
  const size_t id = record.value->find("lead-8");
  record.value->replace(id, 4, "\xff\xff\xff\xff");
  add("DECODE", record);

  v1::LeadEvent event = Note("lead-2", now);
  event.clear_id();
  add("FIELD", feed.RecordOf(event));

  event = Note("lead-3", now);
  event.set_occurred_at_ms(absl::ToUnixSeconds(now));
  add("TIME", feed.RecordOf(event));

  add("FUTURE", feed.RecordOf(Note("lead-4", now + absl::Minutes(10))));

  record = feed.RecordOf(Note("lead-5", now));
  record.key = "another-lead";
  add("KEY", record);

  record = feed.RecordOf(Note("lead-6", now));
  record.key.reset();
  record.partition = 0;
  add("KEY", record);

  record = feed.RecordOf(Note("lead-7", now));
  record.partition =
      (PartitionOfKey("lead-7", job.partitions()) + 1) % job.partitions();
  add("PARTITION", record);
  return wrong;
}

}  // namespace

TEST_CASE("What cannot be read is put aside whole, and says why") {
  const int port = FreePort();
  const ReadyJob job(SharedBroker(),
                     {.policy = kCompanyPolicy,
                      .partitions = 3,
                      .more_settings = absl::StrCat(
                          "metrics: {listen: \"127.0.0.1:", port, "\"}\n")});
  Feed feed(job);
  const std::vector<Wrong> wrong = WrongRecords(job, feed);
  for (const Wrong& each : wrong) feed.producer().Send(each.record);
  // A value that is null is no error: it erases the lead.
  feed.producer().Send({.topic = job.Topic("leads.activity"), .key = "lead-9"});
  // Those behind them are read all the same.
  for (int i = 1; i <= 8; ++i) {
    feed.Send(Created(absl::StrCat("lead-", i), London("2024-03-07 10:00")));
  }
  feed.producer().Flush();

  Process worker = job.Start();
  REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));

  const std::vector<ReadRecord> quarantine =
      Reader(job.brokers(), {job.Topic("sla.quarantine")}).ReadToEnd();
  CHECK(quarantine.size() == wrong.size());
  for (const Wrong& each : wrong) {
    CAPTURE(each.code, each.record.key.value_or("no key"));
    const auto found = std::find_if(
        quarantine.begin(), quarantine.end(), [&](const ReadRecord& record) {
          return record.value == each.record.value &&
                 record.key == each.record.key;
        });
    REQUIRE(found != quarantine.end());
    std::map<std::string, std::string> headers = HeadersOf(*found);
    CHECK(headers["leadclock.error.code"] == each.code);
    CHECK(headers["traceparent"] == "of " + each.code);
    CHECK(headers["__connect.errors.topic"] == job.Topic("leads.activity"));
    CHECK(headers["__connect.errors.partition"] ==
          absl::StrCat(found->partition));
    CHECK(!headers["__connect.errors.offset"].empty());
    CHECK(!headers["__connect.errors.exception.message"].empty());
  }
  Audience audience(job);
  CHECK(audience.HearUntil([](const std::vector<v1::SlaEvent>& said) {
    return std::any_of(said.begin(), said.end(), [](const auto& event) {
      return event.kind() == v1::SlaEvent::RETIRED &&
             event.lead_id() == "lead-9" && event.reasons(0) == "erased";
    });
  }));
  CHECK(LeadStates(job).size() == 8);

  // Read is folded, ignored and quarantined, always.
  CHECK(WaitUntil(
      [&] { return Metric(port, "leadclock_records_read_total") == 17; },
      absl::Seconds(5)));
  CHECK(Metric(port, "leadclock_records_folded_total") == 9);
  CHECK(Metric(port, "leadclock_records_quarantined_total{code=\"KEY\"}") == 2);
  CHECK(Metric(port, "leadclock_records_quarantined_total") == 8);
  CHECK(worker.Stop() == 0);
  // No library writes lines for bad records: a feed could fill the log.
  CHECK_FALSE(absl::StrContains(ReadFile(job.log()), "libprotobuf"));
}

}  // namespace leadclock::broker
