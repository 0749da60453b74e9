package io.engram.jepsen.controls;

import static net.bytebuddy.matcher.ElementMatchers.isSynthetic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;

/// One method that a switch changes.
sealed interface Rewriting {
    String PACKAGE = "io.engram.jepsen.controls.broken.";

    /// Name of the class, as the JVM says it.
    String type();

    String method();

    int arguments();

    AgentBuilder.Transformer transformer();

    /// @param advice class in package `broken` whose code goes around the method's
    record Advised(String type, String method, int arguments, String advice) implements Rewriting {
        @Override
        public AgentBuilder.Transformer transformer() {
            return new AgentBuilder.Transformer.ForAdvice()
                    .include(Rewriting.class.getClassLoader())
                    .advice(target(), PACKAGE + advice);
        }
    }

    /// @param called within the method; that call does nothing any more
    record Stubbed(String type, String method, int arguments, String called, int calledArguments) implements Rewriting {
        @Override
        public AgentBuilder.Transformer transformer() {
            return (builder, described, loader, module, domain) -> builder.visit(MemberSubstitution.strict()
                    .method(named(called).and(takesArguments(calledArguments)))
                    .stub()
                    .on(target()));
        }
    }

    default ElementMatcher.Junction<MethodDescription> target() {
        return named(method()).<MethodDescription>and(takesArguments(arguments())).and(not(isSynthetic()));
    }

    /// @throws IllegalStateException if there is not exactly one such method
    default void check(TypePool classes) {
        TypePool.Resolution found = classes.describe(type());
        if (!found.isResolved()) throw new IllegalStateException("there is no class " + type() + " to rewrite");
        TypeDescription described = found.resolve();
        int count = described.getDeclaredMethods().filter(target()).size();
        if (count != 1)
            throw new IllegalStateException("class " + type() + " must have one method " + method() + " with " + arguments()
                    + " arguments to rewrite, has " + count);
    }
}
