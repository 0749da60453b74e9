package io.engram.bench.demo;

import io.engram.client.ClusterStatus;
import io.engram.client.ClusterStatus.Role;
import io.engram.client.Engram;
import io.engram.client.ListQuery;
import io.engram.client.Lookup;
import io.engram.client.Observation;
import io.engram.client.ReadOptions;
import io.engram.client.View;
import io.engram.jepsen.cluster.LocalCluster;
import io.engram.jepsen.cluster.LocalNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Kills the node that leads most while a stream is running, counts what was acknowledged, and brings it back.
final class Crash {
    private static final String PREFIX = "again/";
    private static final int MOST = 1_000;
    private static final int PAGE = 500;
    private static final Duration CAUGHT_UP = Duration.ofMinutes(2);

    private final Engram engram;
    private final LocalCluster cluster;
    private final Stage stage;

    Crash(Engram engram, LocalCluster cluster, Stage stage) {
        this.engram = engram;
        this.cluster = cluster;
        this.stage = stage;
    }

    /// @param corpus what the first stream sent
    /// @param rejectedBefore of these
    /// @return whether everything acknowledged was there, once
    boolean run(List<Observation> corpus, int rejectedBefore, Report report) {
        // A small text goes in several times, so that the kill finds the stream at work.
        List<Observation> observations =
                IntStream.range(0, MOST).mapToObj(i -> again(corpus.get(i % corpus.size()), i)).toList();
        LocalNode victim = cluster.node(busiest());
        stage.chapter("Streaming again, and kill -9 of " + victim.name() + ", which leads most shards, on the way");
        AtomicBoolean killed = new AtomicBoolean();
        AtomicLong last = new AtomicLong();
        AtomicLong pause = new AtomicLong();
        int at = observations.size() / 3;
        Streaming.Result streamed = new Streaming(engram, stage).run("again", observations, through -> {
            long now = System.nanoTime();
            if (killed.get()) pause.accumulateAndGet(now - last.getAndSet(now), Math::max);
            if (through >= at && killed.compareAndSet(false, true)) {
                last.set(now);
                victim.kill();
            }
        });
        if (!killed.get()) throw new IllegalStateException("the stream ended before the kill");
        Duration paused = Duration.ofNanos(pause.get());
        stage.say(streamed.acknowledged() + " acknowledged; after the kill, the longest wait for an acknowledgement was " + Report.seconds(paused));
        report.add("writes paused by the kill", Report.seconds(paused));
        List<String> missing = missing(observations);
        long stored = engram.space(Demo.SPACE).list(ListQuery.prefix(PREFIX).pageSize(1_000), ReadOptions.defaults().view(View.KEYS)).count();
        long twice = stored - (observations.size() - missing.size());
        int before = missing(corpus.stream().distinct().toList()).size();
        int lost = missing.size() - streamed.rejected() + before - rejectedBefore;
        stage.say("acknowledged and missing: " + lost + "; recorded twice: " + twice + (lost == 0 ? "" : ", e.g. " + missing.stream().findFirst().orElse("of the first stream")));
        report.add("acknowledged, then missing", Integer.toString(lost));
        report.add("recorded twice", Long.toString(twice));

        stage.chapter("Starting " + victim.name() + " again");
        long began = System.nanoTime();
        victim.start();
        boolean back = awaitEqual();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        stage.say(back ? victim.name() + " has caught up " + Report.seconds(took) + " after its start" : victim.name() + " did not catch up within " + CAUGHT_UP);
        report.add("killed node back and caught up", back ? Report.seconds(took) : "no");
        return back && lost == 0 && twice == 0;
    }

    private static Observation again(Observation observation, int number) {
        return observation.toBuilder().key(PREFIX + number).build();
    }

    private String busiest() {
        ClusterStatus status = engram.cluster().status();
        return status.members().stream()
                .max(Comparator.comparingLong(m -> m.replicas().stream().filter(r -> r.role() == Role.LEADER).count()))
                .orElseThrow()
                .node();
    }

    private List<String> missing(List<Observation> observations) {
        List<String> keys = observations.stream().map(o -> o.key().orElseThrow()).toList();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < keys.size(); i += PAGE) {
            Lookup found = engram.space(Demo.SPACE)
                    .batchGet(keys.subList(i, Math.min(keys.size(), i + PAGE)), ReadOptions.defaults().view(View.KEYS))
                    .value();
            missing.addAll(found.absentKeys());
        }
        return missing;
    }

    /// Until all replicas of each shard stand at the same position.
    private boolean awaitEqual() {
        long end = System.nanoTime() + CAUGHT_UP.toNanos();
        while (System.nanoTime() - end < 0) {
            ClusterStatus status = engram.cluster().status();
            Map<Integer, List<Long>> positions = status.members().stream()
                    .filter(ClusterStatus.Member::reachable)
                    .flatMap(m -> m.replicas().stream())
                    .collect(Collectors.groupingBy(ClusterStatus.Replica::shard, Collectors.mapping(r -> r.applied().index(), Collectors.toList())));
            boolean all = positions.size() == status.shards()
                    && positions.values().stream().allMatch(p -> p.size() == status.replication() && p.stream().distinct().count() == 1);
            if (all && cluster.nodes().stream().allMatch(LocalNode::ready)) return true;
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }
}
