package io.engram.node.config;

import java.util.List;

/// All that is wrong with a configuration, each fault with its key and rule.
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final List<String> faults;

    InvalidConfigException(List<String> faults) {
        super("invalid configuration: " + String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
