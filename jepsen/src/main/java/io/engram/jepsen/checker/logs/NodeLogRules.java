package io.engram.jepsen.checker.logs;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What Engram's nodes must not print, and what of it is no fault.
///
/// Their lines are `time LEVEL Logger [thread] text`; a JVM's own last words have no level. The engines' warnings are not judged: a
/// cluster that is being cut and killed has every reason for them. Their errors are, save those listed here.
public final class NodeLogRules {
    private static final List<LogAllowance> ERRORS_ALLOWED = List.of(
            // The follower could not take the entries now (starting, stopping, cut off); the leader sends them again.
            LogAllowance.always(" ERROR RaftServer\\$Division \\[.*Failed appendEntries\\*"),
            LogAllowance.underAnyFault(" ERROR RaftServer\\$Division \\[.*installSnapshot failed"),
            // What sends to one follower came upon an entry that was purged meanwhile, or a stream that ended; Ratis starts another.
            LogAllowance.underAnyFault(" ERROR LifeCycle \\[.*LogAppenderDaemon has failed \\(\\w+ -> EXCEPTION\\)"),
            // Ratis writes the configuration from two threads when a snapshot arrives (decision 0003): the loser's temporary file is gone.
            LogAllowance.underAnyFault(" ERROR RaftStorage \\[\\S+-StateMachineUpdater\\] Failed writing configuration to file"),
            // Hazelcast decides nothing: a call to a member that left is a miss.
            LogAllowance.underAnyFault(" ERROR \\S+ \\[hz\\."),
            // A replica whose disk is full, broken or gone back in time says so, and is opened anew.
            LogAllowance.under(
                    " ERROR (StateMachineUpdater|RaftStorage|RaftStorageDirectory|RaftStorageImpl|SegmentedRaftLog\\w*|LogSegment"
                            + "|RaftServer\\$Division|Replica|Records|GrpcServerProtocolService) ",
                    "disk-full", "slow-disk", "lost-writes", "damage"),
            LogAllowance.under(" ERROR \\S+ \\[.*(No space left on device|checksum|[Cc]orrupt|damaged)", "disk-full", "lost-writes", "damage"),
            // There is a limit to stopping, and a node that hardly runs may reach it.
            LogAllowance.under(" ERROR Main \\[.*stop took too long", "slow-disk", "disk-full", "memory", "starvation", "pause"),
            LogAllowance.under(" ERROR ", "memory"));

    /// The first pattern that a line matches counts.
    static final List<LogPattern> PATTERNS = List.of(
            LogPattern.unless("out of memory", "OutOfMemoryError|There is insufficient memory for the Java Runtime", "memory"),
            LogPattern.never("JVM crash", "A fatal error has been detected by the Java Runtime Environment"),
            LogPattern.never("uncaught exception", "Exception in thread \""),
            LogPattern.never("assertion failed", "\\bAssertionError\\b"),
            LogPattern.never("stack overflow", "\\bStackOverflowError\\b"),
            LogPattern.never("classes that do not fit",
                    "\\b(NoClassDefFoundError|NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError|VerifyError)\\b"),
            LogPattern.never("replicas differ", "(?i)\\bdiverged\\b|\\bdigests? (differ|mismatch|do(es)? not match)"),
            LogPattern.never("Raft configurations differ", "Configuration Mismatch|Indices mismatched"),
            // Neither a kill nor a pause takes a log away.
            LogPattern.unless("a replica without its log", "replica lost, joining again .*the folder of its log is gone", "replace", "damage", "lost-writes"),
            LogPattern.never("an unknown command in the log", "a command of a kind that is not known here"),
            new LogPattern("error", Pattern.compile("^\\S+ ERROR "), Set.of(), ERRORS_ALLOWED));

    private NodeLogRules() {}
}
