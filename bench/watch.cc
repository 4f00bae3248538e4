#include "bench/watch.h"

#include <array>
#include <string_view>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/time/clock.h"
#include "bench/lives.h"
#include "leadclock/v1/sla_event.pb.h"

namespace leadclock::bench {
namespace {

constexpr int kTimeoutMillis = 60'000;

// A topic that was made a moment ago may have no leader yet.
int64_t EndOf(rd_kafka_t* handle, const rd_kafka_topic_partition_t& at) {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (true) {
    int64_t low = 0;
    int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        handle, at.topic, at.partition, &low, &high, kTimeoutMillis);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return high;
    if (absl::Now() > deadline) Check(error, "asking where a topic ends");
    absl::SleepFor(absl::Milliseconds(100));
  }
}

// Stands at the end of every partition.
void AssignEnds(rd_kafka_t* handle, const std::vector<std::string>& topics) {
  const PartitionList partitions = PartitionsOf(handle, topics);
  for (int i = 0; i < partitions->cnt; ++i) {
    rd_kafka_topic_partition_t& at = partitions->elems[i];
    at.offset = EndOf(handle, at);
  }
  Check(rd_kafka_assign(handle, partitions.get()), "assigning");
}

}  // namespace

int64_t NowMillis() { return absl::ToUnixMillis(absl::Now()); }

Watch::Watch(Options options)
    : options_(std::move(options)),
      handle_(NewHandle(RD_KAFKA_CONSUMER,
                        {{"bootstrap.servers", options_.brokers},
                         {"group.id", "bench-watch"},  // assigned by hand
                         {"isolation.level", "read_committed"},
                         {"enable.auto.commit", "false"},
                         {"enable.auto.offset.store", "false"},
                         {"auto.offset.reset", "error"},
                         {"fetch.wait.max.ms", "100"},
                         {"fetch.queue.backoff.ms", "5"}})) {
  rd_kafka_poll_set_consumer(handle_.get());
  AssignEnds(handle_.get(), options_.topics);
  thread_ = std::thread([this] { Run(); });
}

Watch::~Watch() {
  stop_ = true;
  thread_.join();
}

SetSum Watch::net() const {
  const std::lock_guard lock(mutex_);
  return net_;
}

std::vector<Sighting> Watch::sightings() const {
  const std::lock_guard lock(mutex_);
  return sightings_;
}

void Watch::Run() {
  constexpr int kWaitMillis = 50;
  std::array<rd_kafka_message_t*, 1000> batch{};
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(handle_.get());
  while (!stop_) {
    // The first record wakes; what has come with it is taken along.
    ssize_t count =
        rd_kafka_consume_batch_queue(queue, kWaitMillis, batch.data(), 1);
    if (count == 1) {
      const ssize_t more = rd_kafka_consume_batch_queue(
          queue, 0, batch.data() + 1, batch.size() - 1);
      if (more > 0) count += more;
    }
    if (count < 0) Check(rd_kafka_last_error(), "reading what was written");
    const int64_t now = NowMillis();
    const std::lock_guard lock(mutex_);
    for (ssize_t i = 0; i < count; ++i) {
      const Message message(batch[static_cast<size_t>(i)]);
      Check(message->err, "reading what was written");
      Note(*message, now);
    }
  }
  rd_kafka_queue_destroy(queue);
}

bool Watch::IsHeld(const v1::SlaEvent& event) const {
  for (const int64_t mark : RungMarks(event.target_ms())) {
    const int64_t since = event.counted_ms() - mark;
    if (since >= 0 && since < options_.settle_millis) return true;
  }
  return false;
}

void Watch::Note(const rd_kafka_message_t& message, int64_t now) {
  if (options_.watched == Watched::kRecords) {
    const absl::string_view value(static_cast<const char*>(message.payload),
                                  message.len);
    net_.Add(absl::HashOf(value));
    return;
  }
  v1::SlaEvent event;
  if (!event.ParseFromArray(message.payload, static_cast<int>(message.len))) {
    Fail(rd_kafka_topic_name(message.rkt), "a record is not an SlaEvent");
  }
  const size_t hash =
      absl::HashOf(BareFact{event.lead_id(), event.kind(), event.at_ms()});
  if (event.form() == v1::SlaEvent::RETRACTED) {
    ++retractions_;
    net_.Remove(hash);
    return;
  }
  if (event.form() != v1::SlaEvent::SAID) return;
  net_.Add(hash);
  const bool timed = IsTimed(event.kind());
  const bool is_due = event.kind() == v1::SlaEvent::MISSED ||
                      event.kind() == v1::SlaEvent::BREACH;
  sightings_.push_back(
      {.due = event.at_ms() + (timed ? options_.settle_millis : 0),
       .seen = now,
       .timed = timed,
       .held = !timed && IsHeld(event),
       .burst = is_due && SortOf(event.lead_id()) == Sort::kBurst});
}

}  // namespace leadclock::bench
