#include "tests/sim/model_group.h"

#include <algorithm>
#include <utility>

namespace leadclock::sim {
namespace {

using Kind = GroupNotice::Kind;

GroupNotice Notice(Kind kind, MemberId member) {
  GroupNotice notice;
  notice.kind = kind;
  notice.member = member;
  return notice;
}

}  // namespace

MemberId ModelGroup::Join(const std::string& instance, ClientId client,
                          MemberId member) {
  const auto known = members_.find(instance);
  if (member != 0 && (known == members_.end() || known->second.id != member)) {
    tell_(client,
          Notice(known == members_.end() ? Kind::kUnknown : Kind::kFenced,
                 member));
    return 0;
  }
  if (known == members_.end()) {
    Member& made = members_[instance];
    made.id = ++last_id_;
    made.client = client;
    made.joined = true;
    if (!preparing_) BeginRebalance();
    CompleteIfAllJoined();
    return made.id;
  }

  Member& there = known->second;
  if (member == 0) {
    // A static member has come back: it takes the place of the former one.
    if (there.client != client)
      tell_(there.client, Notice(Kind::kFenced, there.id));
    there.id = ++last_id_;
    there.client = client;
  }
  ++there.silence;
  there.silent = false;
  const MemberId id = there.id;
  if (preparing_) {
    there.joined = true;
    CompleteIfAllJoined();
  } else {
    tell_(client, {Kind::kAssigned, id, generation_, there.partitions});
  }
  return id;
}

void ModelGroup::Silence(const std::string& instance, MemberId member) {
  const auto known = members_.find(instance);
  if (known == members_.end() || known->second.id != member) return;
  known->second.silent = true;
  const int64_t silence = ++known->second.silence;
  schedule_.After(kSession, [this, instance, member, silence] {
    Expire(instance, member, silence);
  });
}

void ModelGroup::Hear(const std::string& instance, MemberId member) {
  const auto known = members_.find(instance);
  if (known == members_.end() || known->second.id != member) return;
  ++known->second.silence;
  known->second.silent = false;
}

void ModelGroup::Expire(const std::string& instance, MemberId member,
                        int64_t silence) {
  const auto known = members_.find(instance);
  if (known == members_.end() || known->second.id != member ||
      known->second.silence != silence) {
    return;
  }
  if (is_down_()) {
    schedule_.After(kSession, [this, instance, member, silence] {
      Expire(instance, member, silence);
    });
    return;
  }
  Remove(instance);
}

void ModelGroup::Remove(const std::string& instance) {
  const auto known = members_.find(instance);
  tell_(known->second.client, Notice(Kind::kUnknown, known->second.id));
  members_.erase(known);
  if (preparing_) {
    CompleteIfAllJoined();
  } else {
    BeginRebalance();
  }
}

absl::Status ModelGroup::CheckCommit(const std::string& instance,
                                     MemberId member,
                                     int32_t generation) const {
  const auto known = members_.find(instance);
  if (known == members_.end()) {
    return kafka_error::Aborted("the group does not know this member");
  }
  if (known->second.id != member) {
    return kafka_error::Fenced("the instance's name is used by another member");
  }
  if (generation != generation_) {
    return kafka_error::Aborted("the generation is not the group's");
  }
  return absl::OkStatus();
}

void ModelGroup::BeginRebalance() {
  preparing_ = true;
  for (const auto& [instance, member] : members_) {
    // The one that has just come has joined already.
    if (!member.joined) tell_(member.client, Notice(Kind::kRejoin, member.id));
  }
  const int64_t round = ++round_;
  schedule_.After(kRebalance, [this, round] {
    if (!preparing_ || round != round_) return;
    std::vector<std::string> absent;
    for (const auto& [instance, member] : members_) {
      if (!member.joined) absent.push_back(instance);
    }
    for (const std::string& instance : absent) {
      if (members_.contains(instance)) Remove(instance);
    }
  });
}

void ModelGroup::CompleteIfAllJoined() {
  if (!preparing_ || members_.empty()) return;
  const bool all =
      std::all_of(members_.begin(), members_.end(),
                  [](const auto& entry) { return entry.second.joined; });
  if (all) Complete();
}

void ModelGroup::Complete() {
  preparing_ = false;
  ++generation_;
  for (auto& [instance, member] : members_) member.partitions.clear();
  for (const auto& [topic, partitions] : topics_) Assign(topic, partitions);
  for (auto& [instance, member] : members_) {
    member.joined = false;
    tell_(member.client,
          {Kind::kAssigned, member.id, generation_, member.partitions});
  }
}

void ModelGroup::Assign(const std::string& topic, int32_t partitions) {
  const auto count = static_cast<int32_t>(members_.size());
  int32_t next = 0;
  int32_t place = 0;
  for (auto& [instance, member] : members_) {
    const int32_t share =
        partitions / count + (place++ < partitions % count ? 1 : 0);
    for (int32_t i = 0; i < share; ++i) {
      member.partitions.push_back({topic, next++});
    }
  }
}

}  // namespace leadclock::sim
