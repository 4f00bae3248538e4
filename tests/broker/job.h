#ifndef LEADCLOCK_TESTS_BROKER_JOB_H_
#define LEADCLOCK_TESTS_BROKER_JOB_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "tests/broker/broker.h"
#include "tests/broker/clients.h"
#include "tests/broker/net_facts.h"
#include "tests/broker/process.h"

namespace leadclock::broker {

struct JobOptions {
  std::string policy;  // YAML; with policy_on_topic for nothing
  int partitions = 2;
  absl::Duration settle = absl::Milliseconds(300);
  absl::Duration resettle = absl::Seconds(1);
  absl::Duration commit_interval = absl::Milliseconds(20);
  std::string more_settings = "";  // YAML
  // The policy is what is published on "sla.policy".
  bool policy_on_topic = false;
};

struct MemberOptions {
  // Empty: the job's own.
  std::string binary = "";
  std::string brokers = "";
  // NAME=VALUE
  std::vector<std::string> environment = {};
};

// One job with topics, a group, settings and a data folder of its own.
class Job {
 public:
  Job(const Broker& broker, JobOptions options);

  // `leadclock topics create`, and what it said.
  Ended CreateTopics() const;
  // `leadclock run`.
  Process Start() const { return StartWith("data"); }
  // The same with another data folder.
  Process StartWith(const std::string& data_folder) const;
  // A further member of the group, with a data folder and a log of its name.
  Process StartMember(const std::string& name,
                      const MemberOptions& options = {}) const;
  // The same, when it is to end by itself.
  Ended RunToEnd() const;
  // `leadclock verify`.
  Ended Verify(const std::vector<std::string>& more_arguments = {}) const;
  // `leadclock lead explain`.
  Ended Explain(const std::string& lead) const;
  // `leadclock policy publish` of this YAML.
  Ended Publish(const std::string& policy,
                const std::vector<std::string>& more_arguments = {}) const;
  std::vector<std::string> PublishCommand(
      const std::string& policy,
      const std::vector<std::string>& more_arguments = {}) const;
  // `leadclock policy diff --leads` of these two.
  Ended DiffForLeads(const std::string& before, const std::string& after) const;
  // What workers print.
  std::string log() const { return directory_.path() + "/log"; }
  std::string LogOf(const std::string& member) const {
    return absl::StrCat(directory_.path(), "/", member, ".log");
  }

  // The name on this broker of a topic such as "leads.created".
  std::string Topic(const std::string& usual_name) const;
  std::vector<std::string> InputTopics() const;
  std::vector<std::string> OutputTopics() const;

  const std::string& brokers() const { return brokers_; }
  const std::string& group() const { return group_; }
  int partitions() const { return options_.partitions; }

  void WritePolicy(const std::string& policy) const;
  // Several versions, each in a file that the settings name from now on.
  void WriteVersions(const std::vector<std::string>& versions);
  void DeleteData() const;
  // A member's data folder.
  std::string DataOf(const std::string& member) const {
    return absl::StrCat(directory_.path(), "/", member);
  }

  // What the group has not committed yet, of all that is on the input topics.
  int64_t Backlog() const;

 private:
  std::string PolicySource() const;
  // Into a file of its own; its path.
  std::string WriteVersion(const std::string& policy) const;
  std::string WriteSettings(const std::string& data_folder,
                            const std::string& instance,
                            const std::string& brokers) const;
  std::vector<std::string> RunCommand(const std::string& data_folder,
                                      const std::string& instance) const;

  TempDirectory directory_;
  std::string policy_files_ = "policy.yaml";  // with commas
  JobOptions options_;
  std::string brokers_;
  std::string group_;
};

// A job whose topics are there, and whose policy is to be published.
class JobOfTopic : public Job {
 public:
  JobOfTopic();
};

// A job whose topics are there.
class ReadyJob : public Job {
 public:
  ReadyJob(const Broker& broker, JobOptions options);
};

// A feed: sends events to the topics on which they belong.
class Feed {
 public:
  // With a name, what it sends is part of a transaction.
  explicit Feed(const Job& job, const std::string& name = "")
      : job_(job), producer_(job.brokers(), name) {}

  RecordToSend RecordOf(const v1::LeadEvent& event) const;
  void Send(const v1::LeadEvent& event);
  void Send(const std::vector<v1::LeadEvent>& events);

  Producer& producer() { return producer_; }

 private:
  const Job& job_;
  Producer producer_;
};

// Somebody who reads what is said, on all output topics.
class Audience {
 public:
  explicit Audience(const Job& job,
                    Isolation isolation = Isolation::kReadCommitted)
      : reader_(job.brokers(), job.OutputTopics(), isolation) {}

  // Everything said so far, each topic's in its order.
  const std::vector<v1::SlaEvent>& HearMore() {
    return Take(reader_.ReadMore());
  }
  const std::vector<v1::SlaEvent>& HearAll() {
    return Take(reader_.ReadToEnd());
  }

  // Listens until it holds; whether it came to hold.
  bool HearUntil(
      const std::function<bool(const std::vector<v1::SlaEvent>&)>& holds,
      absl::Duration patience = absl::Seconds(60));

  const std::vector<ReadRecord>& records() const { return records_; }

 private:
  const std::vector<v1::SlaEvent>& Take(std::vector<ReadRecord> records);

  Reader reader_;
  std::vector<ReadRecord> records_;
  std::vector<v1::SlaEvent> said_;
};

// Listens until exactly these facts stand, then checks that nothing was said
// that must never be.
void CheckFacts(Audience& audience, const NetFacts& expected,
                absl::Duration patience = absl::Seconds(60));

// The last state of each lead on the topic of leads.
std::map<std::string, v1::LeadState> LeadStates(const Job& job);

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_JOB_H_
