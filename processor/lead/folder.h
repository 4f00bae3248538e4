#ifndef LEADCLOCK_PROCESSOR_LEAD_FOLDER_H_
#define LEADCLOCK_PROCESSOR_LEAD_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "processor/lead/counting.h"
#include "processor/lead/occasion.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"

namespace leadclock {

// Moves a lead forward and collects what that settles: the machine behind
// timeline.h, in the steps of docs/semantics.md. What an event teaches is in
// knowledge.cc, what follows from it in following.cc, what time decides in
// settling.cc, and tasks are in tasks.cc; folder.cc has what they share.
class Folder {
 public:
  Folder(const PolicyBook& policies, Progress& progress,
         std::vector<Fact>& facts)
      : policies_(policies), progress_(progress), facts_(facts) {}

  void Birth(const LeadCreated& created, const EventRef& ref);
  // At the instant to which the lead was settled.
  void Apply(const Event& event);
  // Takes every step of time that stands before an event of that instant, and
  // comes to that instant.
  void SettleBefore(absl::Time instant);
  // Takes every step of time up to and including the instant; returns the
  // instant of the next.
  absl::Time SettleUpTo(absl::Time instant);

 private:
  // A run that goes over to another version.
  struct Move {
    absl::Time at = absl::InfiniteFuture();
    size_t run = 0;
    const Policy* to = nullptr;  // null: there is none
  };

  // Whether time has decided something, at the instant that it has come to, by
  // which conditions may have changed, so that runs must be looked at.
  struct Turning {
    enum class When : uint8_t { kNotYet, kBeforeMarks, kAfterMarks };
    When when = When::kNotYet;
    // At this instant: how a run counts, by what time decided; by a version.
    bool has_changed = false;
    bool has_carried = false;
  };

  using TriggerTest = absl::FunctionRef<bool(const Trigger&)>;

  // The clocks that an event has answered, and ended without an answer.
  struct Ends {
    std::vector<std::string> answered = {};
    std::vector<std::string> stopped = {};
  };

  // What time decides has no event of its own.
  enum class Decision : uint8_t { kByEvent, kByTime };

  // ---- What an event teaches ----

  void Learn(const AttributeChanges& changes,
             const std::vector<std::string>& flags_added,
             const std::vector<std::string>& flags_removed);
  void LearnDates(const AttributeChanges& changes);
  // Who holds a role who did not before: a bit for each Role.
  uint8_t Learn(const PeopleChanges& changes);
  void Learn(const RoleHolders& changes);
  void Learn(const Touched& touch);
  void Learn(const Activity& activity);
  void LearnConsent(const std::string& channel, const std::string& consent);
  void Learn(const Absorbed& absorbed);
  void NoteOwner();

  // ---- What follows from an event ----

  // Everything, once it is known.
  void Follow();
  void CountAttempt(std::vector<const ClockRun*>& complete);
  void AnswerThoseThatItStops(Ends& ends);
  // What clocks that are answered answer in turn.
  void AnswerInTurn(Ends& ends);
  // Answers the open runs that it is true of, and appends their clocks.
  void AnswerAll(const auto& is_answered, Ends& ends);
  void CancelAndResume(Ends& ends);
  void ResumeThoseToCome();
  void Recycle(Ends& ends);
  void ComeBack();
  // The rule that decides, if one does.
  const EligibilityRule* JudgeEligibility();
  // Of runs that other versions judge, those that may not go on, and why.
  std::vector<std::pair<size_t, std::string>> ThoseThatMayNotRun() const;
  void StartThoseThatItStarts(const Ends& ends);
  void EndThoseThatMayNotRun(
      const std::vector<std::pair<size_t, std::string>>& of_other_versions,
      Ends& ends);
  void JudgeReviews();
  void AskForReview(const std::vector<std::string>& to,
                    const std::string& reason, bool by_eligibility);
  void TellOutcomes(const Ends& ends);

  // ---- What time decides ----

  void Take(const Step& step, size_t run_index);
  // Whether a run is at risk, or another rung will say so before it is due.
  bool IsWarnedOtherwise(const ClockRun& run) const;
  void FallDue(size_t run_index);
  void NoteEscalation(const ClockRun& run, const Rung& rung);
  void Await(Turning::When when, Turning& turning);
  // When runs must be looked at next. `date` and `step` are what comes else.
  absl::Time NextTurn(const Turning& turning, absl::Time date,
                      const Step& step) const;
  // Looks at all runs, in time; whether one counts otherwise by now.
  bool Turn(absl::Time at, Turning& turning);
  Move NextMove() const;
  void Take(const Move& move);
  void Convert(const Policy& policy, uint16_t clock, ClockRun& run);
  void TakeDates(absl::Time at);
  void ComeBackByDate(const Policy& policy);
  // The run that comes to its next step first; runs.size(): none. `steps` has
  // those that are known, by the places of the runs.
  size_t Earliest(const std::vector<Step>& steps, Step& step) const;
  // Makes all of them known, after a step of one run.
  void Renew(size_t taken, size_t runs_before, std::vector<Step>& steps) const;

  // ---- Tasks ----

  // `first_new` is the place of the first run, or review, that began just now.
  void UpdateTasks(size_t first_new);
  void UpdateTask(ClockRun& run, bool is_new);
  void UpdateReviews(size_t first_new);
  // False: its task is closed.
  bool UpdateReview(OpenReview& review);
  // Of runs from that place on, which time has started.
  void StartTasksByTime(size_t first_new);
  void StartTask(ClockRun& run, Decision decision);
  void CarryTask(ClockRun& run);
  // Where time has changed how runs count.
  void TellOtherDues();
  void CloseTask(FactKind kind, ClockRun& run, Decision decision);
  OpenTask TaskOf(const ClockRun& run) const;
  OpenTask TaskOf(const OpenReview& review) const;
  // What touches marked, and a review that is done has looked at, is marked no
  // more.
  void TakeOffReviewed(const Activity& task_done);
  void AddTaskFact(const ClockRun& run, FactKind kind, Decision decision);
  void AddTaskFact(const OpenReview& review, FactKind kind);
  // Whether this event says that the task is closed, and how.
  bool SaysDone(const std::string& task_id) const;
  bool SaysGivenUp(const std::string& task_id) const;

  // ---- What these share ----

  // The first rule that keeps clocks from running; null: there is none.
  const EligibilityRule* RuleAgainst(const Policy& policy) const;
  bool MayStart(const Policy& policy) const;
  // The channel is that of the touch by which it starts; "": none.
  void Start(uint16_t clock, const EventRef& started_by,
             const std::string& channel);
  // Whether a clock may start once more, whatever version its runs are of.
  bool MayStart(const ClockRule& rule, const EventRef& started_by) const;
  // By the version in force, which is `policy`.
  void StartAll(const Policy& policy, const EventRef& started_by,
                const std::string& channel, TriggerTest is_trigger);
  // Which run it is to be of its clock.
  uint32_t NextCycle(const std::string& clock) const;
  // Of a clock that has ended many times only the newest runs are kept.
  void ForgetOldRuns();
  void Answer(ClockRun& run);
  void Stop(const std::string& reason, ClockRun& run);
  // As a version of the policy takes effect.
  void StopByTime(const std::string& reason, ClockRun& run);
  void End(ClockRun& run, Verdict verdict, FactKind in_time, FactKind late);
  // Whether it counts otherwise by now.
  bool Adjust(ClockRun& run);
  bool IsPaused(const ClockRule& rule, const ClockRun& run) const;
  // Tells those that one of the triggers is for, in the order of the rules.
  void TellOutcomes(const EventRef& started_by, Decision decision,
                    TriggerTest is_trigger);
  void Tell(const OutcomeRule& rule, const EventRef& started_by,
            Decision decision);
  void MoveTo(absl::Time instant);

  // The run is counted up to the fact's instant.
  Fact& AddFact(const ClockRun& run, FactKind kind, uint8_t rung = kNoRung);
  Fact& AddFactOfLead(FactKind kind, const EventRef& started_by);

  const Attributes& attributes() const { return *progress_.attributes; }
  const Policy& InForce() const {
    return policies_.InForce(progress_.position);
  }

  const PolicyBook& policies_;
  Progress& progress_;
  std::vector<Fact>& facts_;

  // Of the event that is applied.
  EventRef event_;
  Occasion occasion_;
  bool says_status_ = false;
  bool says_first_answer_ = false;  // of a lead that was absorbed
  bool was_gone_ = false;           // erased or merged before
};

// The clock's own rules first, then those of all clocks.
uint16_t CalendarFor(const PolicyBook& policies, const Policy& policy,
                     const ClockRule& clock, const Progress& progress);

// Whether a rung asks somebody other than the owner to do something.
bool Escalates(RungAction action);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_FOLDER_H_
