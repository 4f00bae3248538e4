#include "processor/runtime/topics.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "processor/runtime/rdkafka_admin.h"
#include "processor/runtime/rdkafka_conf.h"

namespace leadclock {
namespace {

using NewTopic = rdkafka::Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using Configs = std::map<std::string, std::string>;

constexpr absl::Duration kTimeout = absl::Seconds(30);
constexpr absl::Duration kLookAgain = absl::Milliseconds(50);

// Of a topic of which nothing is ever removed.
Configs ForEver() {
  return {{"cleanup.policy", "delete"},
          {"retention.bytes", "-1"},
          {"retention.ms", "-1"}};
}

std::vector<std::string> AllOf(const JobTopics& topics) {
  std::vector<std::string> all = topics.inputs;
  all.insert(all.end(), topics.outputs.begin(), topics.outputs.end());
  all.push_back(topics.changelog);
  all.push_back(topics.quarantine);
  if (!topics.global.empty()) all.push_back(topics.global);
  return all;
}

bool IsGlobal(const JobTopics& topics, const std::string& topic) {
  return !topics.global.empty() && topic == topics.global;
}

absl::Status CheckGlobalCount(const std::string& topic, int32_t has) {
  if (has == 1) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "topic ", topic, " has ", has,
      " partitions; it needs exactly 1, because every worker must read its "
      "records in one order. Make it anew, or name another topic"));
}

absl::Status CheckCount(const std::string& topic, int32_t has, int32_t needs,
                        bool more_is_fine) {
  if (has == needs || (more_is_fine && has > needs)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("topic ", topic, " has ", has, " partitions; it needs ",
                   more_is_fine ? "at least " : "", needs,
                   more_is_fine ? "" : ", as many as the input topics"));
}

// A broker's own clock in the records that we write lets us compare it with
// ours.
Configs ConfigsOf(const JobTopics& topics, const std::string& topic) {
  for (const std::string& input : topics.inputs) {
    if (topic == input) return {};
  }
  Configs configs = {{"message.timestamp.type", "LogAppendTime"}};
  if (topic == topics.changelog) configs["cleanup.policy"] = "compact";
  if (IsGlobal(topics, topic)) configs.merge(ForEver());
  return configs;
}

absl::StatusOr<NewTopic> Plan(const std::string& name, const Configs& configs,
                              int32_t partitions, int replication) {
  std::array<char, 256> why{};
  NewTopic topic(rd_kafka_NewTopic_new(name.c_str(), partitions, replication,
                                       why.data(), why.size()));
  if (topic == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("topic ", name, ": ", why.data()));
  }
  for (const auto& [property, value] : configs) {
    rd_kafka_NewTopic_set_config(topic.get(), property.c_str(), value.c_str());
  }
  return topic;
}

absl::Status Make(rd_kafka_t* admin, const std::vector<NewTopic>& topics) {
  std::vector<rd_kafka_NewTopic_t*> wanted;
  wanted.reserve(topics.size());
  for (const NewTopic& topic : topics) wanted.push_back(topic.get());
  const rdkafka::AdminOptions options = rdkafka::MakeAdminOptions(
      admin, RD_KAFKA_ADMIN_OP_CREATETOPICS, kTimeout);
  const rdkafka::Event event =
      rdkafka::Await(admin, [&](rd_kafka_queue_t* queue) {
        rd_kafka_CreateTopics(admin, wanted.data(), wanted.size(),
                              options.get(), queue);
      });
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      result == nullptr) {
    return rdkafka::ToStatus(rd_kafka_event_error(event.get()),
                             "creating topics",
                             rd_kafka_event_error_string(event.get()));
  }
  size_t count = 0;
  const auto** made = rd_kafka_CreateTopics_result_topics(result, &count);
  for (const auto* topic : std::span(made, count)) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(topic);
    // Somebody else was faster.
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR ||
        error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* detail = rd_kafka_topic_result_error_string(topic);
    return rdkafka::ToStatus(
        error,
        absl::StrCat("creating topic ", rd_kafka_topic_result_name(topic)),
        detail == nullptr ? "" : detail);
  }
  return absl::OkStatus();
}

// What was made is known to the controller first, and to whom a worker asks a
// little later.
absl::Status AwaitListed(rd_kafka_t* admin,
                         const std::vector<std::string>& topics) {
  const rdkafka::Deadline deadline(kTimeout);
  while (true) {
    const auto facts = rdkafka::DescribeTopics(admin, topics, deadline.Left());
    if (!facts.ok()) return facts.status();
    if (facts->size() == topics.size()) return absl::OkStatus();
    if (deadline.Left() == absl::ZeroDuration()) {
      return kafka_error::Unavailable(
          "the topics are created, but the brokers do not list them yet");
    }
    absl::SleepFor(kLookAgain);
  }
}

}  // namespace

absl::StatusOr<int32_t> CheckTopics(Kafka& kafka, const JobTopics& topics,
                                    absl::Duration timeout) {
  const std::vector<std::string> all = AllOf(topics);
  const auto facts = kafka.Topics(all, timeout);
  if (!facts.ok()) return facts.status();

  std::vector<std::string> missing;
  for (const std::string& topic : all) {
    if (!facts->contains(topic)) missing.push_back(topic);
  }
  if (!missing.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "these topics do not exist: ", absl::StrJoin(missing, ", "),
        ". `leadclock topics create` makes them"));
  }
  const int32_t partitions = facts->at(topics.inputs.front()).partitions;
  for (const std::string& topic : all) {
    if (IsGlobal(topics, topic)) {
      absl::Status status =
          CheckGlobalCount(topic, facts->at(topic).partitions);
      if (!status.ok()) return status;
      continue;
    }
    const bool is_input = std::find(topics.inputs.begin(), topics.inputs.end(),
                                    topic) != topics.inputs.end();
    absl::Status status =
        CheckCount(topic, facts->at(topic).partitions, partitions,
                   !is_input && topic != topics.changelog);
    if (!status.ok()) return status;
  }
  return partitions;
}

absl::Status CheckIsKept(const std::string& topic,
                         const std::map<std::string, std::string>& configs) {
  for (const auto& [property, wanted] : ForEver()) {
    const auto is = configs.find(property);
    if (is == configs.end() || is->second == wanted) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "topic ", topic, " has ", property, "=", is->second,
        ", so that its records may be removed; every worker needs all of them. "
        "Mend it with kafka-configs --alter --entity-type topics "
        "--entity-name ",
        topic,
        " --add-config cleanup.policy=delete,retention.ms=-1,"
        "retention.bytes=-1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> CreateTopics(
    const ConnectionOptions& connection, const JobTopics& topics,
    const TopicLayout& layout) {
  const absl::StatusOr<rdkafka::Client> admin = rdkafka::NewAdmin(connection);
  if (!admin.ok()) return admin.status();
  const std::vector<std::string> all = AllOf(topics);
  const auto facts = rdkafka::DescribeTopics(admin->get(), all, kTimeout);
  if (!facts.ok()) return facts.status();

  std::vector<std::string> missing;
  std::vector<NewTopic> plans;
  for (const std::string& name : all) {
    const bool is_global = IsGlobal(topics, name);
    const auto existing = facts->find(name);
    if (existing != facts->end()) {
      absl::Status status =
          is_global ? CheckGlobalCount(name, existing->second.partitions)
                    : CheckCount(name, existing->second.partitions,
                                 layout.partitions, /*more_is_fine=*/false);
      if (status.ok() && is_global) {
        const auto configs =
            rdkafka::TopicConfigs(admin->get(), name, kTimeout);
        status = configs.ok() ? CheckIsKept(name, *configs) : configs.status();
      }
      if (!status.ok()) return status;
      continue;
    }
    absl::StatusOr<NewTopic> plan =
        Plan(name, ConfigsOf(topics, name), is_global ? 1 : layout.partitions,
             layout.replication);
    if (!plan.ok()) return plan.status();
    missing.push_back(name);
    plans.push_back(*std::move(plan));
  }
  if (plans.empty()) return missing;
  absl::Status made = Make(admin->get(), plans);
  if (made.ok()) made = AwaitListed(admin->get(), missing);
  if (!made.ok()) return made;
  return missing;
}

}  // namespace leadclock
