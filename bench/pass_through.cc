// bench_pass_through: the limit. Reads both input topics, writes each record
// as it is to one topic, and commits that with the offsets, exactly once, in
// transactions of 100 ms. No fold and no state: what is left is Kafka.
//
// Ends on SIGTERM.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/clients.h"

namespace leadclock::bench {
namespace {

constexpr int kTimeoutMillis = 60'000;
constexpr absl::Duration kCommitInterval = absl::Milliseconds(100);
constexpr size_t kBatch = 5'000;
// A transaction is small enough for the producer's queue.
constexpr int64_t kMaxRecords = 50'000;

struct Options {
  std::string brokers = "127.0.0.1:9092";
  std::string group = "pass-through";
  std::vector<std::string> inputs;
  std::string output;
};

std::atomic<bool> stop = false;

class PassThrough {
 public:
  explicit PassThrough(const Options& options)
      : consumer_(NewHandle(RD_KAFKA_CONSUMER,
                            {{"bootstrap.servers", options.brokers},
                             {"group.id", options.group},
                             {"isolation.level", "read_committed"},
                             {"auto.offset.reset", "earliest"},
                             {"enable.auto.commit", "false"},
                             {"enable.auto.offset.store", "false"},
                             {"fetch.wait.max.ms", "100"},
                             {"fetch.queue.backoff.ms", "20"}})),
        producer_(NewHandle(RD_KAFKA_PRODUCER,
                            {{"bootstrap.servers", options.brokers},
                             {"transactional.id", options.group},
                             // With the default, transactions that follow each
                             // other at once wait for 100 ms.
                             {"retry.backoff.ms", "10"},
                             {"linger.ms", "5"},
                             {"batch.num.messages", "20000"},
                             {"queue.buffering.max.messages", "200000"}})) {
    Check(rd_kafka_init_transactions(producer_.get(), kTimeoutMillis),
          "starting the producer");
    output_ =
        rd_kafka_topic_new(producer_.get(), options.output.c_str(), nullptr);
    rd_kafka_poll_set_consumer(consumer_.get());
    PartitionList topics(rd_kafka_topic_partition_list_new(2));
    for (const std::string& input : options.inputs) {
      rd_kafka_topic_partition_list_add(topics.get(), input.c_str(),
                                        RD_KAFKA_PARTITION_UA);
    }
    Check(rd_kafka_subscribe(consumer_.get(), topics.get()), "subscribing");
    queue_ = rd_kafka_queue_get_consumer(consumer_.get());
  }

  ~PassThrough() {
    rd_kafka_queue_destroy(queue_);
    rd_kafka_consumer_close(consumer_.get());
    rd_kafka_topic_destroy(output_);
  }

  // One transaction.
  void Step() {
    const absl::Time deadline = absl::Now() + kCommitInterval;
    copied_ = 0;
    while (copied_ < kMaxRecords) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) break;
      Copy(static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    }
    if (copied_ > 0) Commit();
  }

 private:
  void Copy(int wait_millis) {
    const ssize_t count = rd_kafka_consume_batch_queue(
        queue_, wait_millis, batch_.data(), batch_.size());
    if (count < 0) Check(rd_kafka_last_error(), "reading");
    for (ssize_t i = 0; i < count; ++i) {
      const Message message(batch_[static_cast<size_t>(i)]);
      Check(message->err, "reading");
      Write(*message);
    }
    rd_kafka_poll(producer_.get(), 0);
  }

  void Write(const rd_kafka_message_t& message) {
    if (copied_++ == 0) {
      Check(rd_kafka_begin_transaction(producer_.get()),
            "beginning a transaction");
    }
    Check(static_cast<rd_kafka_resp_err_t>(
              rd_kafka_produce(output_, message.partition, RD_KAFKA_MSG_F_COPY,
                               message.payload, message.len, message.key,
                               message.key_len, nullptr) == 0
                  ? RD_KAFKA_RESP_ERR_NO_ERROR
                  : rd_kafka_last_error()),
          "writing");
    next_[{rd_kafka_topic_name(message.rkt), message.partition}] =
        message.offset + 1;
  }

  void Commit() {
    PartitionList offsets(rd_kafka_topic_partition_list_new(32));
    for (const auto& [at, next] : next_) {
      rd_kafka_topic_partition_list_add(offsets.get(), at.first.c_str(),
                                        at.second)
          ->offset = next;
    }
    next_.clear();
    rd_kafka_consumer_group_metadata_t* group =
        rd_kafka_consumer_group_metadata(consumer_.get());
    Check(rd_kafka_send_offsets_to_transaction(producer_.get(), offsets.get(),
                                               group, kTimeoutMillis),
          "sending offsets");
    rd_kafka_consumer_group_metadata_destroy(group);
    Check(rd_kafka_commit_transaction(producer_.get(), kTimeoutMillis),
          "committing");
  }

  Handle consumer_;
  Handle producer_;
  rd_kafka_topic_t* output_ = nullptr;
  rd_kafka_queue_t* queue_ = nullptr;
  std::array<rd_kafka_message_t*, kBatch> batch_{};
  int64_t copied_ = 0;
  std::map<std::pair<std::string, int32_t>, int64_t> next_;
};

}  // namespace
}  // namespace leadclock::bench

int main(int argc, char** argv) {
  leadclock::bench::Options options;
  CLI::App app("Copies records from topic to topic, exactly once.");
  app.add_option("--brokers", options.brokers, "host:port");
  app.add_option("--group", options.group, "the consumer group");
  app.add_option("--input", options.inputs, "a topic to read")->required();
  app.add_option("--output", options.output, "the topic to write")->required();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGTERM, [](int) { leadclock::bench::stop = true; });
  leadclock::bench::PassThrough pass_through(options);
  while (!leadclock::bench::stop) pass_through.Step();
}
