package io.engram.jepsen.controls.broken;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/// Reaches for private parts of a node.
final class Inside {
    private Inside() {}

    /// @throws IllegalStateException if there is no such field
    static @Nullable Object field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no field " + name + " in " + of.getClass(), e);
        }
    }

    /// Calls a method without arguments.
    ///
    /// @throws IllegalStateException if there is none, or it fails
    static Object call(Object of, String name) {
        return invoke(of, name, new Class<?>[0]);
    }

    /// Calls a method with one argument, a number.
    ///
    /// @throws IllegalStateException if there is none, or it fails
    static Object call(Object of, String name, long argument) {
        return invoke(of, name, new Class<?>[] {long.class}, argument);
    }

    private static Object invoke(Object of, String name, Class<?>[] types, Object... arguments) {
        try {
            Method method = of.getClass().getDeclaredMethod(name, types);
            method.setAccessible(true);
            return method.invoke(of, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("method " + name + " of " + of.getClass() + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no method " + name + " in " + of.getClass(), e);
        }
    }
}
