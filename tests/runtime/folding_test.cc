#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "processor/runtime/partitioner.h"
#include "processor/runtime/quarantine.h"

namespace leadclock {
namespace {

TEST_CASE("Keys are placed as Java's producers place them") {
  // Java's murmur2 of each, made positive; from Kafka's own unit test.
  const auto [key, hash] = GENERATE(table<std::string, int64_t>(
      {{"21", -973932308},
       {"foobar", -790332482},
       {"a-little-bit-long-string", -985981536},
       {"a-little-bit-longer-string", -1486304829},
       {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971}}));
  const int64_t positive = hash & 0x7fffffff;
  for (const int32_t partitions : {1, 4, 12, 1000}) {
    CHECK(PartitionOf(Partitioner::kMurmur2, key, partitions) ==
          positive % partitions);
  }
}

TEST_CASE("Keys are placed as librdkafka's producers place them") {
  // CRC-32 of "123456789", the check value of its definition.
  CHECK(PartitionOf(Partitioner::kCrc32, "123456789", 1000) ==
        0xcbf43926 % 1000);
}

TEST_CASE("Where the partitioner is not known, any partition is right") {
  CHECK_FALSE(PartitionOf(Partitioner::kAny, "key", 4));
}

InputRecord Record(std::string value) {
  InputRecord record;
  record.partition = 3;
  record.offset = 42;
  record.key = "lead-1";
  record.value = std::move(value);
  record.headers = {{"content-type", "application/json"}};
  return record;
}

TEST_CASE("A quarantined record keeps its bytes and says where it came from") {
  const OutgoingRecord out =
      QuarantineRecord("sla.quarantine", "leads.activity", Record("{"),
                       {"DECODE", "not JSON"}, 1000);

  CHECK(out.to == TopicPartition{"sla.quarantine", 3});
  CHECK(out.key == "lead-1");
  CHECK(out.value == "{");
  CHECK(out.headers ==
        std::vector<Header>{{"content-type", "application/json"},
                            {"__connect.errors.topic", "leads.activity"},
                            {"__connect.errors.partition", "3"},
                            {"__connect.errors.offset", "42"},
                            {"__connect.errors.stage", "VALUE_CONVERTER"},
                            {"__connect.errors.exception.message", "not JSON"},
                            {"leadclock.error.code", "DECODE"}});
}

TEST_CASE("Of a record that is too large only the beginning is quarantined") {
  const OutgoingRecord out =
      QuarantineRecord("q", "a", Record(std::string(5000, 'x')),
                       {"DECODE", "what is this"}, 4000);

  CHECK(out.value->size() == 1024);
  CHECK(out.headers[1] == Header{"leadclock.value.bytes", "5000"});
}

TEST_CASE("No key, header or error makes a record too large for quarantine") {
  const std::string large(5000, 'x');
  InputRecord record = Record(large);
  SECTION("by its key") { record.key = large; }
  SECTION("by a header") { record.headers.emplace_back("traceparent", large); }
  const OutgoingRecord out =
      QuarantineRecord("q", "a", record, {"KEY", "the key is " + large}, 4000);

  CHECK(out.key->size() <= 1024);
  CHECK(out.value->size() == 1024);
  size_t bytes = 0;
  for (const auto& [name, value] : out.headers) bytes += value.size();
  CHECK(bytes < 1200);
  CHECK(out.headers[0].first == "leadclock.headers.bytes");
}

}  // namespace
}  // namespace leadclock
