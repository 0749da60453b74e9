package io.engram.jepsen.checker.staleness;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// When each version of a key was proven to be old: C(v), the earliest completion of an answer that shows a version above v.
final class Supersession {
    private final Answer[] byVersion;
    /// Of those from here on, the one that completed first.
    private final Answer[] earliest;
    private final Answer[] byCompletion;
    /// Of those up to here, the one with the highest version.
    private final Answer[] highest;

    Supersession(List<Answer> answers) {
        byVersion = sorted(answers, Answer::version);
        earliest = new Answer[byVersion.length];
        for (int i = byVersion.length - 1; i >= 0; i--)
            earliest[i] = i + 1 < byVersion.length && earliest[i + 1].completed() <= byVersion[i].completed() ? earliest[i + 1] : byVersion[i];
        byCompletion = sorted(answers, Answer::completed);
        highest = new Answer[byCompletion.length];
        for (int i = 0; i < byCompletion.length; i++)
            highest[i] = i > 0 && highest[i - 1].version() >= byCompletion[i].version() ? highest[i - 1] : byCompletion[i];
    }

    /// The first to complete of those that show a version above this one; null if none does.
    @Nullable Answer earliestAbove(long version) {
        int at = firstAbove(byVersion, Answer::version, version);
        return at == byVersion.length ? null : earliest[at];
    }

    /// An answer with the lowest version above this one; null if there is none.
    @Nullable Answer nextAbove(long version) {
        int at = firstAbove(byVersion, Answer::version, version);
        return at == byVersion.length ? null : byVersion[at];
    }

    /// The highest version proven by answers that completed before this moment; null if none did.
    @Nullable Answer highestBefore(long time) {
        int at = firstAbove(byCompletion, Answer::completed, time - 1);
        return at == 0 ? null : highest[at - 1];
    }

    private static Answer[] sorted(List<Answer> answers, ToLongFunction<Answer> by) {
        return answers.stream().sorted(Comparator.comparingLong(by)).toArray(Answer[]::new);
    }

    private static int firstAbove(Answer[] sorted, ToLongFunction<Answer> by, long bound) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (by.applyAsLong(sorted[middle]) > bound) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
