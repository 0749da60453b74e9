package io.engram.grid.tier.cold;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Decides when this node's Ignite must be stopped and started again, so that a cluster that was cut is whole again
/// after healing: Ignite's halves never merge by themselves.
///
/// *Restart*: this node is in a minority, and a member outside it has answered without a break for 2 s.
/// *Yield*: this node is in an inactive minority, and members outside it come up and vanish again. They are refused,
/// because this node's history is older than theirs but it came first; it has to stand aside until they have met.
/// The same when a restart has not helped: others that try to join for long look as if they had been there all the time.
///
/// Members act one after another (by rank), or they would restart past each other for ever. One thread.
final class Watchdog {
    enum Advice { STAY, RESTART, YIELD }

    /// What a healing network needs to settle; longer than two looks.
    static final Duration ANSWERED_FOR = Duration.ofSeconds(2);
    /// About half of a restart.
    static final Duration PER_RANK = Duration.ofMillis(1_500);
    static final Duration REFUSED_FOR = Duration.ofSeconds(15);
    static final int APPEARANCES = 3;

    private final Majority majority;
    private final int rank;
    private @Nullable Long answeringSince;
    private @Nullable Long firstAppearance;
    private int appearances;
    private int lastMembers;
    private boolean restarted;

    Watchdog(Majority majority, int rank) {
        this.majority = majority;
        this.rank = rank;
    }

    /// @param now nanoseconds of a clock that never jumps
    /// @param members in this node's topology, itself included
    /// @param outsiderAnswers a configured member outside that topology takes connections
    Advice look(long now, int members, boolean active, boolean outsiderAnswers) {
        if (majority.isOf(members) || members != lastMembers) reset();
        lastMembers = members;
        if (majority.isOf(members)) {
            restarted = false;
            return Advice.STAY;
        }
        Long since = answeringSince;
        if (!outsiderAnswers) answeringSince = null;
        else if (since == null) appeared(now);
        else if (now - since >= ANSWERED_FOR.plus(PER_RANK.multipliedBy(rank)).toNanos()) return restart(active);
        Long first = firstAppearance;
        boolean refused = first != null && appearances >= APPEARANCES
                && now - first >= REFUSED_FOR.plus(PER_RANK.multipliedBy(rank)).toNanos();
        return refused && !active ? advise(Advice.YIELD) : Advice.STAY;
    }

    private void appeared(long now) {
        answeringSince = now;
        if (firstAppearance == null) firstAppearance = now;
        appearances++;
    }

    private Advice restart(boolean active) {
        boolean again = restarted && !active;
        restarted = !again;
        return advise(again ? Advice.YIELD : Advice.RESTART);
    }

    private Advice advise(Advice advice) {
        reset();
        return advice;
    }

    private void reset() {
        answeringSince = null;
        firstAppearance = null;
        appearances = 0;
    }
}
