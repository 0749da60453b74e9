package io.engram.jepsen.generator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Draws one part; where that has nothing now, draws among the others.
record Mix(List<Share> shares) implements Generator {
    Mix {
        shares = List.copyOf(shares);
    }

    @Override
    public Next next(Context context) {
        List<Share> kept = new ArrayList<>(shares);
        List<Integer> candidates = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) candidates.add(i);
        List<Integer> ended = new ArrayList<>();
        Duration until = FOREVER;
        while (!candidates.isEmpty()) {
            int drawn = candidates.remove(/* index */ draw(kept, candidates, context));
            Share share = kept.get(drawn);
            switch (share.generator().next(context)) {
                case Next.Invoke(var invocation, var rest) -> {
                    kept.set(drawn, new Share(share.weight(), rest));
                    return new Next.Invoke(invocation, new Mix(without(kept, ended)));
                }
                case Next.Wait(var then, var rest) -> {
                    kept.set(drawn, new Share(share.weight(), rest));
                    if (then.compareTo(until) < 0) until = then;
                }
                case Next.Done() -> ended.add(drawn);
            }
        }
        List<Share> left = without(kept, ended);
        return left.isEmpty() ? new Next.Done() : new Next.Wait(until, new Mix(left));
    }

    /// @return a place among the candidates
    private static int draw(List<Share> shares, List<Integer> candidates, Context context) {
        int total = candidates.stream().mapToInt(i -> shares.get(i).weight()).sum();
        int at = context.random().nextInt(total);
        for (int place = 0; ; place++) {
            at -= shares.get(candidates.get(place)).weight();
            if (at < 0) return place;
        }
    }

    private static List<Share> without(List<Share> shares, List<Integer> ended) {
        List<Share> left = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) if (!ended.contains(i)) left.add(shares.get(i));
        return left;
    }
}
