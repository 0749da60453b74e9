package io.engram.jepsen.checker.session;

/// What a session promises about a pair of operations on one key, the first of which is over before the second begins.
enum Guarantee {
    MONOTONIC_READS("monotonic reads", false, false),
    READ_YOUR_WRITES("read your writes", true, false),
    MONOTONIC_WRITES("monotonic writes", true, true),
    WRITES_FOLLOW_READS("writes follow reads", false, true);

    final String title;
    final boolean afterWrite;
    final boolean write;

    Guarantee(String title, boolean afterWrite, boolean write) {
        this.title = title;
        this.afterWrite = afterWrite;
        this.write = write;
    }

    /// A read may see the same version again; a write makes a new one.
    boolean keptBy(long earlier, long later) {
        return write ? later > earlier : later >= earlier;
    }
}
