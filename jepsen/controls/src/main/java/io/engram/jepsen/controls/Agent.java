package io.engram.jepsen.controls;

import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.util.Set;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.JavaModule;
import org.jspecify.annotations.Nullable;

/// The agent: `-javaagent:engram-jepsen-controls.jar=skip-version-check,lossy-hot-tier`.
///
/// Prints one line for each class that it is going to rewrite, and one when it has. Whatever it cannot do as told ends the process with
/// [#EXIT_CODE]: a node that is not broken as asked would prove nothing.
public final class Agent {
    static final int EXIT_CODE = 70;

    private Agent() {}

    /// Called by the JVM before `main`.
    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        try {
            Set<Switch> switches = Switch.parse(arguments == null ? "" : arguments);
            check(switches);
            for (Switch one : switches) for (Rewriting rewriting : one.rewritings()) System.out.println("engram controls: rewrites " + rewriting.type());
            var _ = install(switches, instrumentation, Agent::end);
        } catch (IllegalArgumentException | IllegalStateException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    /// Sees that everything that these switches rewrite is there, without loading any of it.
    ///
    /// @throws IllegalStateException if not
    static void check(Set<Switch> switches) {
        TypePool classes = TypePool.Default.of(ClassFileLocator.ForClassLoader.of(Agent.class.getClassLoader()));
        for (Switch one : switches) for (Rewriting rewriting : one.rewritings()) rewriting.check(classes);
    }

    /// @param failed takes what went wrong with a class, on the thread that loads it
    static ResettableClassFileTransformer install(Set<Switch> switches, Instrumentation instrumentation, Failure failed) {
        AgentBuilder agent = new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .with(new Report(failed));
        for (Switch one : switches)
            for (Rewriting rewriting : one.rewritings())
                agent = agent.type(ElementMatchers.named(rewriting.type())).transform(rewriting.transformer());
        return agent.installOn(instrumentation);
    }

    private static void end(String why) {
        System.err.println("engram controls: " + why);
        System.err.flush();
        // Not exit: a class is being loaded, and shutdown hooks may need that very class.
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    interface Failure {
        void because(String why);
    }

    private static final class Report extends AgentBuilder.Listener.Adapter {
        private final Failure failed;
        private final PrintStream out = System.out;

        Report(Failure failed) {
            this.failed = failed;
        }

        @Override
        public void onTransformation(
                TypeDescription type, @Nullable ClassLoader loader, @Nullable JavaModule module, boolean loaded, DynamicType changed) {
            out.println("engram controls: rewrote " + type.getName());
        }

        @Override
        public void onError(
                String type, @Nullable ClassLoader loader, @Nullable JavaModule module, boolean loaded, Throwable failure) {
            failed.because("class " + type + " could not be rewritten: " + failure);
        }
    }
}
