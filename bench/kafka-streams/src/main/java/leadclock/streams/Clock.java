package leadclock.streams;

import java.util.ArrayList;
import java.util.List;
import leadclock.v1.SlaEventOuterClass.SlaEvent;

/**
 * The one clock of a lead, derived from what is remembered of it. Pure: now enters as an argument.
 *
 * <p>Pauses and the answer are kept by the instants at which they took place, so what is logged late
 * finds its place, and what it disproves is retracted.
 */
final class Clock {
  static final long NEVER = Long.MAX_VALUE;

  /** Something that is true at an instant. */
  record Fact(SlaEvent.Kind kind, long at) {}

  private final Policy policy;
  private final Memo.Builder memo;
  final long due;
  private final long remind;
  private final long escalate;
  private final long answered;

  Clock(Policy policy, Memo.Builder memo) {
    this.policy = policy;
    this.memo = memo;
    due = reached(memo.getTargetMs());
    remind = reached(Math.max(0, memo.getTargetMs() - policy.remindBeforeDue));
    escalate = reached(memo.getTargetMs() + policy.escalateAfterDue);
    // A call that was logged before the lead is an answer at its start.
    answered =
        memo.getAnsweredAtMs() == 0
            ? NEVER
            : Math.max(memo.getAnsweredAtMs(), memo.getStartedAtMs());
  }

  /** The first instant at which the clock has counted `mark`; NEVER while it stands before that. */
  private long reached(long mark) {
    long from = memo.getStartedAtMs();
    long left = mark;
    boolean paused = false;
    for (Memo.Pause pause : memo.getPausesList()) {
      if (pause.getPaused() == paused) {
        continue;
      }
      long at = Math.max(pause.getAtMs(), memo.getStartedAtMs());
      if (!paused) {
        long reached = policy.calendar.deadline(from, left);
        // A pause does not undo a mark that was reached at its own instant.
        if (reached <= at && !(left == 0 && reached == at)) {
          return reached;
        }
        left -= policy.calendar.between(from, at);
      }
      from = at;
      paused = pause.getPaused();
    }
    return paused ? NEVER : policy.calendar.deadline(from, left);
  }

  /** What is true by now, in the order of the instants. What an event decided is true at once. */
  List<Fact> factsUpTo(long now) {
    List<Fact> facts = new ArrayList<>(4);
    addTimed(facts, SlaEvent.Kind.REMINDER, remind, now);
    if (due < answered) {
      addTimed(facts, SlaEvent.Kind.MISSED, due, now);
      addTimed(facts, SlaEvent.Kind.BREACH, due, now);
      addTimed(facts, SlaEvent.Kind.ESCALATION, escalate, now);
    }
    if (answered != NEVER) {
      facts.add(
          new Fact(
              due < answered ? SlaEvent.Kind.ANSWERED_LATE : SlaEvent.Kind.MET, answered));
    }
    return facts;
  }

  private void addTimed(List<Fact> facts, SlaEvent.Kind kind, long at, long now) {
    // What an event has overtaken is settled, and need not wait for now.
    if (at < answered && (at <= now || answered != NEVER)) {
      facts.add(new Fact(kind, at));
    }
  }

  /** The first instant after now at which time decides something. */
  long nextInstant(long now) {
    long next = NEVER;
    for (long at : new long[] {remind, due, escalate}) {
      if (at > now && at < answered && at < next) {
        next = at;
      }
    }
    return answered == NEVER ? next : NEVER;
  }

  /** What the clock has counted at an instant. */
  long countedAt(long instant) {
    long counted = 0;
    long from = memo.getStartedAtMs();
    boolean paused = false;
    for (Memo.Pause pause : memo.getPausesList()) {
      if (pause.getAtMs() >= instant) {
        break;
      }
      long at = Math.max(pause.getAtMs(), memo.getStartedAtMs());
      if (!paused) {
        counted += policy.calendar.between(from, at);
      }
      from = at;
      paused = pause.getPaused();
    }
    return paused ? counted : counted + policy.calendar.between(from, instant);
  }
}
