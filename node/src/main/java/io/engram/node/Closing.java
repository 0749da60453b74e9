package io.engram.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of a node that are open. Closing goes in reverse; a part that fails to close is reported and does not keep the others open.
final class Closing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private record Part(String name, AutoCloseable part) {}

    private final Deque<Part> open = new ArrayDeque<>();

    synchronized void add(String name, AutoCloseable part) {
        open.push(new Part(name, part));
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            Part next = open.pop();
            long start = System.nanoTime();
            try {
                next.part().close();
                LOG.info("closed part={} ms={}", next.name().replace(' ', '-'), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            } catch (Exception e) {
                LOG.warn("closing failed part={}", next.name().replace(' ', '-'), e);
            }
        }
    }
}
