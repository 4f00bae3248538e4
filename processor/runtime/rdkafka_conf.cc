#include "processor/runtime/rdkafka_conf.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace leadclock::rdkafka {
namespace {

using Properties = std::map<std::string, std::string>;

// What exactly-once, and what the loop expects of librdkafka, rest on.
constexpr std::array<std::string_view, 27> kOurs = {
    "acks",
    "allow.auto.create.topics",
    "auto.offset.reset",
    "bootstrap.servers",
    "delivery.timeout.ms",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.gapless.guarantee",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "group.instance.id",
    "group.protocol",
    "group.remote.assignor",
    "isolation.level",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "message.send.max.retries",
    "message.timeout.ms",
    "metadata.broker.list",
    "partition.assignment.strategy",
    "plugin.library.paths",
    "request.required.acks",
    "retries",
    "retry.backoff.ms",
    "transaction.timeout.ms",
    "transactional.id",
};

void Log(const rd_kafka_t* client, int level, const char* facility,
         const char* text) {
  constexpr int kSyslogWarning = 4;
  // CONFWARN: one set of properties serves clients of several kinds. ERROR:
  // says again, and again, what FAIL said with its reason.
  const std::string_view kind = facility;
  const bool chatter =
      level > kSyslogWarning || kind == "CONFWARN" || kind == "ERROR";
  spdlog::log(chatter ? spdlog::level::debug : spdlog::level::warn,
              "Kafka client {}: {}", rd_kafka_name(client), text);
}

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name,
                 const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(),
                        why.size()) == RD_KAFKA_CONF_OK) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the Kafka property ", name, ": ", why.data()));
}

bool IsKnown(const std::string& name) {
  const Conf conf(rd_kafka_conf_new());
  size_t size = 0;
  return rd_kafka_conf_get(conf.get(), name.c_str(), nullptr, &size) ==
         RD_KAFKA_CONF_OK;
}

// `tunable` may be overruled by the configuration, and is left out where an
// older librdkafka does not know it.
absl::StatusOr<Client> NewClient(
    rd_kafka_type_t type, const ConnectionOptions& options,
    const Properties& fixed, Properties tunable,
    absl::FunctionRef<void(rd_kafka_conf_t*)> listen) {
  tunable.insert({{"client.id", "leadclock"},
                  {"reconnect.backoff.max.ms", "1000"},
                  {"socket.nagle.disable", "true"},
                  {"topic.metadata.propagation.max.ms", "5000"}});
  Conf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : tunable) {
    if (!IsKnown(name)) continue;
    if (absl::Status set = Set(conf.get(), name, value); !set.ok()) return set;
  }
  for (const auto& [name, value] : options.properties) {
    absl::Status set = CheckProperty(name, value);
    if (set.ok()) set = Set(conf.get(), name, value);
    if (!set.ok()) return set;
  }
  absl::Status set = Set(conf.get(), "bootstrap.servers", options.brokers);
  for (const auto& [name, value] : fixed) {
    if (set.ok()) set = Set(conf.get(), name, value);
  }
  if (!set.ok()) return set;
  rd_kafka_conf_set_log_cb(conf.get(), Log);
  listen(conf.get());

  std::array<char, 512> why{};
  Client client(rd_kafka_new(type, conf.get(), why.data(), why.size()));
  if (client == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot make a Kafka client: ", why.data()));
  }
  conf.release();  // now the client's
  return client;
}

// Nothing comes by callback.
void Deaf(rd_kafka_conf_t*) {}

// A fetch that waits holds up the next one, which a seek waits for.
Properties Fetching() {
  return {{"fetch.wait.max.ms", "100"},
          {"fetch.queue.backoff.ms", "20"},
          {"queued.max.messages.kbytes", "8192"}};
}

}  // namespace

absl::Status CheckProperty(const std::string& name, const std::string& value) {
  const bool ours =
      std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end() ||
      absl::StartsWith(name, "test.mock.");
  if (!ours) {
    const Conf scratch(rd_kafka_conf_new());
    return Set(scratch.get(), name, value);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the Kafka property ", name,
      " cannot be set: Leadclock sets it, and exactly-once rests on it"));
}

absl::StatusOr<Client> NewMember(const ConnectionOptions& options) {
  Properties fixed = {{"group.id", options.group},
                      {"group.instance.id", options.instance},
                      {"partition.assignment.strategy", "range"},
                      {"isolation.level", "read_committed"},
                      {"auto.offset.reset", "error"},
                      {"enable.auto.commit", "false"},
                      {"enable.auto.offset.store", "false"},
                      {"enable.partition.eof", "true"}};
  if (IsKnown("group.protocol")) fixed["group.protocol"] = "classic";
  absl::StatusOr<Client> client = NewClient(
      RD_KAFKA_CONSUMER, options, fixed, Fetching(), [](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_REBALANCE);
      });
  if (client.ok()) rd_kafka_poll_set_consumer(client->get());
  return client;
}

absl::StatusOr<Client> NewProducer(const ConnectionOptions& options,
                                   OnDelivery* on_delivery, void* opaque) {
  // One transaction at a time, whose records are all there when it begins, and
  // are flushed when the last is written: until then they gather in large
  // batches. With the default backoff a transaction that follows another at
  // once waits 100 ms.
  return NewClient(
      RD_KAFKA_PRODUCER, options,
      {{"transactional.id", absl::StrCat(options.group, "-", options.instance)},
       {"transaction.timeout.ms", absl::StrCat(Millis(kTransactionTimeout))},
       {"retry.backoff.ms", "10"}},
      {{"linger.ms", "20"}, {"compression.type", "lz4"}},
      [&](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
        rd_kafka_conf_set_opaque(conf, opaque);
      });
}

absl::StatusOr<Client> NewReader(const ConnectionOptions& options) {
  return NewClient(RD_KAFKA_CONSUMER, options,
                   {{"isolation.level", "read_committed"},
                    {"auto.offset.reset", "error"},
                    {"enable.auto.commit", "false"},
                    {"enable.auto.offset.store", "false"},
                    {"enable.partition.eof", "true"}},
                   Fetching(), Deaf);
}

absl::StatusOr<Client> NewAdmin(const ConnectionOptions& options) {
  Properties fixed = {{"enable.auto.commit", "false"},
                      {"isolation.level", "read_uncommitted"}};
  if (!options.group.empty()) fixed["group.id"] = options.group;
  return NewClient(RD_KAFKA_CONSUMER, options, fixed, {}, Deaf);
}

}  // namespace leadclock::rdkafka
