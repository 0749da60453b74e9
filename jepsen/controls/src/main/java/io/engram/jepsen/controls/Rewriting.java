package io.engram.jepsen.controls;

import static net.bytebuddy.matcher.ElementMatchers.isSynthetic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.reflect.Method;
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

    /// @param called within the method
    /// @param instead class in package `broken` whose method `instead` is called instead, with the receiver as its first argument
    record Replaced(String type, String method, int arguments, String called, String instead) implements Rewriting {
        @Override
        public AgentBuilder.Transformer transformer() {
            Method replacement = replacement();
            return (builder, described, loader, module, domain) -> builder.visit(MemberSubstitution.strict()
                    .method(named(called).and(takesArguments(replacement.getParameterCount() - 1)))
                    .replaceWith(replacement)
                    .on(target()));
        }

        private Method replacement() {
            try {
                for (Method method : Class.forName(PACKAGE + instead).getMethods()) if (method.getName().equals("instead")) return method;
                throw new IllegalStateException("there is no method to replace " + called + " with in " + instead);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("there is nothing to replace " + called + " with", e);
            }
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
