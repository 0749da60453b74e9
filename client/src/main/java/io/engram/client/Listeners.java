package io.engram.client;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Faults in the application's own callbacks: there is nobody to throw them at.
final class Listeners {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    static void failed(String what, RuntimeException failure) {
        log.warn("callback failed what={}", what, failure);
    }

    static void lag(String whose) {
        log.warn("closed before all callbacks have ended of={}", whose);
    }
}
