package io.engram.grid.tier.cold;

import org.apache.ignite.IgniteLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ignite's log lines to ours, one level down: it decides nothing, warns of much that is meant so, and what an operator
/// must know of it, [ColdMember] says. Never "quiet", because that is the mode in which Ignite prints a banner to the console.
final class EngineLog implements IgniteLogger {
    private final Logger log;

    EngineLog(Logger log) {
        this.log = log;
    }

    @Override
    public IgniteLogger getLogger(Object category) {
        // Some categories carry the instance's name after a '%'; loggers are kept for ever, so it has to go.
        String name = category instanceof Class<?> type ? type.getName() : category.toString().split("%", 2)[0];
        return new EngineLog(LoggerFactory.getLogger(name));
    }

    @Override
    public void trace(String message) {
        log.trace(message);
    }

    @Override
    public void debug(String message) {
        log.trace(message);
    }

    @Override
    public void info(String message) {
        log.debug(message);
    }

    @Override
    public void warning(String message, @Nullable Throwable cause) {
        log.info(message, cause);
    }

    @Override
    public void error(String message, @Nullable Throwable cause) {
        log.warn(message, cause);
    }

    @Override
    public boolean isTraceEnabled() {
        return log.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return log.isTraceEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return log.isDebugEnabled();
    }

    @Override
    public boolean isQuiet() {
        return false;
    }

    @Override
    public @Nullable String fileName() {
        return null;
    }
}
