package io.engram.jepsen.run;

import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.RetryPolicy;
import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.cluster.Leadership;
import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Somebody's own cluster: reached by its endpoints, broken by a command of theirs. Its nodes outlive the run, so everything is healed when
/// the JVM ends, however it does.
///
/// Nodes are called by the names that they give themselves; one that cannot be asked is called by its endpoint.
final class HookCluster implements Cluster {
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Map<String, String> endpoints = new LinkedHashMap<>();
    private final Path hook;
    private final Thread onExit = new Thread(this::heal, "heal-foreign-cluster");
    private HookNemesis nemesis;

    HookCluster(List<String> addresses, Path hook) {
        for (String address : addresses) endpoints.put(nameOf(address), address);
        this.hook = hook;
        this.nemesis = nemesis(0);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    @Override
    public String backend() {
        return "endpoints";
    }

    @Override
    public List<String> names() {
        return List.copyOf(endpoints.keySet());
    }

    @Override
    public String endpoint(String node) {
        String address = endpoints.get(node);
        if (address == null) throw new IllegalArgumentException("no node " + node);
        return address;
    }

    @Override
    public void awaitReady(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (var node : endpoints.entrySet()) {
            while (!answers(node.getValue())) {
                if (System.nanoTime() - end > 0) throw new IllegalStateException("node " + node.getKey() + " at " + node.getValue() + " did not answer within " + limit);
                try {
                    TimeUnit.MILLISECONDS.sleep(250);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for the cluster", e);
                }
            }
        }
    }

    /// Their logs are theirs to keep.
    @Override
    public void saveLogs(Path folder) {}

    @Override
    public final HookNemesis nemesis(long seed) {
        nemesis = new HookNemesis(hook, names(), new Aim(names(), new Leadership(this::endpoints), new SplittableRandom(seed)));
        return nemesis;
    }

    @Override
    public void close() {
        heal();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException shuttingDown) {
            // It runs already; healing twice is harmless.
        }
    }

    private void heal() {
        Nemesis last = nemesis;
        try {
            last.healAll();
        } catch (FaultException e) {
            System.err.println("engram jepsen: THE CLUSTER MAY STILL BE BROKEN: " + e.getMessage());
        }
    }

    private static boolean answers(String address) {
        try (Engram engram = connect(address)) {
            engram.cluster().localStatus();
            return true;
        } catch (EngramException notYet) {
            return false;
        }
    }

    private static String nameOf(String address) {
        try (Engram engram = connect(address)) {
            return engram.cluster().localStatus().node();
        } catch (EngramException unknown) {
            return address;
        }
    }

    private static Engram connect(String address) {
        return Engram.builder().endpoints(address).discoverMembers(false).deadline(ANSWER).closeTimeout(Duration.ofSeconds(1))
                .retry(RetryPolicy.never()).connect();
    }
}
