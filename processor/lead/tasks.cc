// Tasks: work for a person that stands as long as a run is open, or as a review
// waits.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/lead/folder.h"
#include "processor/lead/recipients.h"
#include "processor/lead/timeline.h"

namespace leadclock {
namespace {

// Whom the rules of that version ask; null: they do not know the review.
const std::vector<std::string>* RolesOf(const Policy& policy,
                                        const OpenReview& review) {
  if (review.by_eligibility) {
    for (const EligibilityRule& rule : policy.eligible) {
      if (rule.then == EligibilityRule::Then::kReview &&
          rule.reason == review.reason) {
        return &rule.to;
      }
    }
    return nullptr;
  }
  for (const ReviewRule& rule : policy.reviews) {
    if (rule.reason == review.reason) return &rule.to;
  }
  return nullptr;
}

bool AsksForFlag(const Condition& condition, const std::string& flag) {
  return std::any_of(condition.begin(), condition.end(),
                     [&](const AttributeTest& test) {
                       return std::any_of(test.any.begin(), test.any.end(),
                                          [&](const Condition& any) {
                                            return AsksForFlag(any, flag);
                                          }) ||
                              (test.attribute == "flag" && !test.negated &&
                               IsAmong(flag, test));
                     });
}

// Rules of one reason are one review: whether one of them does.
bool AsksForFlag(const Policy& policy, const OpenReview& review,
                 const std::string& flag) {
  const auto asks = [&](const auto& rule) {
    return rule.reason == review.reason && AsksForFlag(rule.when, flag);
  };
  if (!review.by_eligibility) {
    return std::any_of(policy.reviews.begin(), policy.reviews.end(), asks);
  }
  return std::any_of(policy.eligible.begin(), policy.eligible.end(),
                     [&](const EligibilityRule& rule) {
                       return rule.then == EligibilityRule::Then::kReview &&
                              asks(rule);
                     });
}

bool Names(const Activity& activity, const std::string& task_id) {
  return activity.kind == ActivityKind::kTaskDone &&
         FieldOf(activity, "task") == task_id;
}

bool IsGivenUp(const Activity& task_done) {
  return FieldOf(task_done, "cancelled") == "true";
}

}  // namespace

bool Folder::SaysDone(const std::string& task_id) const {
  const Activity* const activity = occasion_.activity;
  return activity != nullptr && Names(*activity, task_id) &&
         !IsGivenUp(*activity);
}

bool Folder::SaysGivenUp(const std::string& task_id) const {
  const Activity* const activity = occasion_.activity;
  return activity != nullptr && Names(*activity, task_id) &&
         IsGivenUp(*activity);
}

// ---- Of runs ----

void Folder::UpdateTasks(size_t first_new) {
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    UpdateTask(progress_.runs[i], i >= first_new);
  }
}

void Folder::UpdateTask(ClockRun& run, bool is_new) {
  const ClockRule& rule = RuleOf(policies_, run);
  if (!rule.task) return;
  if (is_new && !run.ended_at) return StartTask(run, Decision::kByEvent);
  if (!run.task) return;
  const std::string id = TaskId(rule.name, run.started_by);
  if (run.answered_at || (!run.ended_at && SaysDone(id))) {
    CloseTask(FactKind::kTaskDone, run, Decision::kByEvent);
  } else if (run.ended_at || SaysGivenUp(id)) {
    CloseTask(FactKind::kTaskCancelled, run, Decision::kByEvent);
  } else if (const OpenTask now = TaskOf(run); now != *run.task) {
    run.task = now;
    AddTaskFact(run, FactKind::kTaskChanged, Decision::kByEvent);
  }
}

void Folder::StartTasksByTime(size_t first_new) {
  for (size_t i = first_new; i < progress_.runs.size(); ++i) {
    ClockRun& run = progress_.runs[i];
    if (RuleOf(policies_, run).task) StartTask(run, Decision::kByTime);
  }
}

void Folder::StartTask(ClockRun& run, Decision decision) {
  run.task = TaskOf(run);
  AddTaskFact(run, FactKind::kTaskOpened, decision);
}

// It goes on under another version. REQUIRES: it is open.
void Folder::CarryTask(ClockRun& run) {
  if (!RuleOf(policies_, run).task) {
    return CloseTask(FactKind::kTaskCancelled, run, Decision::kByTime);
  }
  const OpenTask now = TaskOf(run);
  if (now == *run.task) return;
  run.task = now;
  AddTaskFact(run, FactKind::kTaskChanged, Decision::kByTime);
}

// Once at an instant: what a version has changed there is told already.
void Folder::TellOtherDues() {
  if (!policies_.uses().tasks || policies_.CarriesAt(progress_.position)) {
    return;
  }
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at || !run.task) continue;
    const OpenTask now = TaskOf(run);
    if (now.due == run.task->due) continue;
    run.task = now;
    AddTaskFact(run, FactKind::kTaskChanged, Decision::kByTime);
  }
}

void Folder::CloseTask(FactKind kind, ClockRun& run, Decision decision) {
  if (!run.task) return;
  AddTaskFact(run, kind, decision);
  run.task.reset();
}

// As it must be by now.
OpenTask Folder::TaskOf(const ClockRun& run) const {
  const ClockRule& rule = RuleOf(policies_, run);
  OpenTask task;
  task.holder =
      WhoIsMeant(policies_, policies_.Of(run), {rule.task->to}, progress_)
          .front()
          .id;
  const absl::Time due = ForetellDue(policies_, run);
  if (due != absl::InfiniteFuture()) task.due = due;
  task.mark = TaskMark(attributes());
  return task;
}

void Folder::AddTaskFact(const ClockRun& run, FactKind kind,
                         Decision decision) {
  ClockRun now = run;
  if (!now.ended_at) CountUpTo(policies_, progress_.position, now);
  Fact& fact = AddFact(now, kind);
  fact.at = progress_.position;
  fact.task_holder = run.task->holder;
  fact.task_due = run.task->due;
  fact.by_time = decision == Decision::kByTime;
  if (!fact.by_time) fact.by = event_;
}

// ---- Of reviews ----

void Folder::UpdateReviews(size_t first_new) {
  std::vector<OpenReview> open;
  for (size_t i = 0; i < progress_.open_reviews.size(); ++i) {
    OpenReview& review = progress_.open_reviews[i];
    if (i >= first_new) {
      review.task = TaskOf(review);
      AddTaskFact(review, FactKind::kTaskOpened);
    } else if (!UpdateReview(review)) {
      continue;
    }
    open.push_back(std::move(review));
  }
  progress_.open_reviews = std::move(open);
}

bool Folder::UpdateReview(OpenReview& review) {
  const std::string id = TaskId(review);
  if (SaysDone(id)) {
    AddTaskFact(review, FactKind::kTaskDone);
    return false;
  }
  const bool is_over =
      progress_.erased || progress_.merged || SaysGivenUp(id) ||
      (review.by_eligibility && ReviewOf(progress_) != review.reason);
  if (is_over) {
    AddTaskFact(review, FactKind::kTaskCancelled);
    return false;
  }
  if (const OpenTask now = TaskOf(review); now != review.task) {
    review.task = now;
    AddTaskFact(review, FactKind::kTaskChanged);
  }
  return true;
}

OpenTask Folder::TaskOf(const OpenReview& review) const {
  OpenTask task;
  const Policy& policy = policies_.Of(review.policy_version);
  const std::vector<std::string>* const roles = RolesOf(policy, review);
  if (roles != nullptr && !roles->empty()) {
    task.holder =
        WhoIsMeant(policies_, policy, {roles->front()}, progress_).front().id;
  }
  task.mark = TaskMark(attributes());
  return task;
}

void Folder::TakeOffReviewed(const Activity& task_done) {
  if (IsGivenUp(task_done)) return;
  std::vector<std::string> flags;
  for (const OpenReview& review : progress_.open_reviews) {
    if (!Names(task_done, TaskId(review))) continue;
    for (const char* const flag : {kTermsChanged, kApology}) {
      if (AsksForFlag(InForce(), review, flag)) flags.emplace_back(flag);
    }
  }
  Learn({}, {}, flags);
}

void Folder::AddTaskFact(const OpenReview& review, FactKind kind) {
  Fact& fact = AddFactOfLead(kind, review.asked_by);
  fact.policy_version = review.policy_version;
  fact.reason = review.reason;
  fact.task_holder = review.task.holder;
  fact.by = event_;
}

}  // namespace leadclock
