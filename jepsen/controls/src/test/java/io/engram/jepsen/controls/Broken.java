package io.engram.jepsen.controls;

import java.lang.instrument.Instrumentation;
import java.util.Set;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder.RedefinitionStrategy;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;

/// This JVM with a switch on; closed, it is whole again.
final class Broken implements AutoCloseable {
    private final Instrumentation instrumentation = ByteBuddyAgent.install();
    private final ResettableClassFileTransformer transformer;

    Broken(Switch one) {
        transformer = Agent.install(Set.of(one), instrumentation, why -> {
            throw new AssertionError(why);
        });
    }

    @Override
    public void close() {
        transformer.reset(instrumentation, RedefinitionStrategy.RETRANSFORMATION);
    }
}
